internal import Buffers
internal import JSON
internal import Text
internal import VSphere

/// A changing call, as a plan keeps it and as a run makes it.
struct PlannedCall {
    /// The function's name in Lua.
    let operation: String
    /// The vCenter; empty for a program and for another service.
    let vcenter: String
    /// The arguments by name.
    let arguments: JSONValue

    init(_ operation: String, at vcenter: String, _ arguments: JSONValue) {
        self.operation = operation
        self.vcenter = vcenter
        self.arguments = arguments
    }

    /// The call of an operation of a vCenter.
    init(_ operation: VSphere.Operation, at vcenter: String, _ arguments: [Value]) {
        self.init(operation.name, at: vcenter, Self.named(operation, arguments))
    }

    /// A program, or a request to another service.
    init(_ function: String, about subject: String) {
        let shown = subject.withoutTelltaleSecrets
        self.init(function, at: "", ["about": .string(shown)])
    }

    /// The arguments by name; those of `request{…}` are the fields of its table.
    private static func named(_ operation: VSphere.Operation, _ arguments: [Value]) -> JSONValue {
        guard operation.name != "request" else {
            var table = arguments.last { $0.kind == .record }.map { JSONValue($0) } ?? .object([])
            table["method"] = .string(table["method"]?.string?.uppercased() ?? "GET")
            return table
        }
        let given = zip(operation.parameters, arguments).filter { !$0.1.isAbsent }
        return .object(given.map { .init($0.name, JSONValue($1)) })
    }

    /// The call without what looks like a secret.
    var withoutSecrets: PlannedCall {
        let members = (arguments.members ?? []).map(\.withoutSecrets)
        return PlannedCall(operation, at: vcenter, Self.cleaned(.object(members), ""))
    }

    /// The same value without texts that tell a secret; what names an object is left as it is.
    private static func cleaned(_ value: JSONValue, _ name: String) -> JSONValue {
        switch value {
        case .string(let text):
            ArgumentMatch.closedNames.contains(name) && name != "path"
                ? value : .string(text.withoutTelltaleSecrets)
        case .array(let elements): .array(elements.map { cleaned($0, name) })
        case .object(let members):
            .object(members.map { .init($0.name, cleaned($0.value, $0.name)) })
        case .null, .boolean, .integer, .double: value
        }
    }
}

/// Compares the arguments of a call with planned ones.
struct ArgumentMatch {
    /// The value of a placeholder, by its number.
    let binding: (Int) -> PlannedText.Binding

    /// The names that decide which object is changed: none of them may be any text.
    static let closedNames: Set = [
        "item", "vm", "version", "action", "folder", "resource_pool", "host", "cluster",
        "datastore", "network", "library", "source_vm", "method", "path", "part", "tag", "type",
        "id",
    ]

    /// Whether all arguments are as planned.
    func isSame(_ planned: JSONValue, _ actual: JSONValue) -> Bool {
        guard let members = planned.members, members.count == actual.members?.count else {
            return false
        }
        return members.allSatisfy { matches($0.value, actual[$0.name], $0.name) }
    }

    /// The names that lead to the first value that is not as planned; none where all are.
    func difference(_ planned: JSONValue, _ actual: JSONValue) -> [String] {
        let names = (planned.members ?? []).map(\.name) + (actual.members ?? []).map(\.name)
        guard let name = names.first(where: { !matches(planned[$0], actual[$0], $0) }) else {
            return []
        }
        guard let planned = planned[name], let actual = actual[name], planned.members != nil,
            actual.members != nil
        else { return [name] }
        return [name] + difference(planned, actual)
    }

    /// How many arguments are not as planned.
    func distance(_ planned: JSONValue, _ actual: JSONValue) -> Int {
        let names = (planned.members ?? []).map(\.name) + (actual.members ?? []).map(\.name)
        return Set(names).count { !matches(planned[$0], actual[$0], $0) }
    }

    /// A planned change whose result an argument needs and that has not been made.
    func missing(in planned: JSONValue) -> Int? {
        switch planned {
        case .string(let text): PlannedText(text, binding).missing
        case .array(let elements): elements.lazy.compactMap(missing).first
        case .object(let members): members.lazy.compactMap { missing(in: $0.value) }.first
        case .null, .boolean, .integer, .double: nil
        }
    }

    private func matches(_ planned: JSONValue?, _ actual: JSONValue?, _ name: String) -> Bool {
        guard let planned, let actual else { return planned == nil && actual == nil }
        if planned.isEmptyTable, actual.isEmptyTable { return true }
        switch (planned, actual) {
        case (.string(let planned), .string(let actual)):
            let text = PlannedText(planned, binding)
            // A secret in a path is left out too; it names no object.
            let isOpen = !Self.closedNames.contains(name) || name == "path" && !text.isUnread
            return text.matches(actual, isOpen: isOpen)
        case (.array(let planned), .array(let actual)):
            return planned.count == actual.count
                && zip(planned, actual).allSatisfy { matches($0, $1, name) }
        case (.object(let members), .object(let given)):
            return members.count == given.count && hasSameKeys(members, actual)
        // A secret that was left out may be of any type.
        case (.string(PlannedText.secret), _): return name.namesSecret
        case (.integer, .double), (.double, .integer): return planned.number == actual.number
        default: return planned == actual
        }
    }

    /// Whether each member has one of its name; a name may have a placeholder in it too.
    private func hasSameKeys(_ members: [JSONValue.Member], _ actual: JSONValue) -> Bool {
        members.allSatisfy { member in
            let name = PlannedText(member.name, binding).exact ?? member.name
            guard let value = actual[name] else { return false }
            return matches(member.value, value, name)
        }
    }
}

extension JSONValue {
    /// Whether it is a table without anything in it: Lua does not tell a list from a record then.
    fileprivate var isEmptyTable: Bool { array?.isEmpty ?? members?.isEmpty ?? false }
}
