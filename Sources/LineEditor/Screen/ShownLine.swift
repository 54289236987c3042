/// A line of text as shown on the screen: terminal controls are made visible.
public struct ShownLine: Sendable {
    /// The shown text.
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
