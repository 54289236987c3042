/// Where a person watches a run: standard error.
public struct Terminal {
    /// The width in characters; nil where no terminal is there.
    public let columns: () -> Int?
    /// Writes text; where that fails there is nobody to tell.
    public let write: (String) -> Void

    /// Makes one.
    public init(columns: @escaping () -> Int?, write: @escaping (String) -> Void) {
        self.columns = columns
        self.write = write
    }
}
