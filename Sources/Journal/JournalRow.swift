/// A row in the answer of a database, by the numbers of its columns.
protocol JournalRow {
    /// The text of a column; nil for NULL.
    func text(_ column: Int32) -> String?
    /// The integer of a column; nil for NULL.
    func integer(_ column: Int32) -> Int64?
}
