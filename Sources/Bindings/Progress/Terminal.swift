/// The terminal where a person watches a run: standard error.
public struct Terminal {
    /// The width in characters; nil without a terminal.
    public let columns: () -> Int?
    /// Writes text; failures are ignored.
    public let write: (String) -> Void

    /// Makes one.
    public init(columns: @escaping () -> Int?, write: @escaping (String) -> Void) {
        self.columns = columns
        self.write = write
    }
}
