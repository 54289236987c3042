import JSON

@testable import Simulator

/// A request with one thing wrong in it, or nothing, made of a row of the reference.
struct InputProbe {
    let row: InputReference.Row
    let wrong: Wrong?
    let form: WireClient.Form

    /// Identifiers of the standard inventory, by the name of the member that takes them.
    static let identifiers = [
        "template_library_item": Rules.ubuntu, "library_item": Rules.ubuntu,
        "library_item_id": Rules.ubuntu, "library_id": Rules.golden, "library": Rules.golden,
        "vm": "vm-109", "source_vm": "vm-109", "version": "1", "folder": "group-v3",
        "resource_pool": "resgroup-8", "host": "host-10", "cluster": "domain-c7",
        "datastore": "datastore-11", "policy": "policy-16", "network": "network-14",
        "tag_id": "urn:vmomi:InventoryServiceTag:00000000-0000-4000-7a65-000000000001:GLOBAL",
        "category_id":
            "urn:vmomi:InventoryServiceCategory:00000000-0000-4000-7a65-000000000001:GLOBAL",
        "name": "linux", "id": "vm-109", "ovf_library_item_id": Rules.photon,
        "resource_pool_id": "resgroup-8",
    ]

    /// Makes a request of an operation with nothing wrong in it.
    init(of route: Route, form: WireClient.Form) {
        row = .init(route: route, path: [], type: .opaque, need: .required, wrongs: [])
        wrong = nil
        self.form = form
    }

    init(row: InputReference.Row, wrong: Wrong, form: WireClient.Form) {
        self.row = row
        self.wrong = wrong
        self.form = form
    }

    /// The arguments by their names.
    var arguments: JSONValue { spelled(valid(input, ""), input) }

    /// The method, the path behind the dialect's prefix included, and the body.
    var request: (method: String, target: String, body: JSONValue?)? {
        guard let dialect = Dialect(rawValue: form.rawValue),
            let endpoint = row.route.endpoints[dialect],
            let arguments = changed(valid(input, ""), input, row.path[...])
        else { return nil }
        var path = endpoint.path.replacing("id:{", with: "{")
        var query = endpoint.action.map { ["\(endpoint.actionParameter)=\($0)"] } ?? []
        var body: JSONValue = .object([])
        for member in row.route.input.members {
            guard let value = arguments[member.name] else { continue }
            switch row.route.place(of: member, endpoint) {
            case .path: path = path.replacing("{\(member.name)}", with: value.string ?? "")
            case .query: query += flat(value, member.name, isParameter: true)
            case .body: body[member.name] = spelled(value, member.type)
            }
        }
        var hasBody = body != .object([])
        if form == .api, hasBody, row.route.isBodyBare(endpoint) {
            body = body.members?.first?.value ?? .null
        } else if form == .rest {
            hasBody = endpoint.hasBody
        }
        let target = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        return (endpoint.method, target, hasBody ? .some(body) : .none)
    }

    private var input: InputType { .structure(row.route.input) }

    private var isInQuery: Bool {
        guard let dialect = Dialect(rawValue: form.rawValue),
            let endpoint = row.route.endpoints[dialect],
            let parameter = row.route.input[row.path[0]]
        else { return false }
        return row.route.place(of: parameter, endpoint) == .query
    }

    /// A value of a type that the simulator takes, with nothing in it that may be left out.
    private func valid(_ type: InputType, _ name: String) -> JSONValue {
        switch type {
        case .identifier:
            let isCheckOut =
                row.route.service.hasSuffix("check_outs") && row.route.name != "check_out"
            switch name {
            case "template_library_item" where isCheckOut: return .string(Rules.rhel)
            case "vm" where isCheckOut: return "vm-110"
            default: return .string(Self.identifiers[name] ?? "x")
            }
        case .indexed: return valid(type.resolved, name)
        case .string where name == "type": return "VirtualMachine"
        case .string, .blob, .optional, .dynamic, .opaque: return "probe"
        case .uri: return "ds:///x"
        case .double: return 1.5
        case .integer: return .integer(64 << 30)
        case .boolean: return true
        case .enumeration(let enumeration): return .string(enumeration.values[0])
        case .list(let element), .set(let element): return [valid(element, name)]
        case .map(let element):
            return .object([.init(name == "nics" ? "4000" : "2000", valid(element, name))])
        case .structure(let structure):
            return .object(
                structure.members.filter { member in
                    member.need != .optional
                        || structure.unions.contains { union in
                            guard case .enumeration(let tag)? = structure[union.tag]?.type else {
                                return false
                            }
                            return union.isRequired && union.member == member.name
                                && union.value == tag.values.first
                        }
                }.map { .init($0.name, valid($0.type, $0.name)) }
            )
        }
    }

