/// A step of a script in one run: its result is kept, so that a later run does not repeat it.
public struct StepRecord: Sendable, Equatable {
    /// The run that it was carried out in.
    public var run: String
    /// Its name, unique in a run.
    public var name: String
    /// The time when it began, in milliseconds since 1970-01-01T00:00:00Z.
    public var began: Int64
    /// The time when it ended; nil while it is under way, and forever if its run was killed.
    public var ended: Int64?
    /// Its results, as a JSON array; nil for a step without results, ended or not.
    public var result: String?
    /// The kind of the error that ended it; nil for a step that was done, or has not ended.
    public var failure: String?
    /// The times that it was given, in milliseconds since 1970-01-01T00:00:00Z, in the order it asked.
    public var times: [Int64] = []

    /// Makes the record of a step that begins.
    public init(run: String, name: String, began: Int64) {
        self.run = run
        self.name = name
        self.began = began
    }

    /// Whether it was done: it is not run again.
    public var isDone: Bool { result != nil }
}
