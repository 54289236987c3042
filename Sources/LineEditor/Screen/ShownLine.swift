/// A line of text as the screen shows it: what would command the terminal is made visible.
public struct ShownLine: Sendable {
    /// What is shown.
    public let text: String
    /// The columns that it takes.
    public let columns: Int

    /// Lays a line out.
    public init(_ line: Substring) {
        var layout = FrameLayout(width: .max / 2)
        layout.add(line, .plain)
        text = String(layout.rows[0].map(\.character))
        columns = layout.column
    }
}
