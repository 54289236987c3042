public import Buffers
internal import LuaHost
internal import Text

/// Shows Lua values to a person: nested tables as Lua writes them, lists of records as an aligned table.
///
/// Pure: a value goes in, text comes out. The text contains no terminal controls except the colours.
public struct Show {
    /// The depth of nested tables that is shown.
    static let depthLimit = 6
    /// The number of elements of one table that are shown.
    static let itemLimit = 100
    /// The width when that of the terminal is unknown.
    private static let usualWidth = 100

    /// The columns of the terminal; nil does not limit tables.
    public var width: Int?
    /// Whether values are coloured.
    public var usesColor: Bool
    /// The time in seconds since 1970, for showing ages; nil omits them.
    public var now: Double?
    /// Returns the text for a host object or a value that could not be copied; it is escaped here.
    public var describe: (Value) -> String

    /// Makes the settings for showing values.
    public init(
        width: Int? = nil,
        usesColor: Bool = false,
        now: Double? = nil,
        describe: @escaping (Value) -> String = { _ in "<object>" }
    ) {
        self.width = width
        self.usesColor = usesColor
        self.now = now
        self.describe = describe
    }

    /// The text of a value: one line or several, without a newline at the end.
    ///
    /// What `parallel` and `table.pack` return is the list that it holds.
    public func render(_ value: Value) -> String {
        let value = value.packedList ?? value
        if let table = RecordTable(value, in: self) {
            return table.lines(colors: usesColor).joined(separator: "\n")
        }
        return lines(value, indent: 0, before: 0, depth: 1).joined(separator: "\n")
    }

    /// The text of a value on one line.
    public func inline(_ value: Value) -> String {
        var budget = Int.max
        return flat(value, depth: 1, &budget) ?? ""
    }

    /// A value as lines: on one line if it fits, else one member a line.
    ///
    /// The first line has no indent: it follows the text before the value.
    private func lines(_ value: Value, indent: Int, before: Int, depth: Int) -> [String] {
        if let (name, table) = named(value) {
            let start = before + DisplayWidth.of(name.text) + 1
            var all = lines(table, indent: indent, before: start, depth: depth)
            all[0] = "\(name.shown(colors: usesColor)) \(all[0])"
            return all
        }
        var budget = (width ?? Self.usualWidth) - indent - before - 1
        if let line = flat(value, depth: depth, &budget) { return [line] }
        let members = members(of: value)
        guard !members.isEmpty, depth <= Self.depthLimit else {
            return [leaf(value).shown(colors: usesColor)]
        }
        let margin = String(repeating: " ", count: indent + 2)
        var all = ["{"]
        for member in members.prefix(Self.itemLimit) {
            var shown = lines(
                member.value,
                indent: indent + 2,
                before: DisplayWidth.of(member.label),
                depth: depth + 1
            )
            shown[0] = margin + painted(member.label) + shown[0]
            shown[shown.count - 1] += ","
            all += shown
        }
        if members.count > Self.itemLimit {
            all.append("\(margin)… \(members.count - Self.itemLimit) more")
        }
        return all + [String(repeating: " ", count: indent) + "}"]
    }

    /// A value on one line; nil if that takes more columns than are free.
    private func flat(_ value: Value, depth: Int, _ budget: inout Int) -> String? {
        if let (name, table) = named(value) {
            budget -= DisplayWidth.of(name.text) + 1
            return flat(table, depth: depth, &budget).map {
                "\(name.shown(colors: usesColor)) \($0)"
            }
        }
        let members = members(of: value)
        guard !members.isEmpty, depth <= Self.depthLimit else {
            let leaf = leaf(value)
            budget -= DisplayWidth.of(leaf.text)
            return budget < 0 ? nil : leaf.shown(colors: usesColor)
        }
        var text = "{"
        budget -= 2
        for (place, member) in members.prefix(Self.itemLimit).enumerated() {
            budget -= DisplayWidth.of(member.label) + (place == 0 ? 0 : 2)
            guard budget >= 0, let part = flat(member.value, depth: depth + 1, &budget) else {
                return nil
            }
            text += (place == 0 ? "" : ", ") + painted(member.label) + part
        }
        if members.count > Self.itemLimit { text += ", … \(members.count - Self.itemLimit) more" }
        return text + "}"
    }

    private func painted(_ label: String) -> String {
        Leaf(text: label, paint: .key).shown(colors: usesColor)
    }

    /// A table and its name; nil for one that has none.
    private func named(_ value: Value) -> (name: Leaf, table: Value)? {
        guard value.kind == .array, value.count == 2 else { return nil }
        let parts = Array(value.elements)
        guard let object = parts[0].object, case .name? = StandIn(object) else { return nil }
        return (leaf(parts[0]), parts[1])
    }

    /// The members of a table, each with its label.
    private func members(of value: Value) -> [(label: String, value: Value)] {
        switch value.kind {
        case .array: value.elements.map { ("", $0) }
        case .record:
            value.fields.map { (key($0.key), $0.value) }
                .sorted { FieldOrder.precedes($0.0, $1.0) }
                .map { ("\($0.0) = ", $0.1) }
        default: []
        }
    }
}
