/// Why a text is not the quantity it should be, and what to write instead.
public struct QuantityProblem: Error, Equatable {
    /// What is wrong with it.
    public let reason: String
    /// What to write instead.
    public let hint: String

    /// Makes a problem.
    public init(reason: String, hint: String) {
        self.reason = reason
        self.hint = hint
    }
}
