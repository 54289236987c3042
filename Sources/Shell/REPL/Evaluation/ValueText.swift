internal import Bindings
internal import Buffers
internal import VSphere

/// The text of a value that an input returned.
struct ValueText {
    /// The columns of the terminal.
    let width: Int
    /// Whether values are coloured.
    let usesColor: Bool
    /// What a host object is called.
    let name: (Value) -> String?

    private static let depthLimit = 6
    private static let itemLimit = 100

    /// Shows a value; the text has no newline at its end.
    func render(_ value: Value) -> String { text(of: value, depth: 0) }

    private func text(of value: Value, depth: Int) -> String {
        switch value.kind {
        case .nil: "nil"
        case .null: "json.null"
        case .boolean: value.boolean == true ? "true" : "false"
        case .integer: String(value.integer ?? 0)
        case .double: "\(value.number ?? 0)"
        case .string: LuaLiteral.quoted(value.string ?? "")
        case .object: Display.escape(name(value) ?? "<function>")
        case .array: list(value.elements.prefix(Self.itemLimit).map { text(of: $0, depth: depth + 1) }, value, depth)
        case .record:
            list(
                value.fields.prefix(Self.itemLimit).map { key, value in
                    "\(Display.escape(key.string ?? "")) = \(text(of: value, depth: depth + 1))"
                },
                value,
                depth
            )
        }
    }

    private func list(_ members: [String], _ value: Value, _ depth: Int) -> String {
        guard depth < Self.depthLimit else { return "{…}" }
        let more = value.count > members.count ? ["… \(value.count - members.count) more"] : []
        return "{" + (members + more).joined(separator: ", ") + "}"
    }
}
