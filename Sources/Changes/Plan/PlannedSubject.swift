internal import JSON
internal import Text
internal import VSphere

/// The objects that a line of a plan names, from the arguments of the call.
extension PlannedChange {
    /// Whether the objects of its line follow from its arguments: not of a request, and of the whole API.
    var followsSubject: Bool { VSphere.Operation.named(operation)?.isLiteral == false }

    /// An identifier behind the name of its object, where that is known; safe to show.
    ///
    /// The name of a tag stands alone: `category/tag` is as good as its identifier.
    static func shown(_ id: String, _ name: String?) -> String {
        let shown = Display.escape(bytes: Array(id.utf8), limit: 80)
        guard let name else { return shown }
        let known = Display.escape(bytes: Array(name.utf8), limit: 80)
        return id.hasPrefix("urn:") ? known : "\(known) (\(shown))"
    }

    /// The texts of a line: the arguments that identify an object, names in the specification, and settings.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - arguments: Its arguments, by name.
    ///   - hasItem: Whether the line begins with the item.
    ///   - names: The names of the objects, by their identifiers.
    /// - Returns: One text for each.
    static func subject(
        _ operation: VSphere.Operation,
        _ arguments: JSONValue,
        hasItem: Bool,
        _ names: [String: String]
    ) -> [String] {
        let objects = operation.parameters.compactMap { parameter -> String? in
            guard parameter.isIdentifier || !parameter.choices.isEmpty,
                !hasItem || parameter.name != "item", let id = arguments[parameter.name]?.string
            else { return nil }
            return "\(parameter.name) \(shown(id, names[id]))"
        }
        guard let specification = arguments["spec"] else { return objects }
        return objects + parts(of: specification, names)
            + (operation.effect?.kind(action: nil)?.scope == .settings
                ? settings(in: specification) : [])
    }

    /// The names, and the objects, in a specification.
    static func parts(of specification: JSONValue, _ names: [String: String]) -> [String] {
        let name = specification["name"] ?? specification["deployment_spec"]?["name"]
        var parts = name?.string.map { ["name \(Display.escape($0))"] } ?? []
        for field in ["source_vm", "library"] {
            guard let id = specification[field]?.string else { continue }
            parts.append("\(field) \(shown(id, names[id]))")
        }
        if let object = specification["object_id"], let id = object["id"]?.string {
            let type = object["type"]?.string?.split(separator: ".").last.map(String.init) ?? ""
            parts.append("\(Display.escape(type)) \(shown(id, names[id]))")
        }
        return parts
    }

    private static func settings(in specification: JSONValue) -> [String] {
        (specification.members ?? []).filter { $0.name != "name" && $0.name != "object_id" }.map {
            let text = $0.value.string ?? JSONEncoder().encode($0.value)
            let shown = Display.escape(bytes: Array(text.utf8), limit: 120)
            return "\(Display.escape($0.name)) \(shown)"
        }
    }

    /// The identifiers among the arguments whose names a line shows.
    static func identifiers(in arguments: JSONValue) -> [String] {
        let specification = arguments["spec"]
        return [
            arguments["vm"], arguments["library"], arguments["tag"], specification?["source_vm"],
            specification?["library"], specification?["object_id"]?["id"],
        ].compactMap { $0?.string }
    }
}