    /// Follows the path, making what is not there, and spoils what is at its end.
    private func changed(
        _ value: JSONValue,
        _ type: InputType,
        _ path: ArraySlice<String>
    ) -> JSONValue? {
        guard let name = path.first else { return spoilt(value, type) }
        var value = value
        switch type {
        case .structure(let structure):
            guard let member = structure[name] else { return nil }
            let inner = value[name] ?? valid(member.type, name)
            value[name] = changed(inner, member.type, path.dropFirst())
            // A member that goes with a tag's value comes with it, and goes where the value is another.
            for union in structure.unions {
                if wrong == .unknownValue { value[union.member] = JSONValue?.none }
                if union.member == name { value[union.tag] = .string(union.value) }
            }
        case .list(let element), .set(let element), .map(let element):
            if let first = value.array?.first {
                value = .array([changed(first, element, path.dropFirst()) ?? .null])
            } else if let first = value.members?.first {
                let inner = changed(first.value, element, path.dropFirst())
                value = .object([.init(first.name, inner ?? .null)])
            }
        default: break
        }
        return value
    }

    private func spoilt(_ value: JSONValue, _ type: InputType) -> JSONValue? {
        var value = value
        switch wrong {
        case nil: break
        case .missing, .unset: return nil
        case .otherType: return otherType(than: type)
        case .unknownMember: value["no_such"] = "x"
        case .unknownValue: return type.element == nil ? "NO_SUCH" : ["NO_SUCH"]
        case .twice:
            if let first = value.array?.first { return [first, first] }
            if let first = value.members?.first { return .object([first, first]) }
        case .unionMissing: value["policy"] = JSONValue?.none
        case .unionExtra: return ["type": "DATASTORE", "storage_uri": "ds:///x"]
        case .unknownObject:
            if let first = value.members?.first { return .object([.init("no-such", first.value)]) }
            return type.element == nil ? "no-such" : ["no-such"]
        }
        return value
    }

    /// In a query everything is a text: what must stand once stands twice there, and a list has names inside.
    private func otherType(than type: InputType) -> JSONValue {
        switch type {
        case .string, .identifier, .uri, .enumeration, .blob: isInQuery ? ["a", "b"] : 7
        case .integer, .double, .boolean, .structure, .map: "x"
        case .indexed, .optional, .dynamic, .opaque: 7
        case .list, .set: isInQuery ? ["x": "1"] : "x"
        }
    }

    /// Maps in the form of the dialect; what is of another type stays as it is.
    private func spelled(_ value: JSONValue, _ type: InputType) -> JSONValue {
        switch (type, value) {
        case (.map(let element), .object(let members)):
            let entries = members.map { JSONValue.Member($0.name, spelled($0.value, element)) }
            guard form == .rest else { return .object(entries) }
            return .array(entries.map { ["key": .string($0.name), "value": $0.value] })
        case (.structure(let structure), .object(let members)):
            return .object(
                members.map { member in
                    let type = structure[member.name]?.type
                    return .init(
                        member.name,
                        type.map { spelled(member.value, $0) } ?? member.value
                    )
                }
            )
        case (.list(let element), .array(let list)), (.set(let element), .array(let list)):
            return .array(list.map { spelled($0, element) })
        default: return value
        }
    }

    /// The pairs of a query.
    private func flat(_ value: JSONValue, _ name: String, isParameter: Bool = false) -> [String] {
        switch value {
        case .object(let members):
            let prefix = isParameter && form == .api ? "" : name + "."
            return members.flatMap { flat($0.value, prefix + $0.name) }
        case .array(let elements):
            return elements.enumerated().flatMap { index, element in
                flat(element, element.members == nil ? name : "\(name).\(index + 1)")
            }
        default: return ["\(name)=\(value.string ?? JSONEncoder().encode(value))"]
        }
    }
}
