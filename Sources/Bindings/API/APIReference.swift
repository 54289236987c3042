internal import APIIndex
internal import Text

/// The reference of the whole API as text: what `help` and `vmoon doc` print of it.
public enum APIReference {
    /// The text for a package, a service, an operation or a structure.
    /// - Parameters:
    ///   - topic: Its name, with or without `api.` before it.
    ///   - width: The column at which lines are broken, in characters.
    /// - Returns: Several lines, without a newline at the end; nil if there is nothing of that name.
    public static func text(_ topic: String, width: Int = 80) -> String? {
        let name = topic.hasPrefix("api.") ? String(topic.dropFirst(4)) : topic
        guard !name.isEmpty, name.utf8.count <= 200 else { return nil }
        if let facts = APIFacts.operation(name) { return text(facts, width) }
        let children = APIFacts.children(of: name)
        if !children.isEmpty { return list(children, in: name, width) }
        guard let structure = APIFacts.structure(name) else { return nil }
        let kind = structure.isError ? "an error" : "a structure"
        let fields = tree(structure.fields, indent: 2, depth: 1)
        return (["\(name): \(kind)"] + fields + unions(structure.unions, indent: 2))
            .joined(separator: "\n")
    }

    private static func text(_ facts: APIOperation, _ width: Int) -> String {
        guard let spec = FunctionSpec.api(facts.fullName) else { return "" }
        func block(_ title: String, _ lines: [String]) -> [String] {
            lines.isEmpty ? [] : ["", title] + lines
        }
        func wrapped(_ text: String) -> [String] {
            WordWrap.lines("  " + text, width: max(width, 30), hang: 2)
        }
        let form = facts.parameters.isEmpty ? "()" : "{ … }"
        var lines = [spec.name + form] + wrapped(spec.summary)
        let parameters = tree(facts.parameters, indent: 2, depth: 3)
        lines += block("Parameters", parameters + unions(facts.unions, indent: 2))
        lines += block("Returns", result(facts.result))
        lines += block("Errors", wrapped(facts.errors.joined(separator: ", ")))
        let needs = facts.needs.map { need in
            let place = need.place.map { place in
                " on the \(need.types.joined(separator: " or ")) in \(place)"
            }
            return "  " + need.privileges.joined(separator: " and ") + (place ?? "")
        }
        lines += block("Privileges", needs.isEmpty ? ["  none is documented"] : needs)
        lines += block("Example", ["  " + spec.example])
        return (lines + ["", "Since \(spec.since)"]).joined(separator: "\n")
    }

    private static func list(
        _ children: [(name: String, isOperation: Bool)],
        in name: String,
        _ width: Int
    ) -> String {
        let longest = children.map(\.name.count).max() ?? 0
        let lines = children.map { child in
            let facts = child.isOperation ? APIFacts.operation("\(name).\(child.name)") : nil
            let kind = facts.map { $0.isReading ? "reads" : "changes something" } ?? "…"
            let since = facts?.since.map { ", since \($0)" } ?? ""
            return "  \(child.name)" + String(repeating: " ", count: longest - child.name.count)
                + "  \(kind)\(since)"
        }
        return (["api.\(name)"] + lines).joined(separator: "\n")
    }

    private static func result(_ type: APIType) -> [String] {
        guard type != .void else { return ["  nothing"] }
        return ["  " + word(type)] + below(type, indent: 4, depth: 2)
    }

    /// The fields, one a line, those of structures below them.
    private static func tree(_ fields: [APIField], indent: Int, depth: Int) -> [String] {
        fields.flatMap { field in
            let margin = String(repeating: " ", count: indent)
            let mark = field.isRequired ? "" : "?"
            return ["\(margin)\(field.name)\(mark): \(word(field.type))"]
                + below(field.type, indent: indent + 2, depth: depth - 1)
        }
    }

    private static func below(_ type: APIType, indent: Int, depth: Int) -> [String] {
        switch type {
        case .optional(let type), .list(let type), .set(let type), .map(_, let type):
            return below(type, indent: indent, depth: depth)
        case .structure(let name) where depth > 0:
            guard let structure = APIFacts.structure(name) else { return [] }
            return tree(structure.fields, indent: indent, depth: depth)
                + unions(structure.unions, indent: indent)
        default: return []
        }
    }

    private static func unions(_ unions: [APIUnion], indent: Int) -> [String] {
        unions.flatMap { union in
            union.cases.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map {
                value,
                members in
                let names = members.map { $0.isRequired ? $0.name : $0.name + "?" }
                return String(repeating: " ", count: indent)
                    + "with \(union.discriminant) = \"\(value)\": \(names.joined(separator: ", "))"
            }
        }
    }

    /// A type in a word or two.
    private static func word(_ type: APIType) -> String {
        switch type {
        case .optional(let type): word(type)
        case .list(let type): "list of " + word(type)
        case .set(let type): "list without repetition of " + word(type)
        case .map(let key, let value): "table of \(word(value)) by \(word(key))"
        case .structure(let name): "table (\(name))"
        case .dynamic(let names): "table with @class, such as \(names.first ?? "any structure")"
        case .error: "table with @class, an error"
        case .enumeration(let name): choice(APIFacts.enumeration(name) ?? [])
        case .identifier(let types) where !types.isEmpty:
            "identifier of \(types.joined(separator: " or "))"
        case .identifier, .identifierTyped: "identifier"
        case .secret: "secret or string"
        case .blob: "string of bytes"
        case .time: "time as text"
        case .string, .uri: "string"
        case .integer: "integer"
        case .double: "number"
        case .boolean: "boolean"
        case .opaque: "any value"
        case .void: "nothing"
        }
    }

    private static func choice(_ values: [String]) -> String {
        let shown = values.prefix(8).map { "\"\($0)\"" }.joined(separator: "|")
        return values.count > 8 ? shown + "|…" : shown
    }
}
