/// The error of a text that should be a quantity, and advice.
public struct QuantityProblem: Error, Equatable {
    /// The mistake.
    public let reason: String
    /// Advice on what to write.
    public let hint: String

    /// Makes a problem.
    public init(reason: String, hint: String) {
        self.reason = reason
        self.hint = hint
    }
}
