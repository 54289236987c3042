internal import APIIndex

/// Every argument of every operation, down to the last member, with what can be wrong about it.
enum InputReference {
    /// One argument or member.
    struct Row: Sendable {
        let route: Route
        /// The way from the parameter to the member; `*` stands for the elements of a list or map.
        let path: [String]
        let type: InputType
        let need: Member.Need
        let wrongs: [Wrong]

        var name: String { path.joined(separator: ".") }
    }

    /// All rows, in the order of the routes.
    static let rows: [Row] = RouteTable.everything.flatMap { route in
        route.input.members.flatMap { rows(of: $0, [], route) }
    }

    /// The error for an unknown identifier; nil if the result is then empty, without an error.
    static func refusalOfUnknown(_ row: Row) -> VAPIError.Kind? {
        switch row.route.operation {
        case .listItems: .notFound
        case _ where row.path.count == 1: .notFound
        case .deploy: .notFound
        case .createTemplate where ["source_vm", "library"].contains(row.path.last): .notFound
        case .createTemplate, .checkOut: .invalidArgument
        case .createLibrary, .updateItem, .attachTag: .invalidArgument
        case .detachTag, .deployOVF: .notFound
        default: nil
        }
    }

    private static func rows(of member: Member, _ path: [String], _ route: Route) -> [Row] {
        rows(
            of: member.type,
            path + [member.name],
            route,
            need: member.need,
            isInPath: path.isEmpty && route.parameters.contains(member.name)
        )
    }

    private static func rows(
        of type: InputType,
        _ path: [String],
        _ route: Route,
        need: Member.Need,
        isInPath: Bool = false
    ) -> [Row] {
        var wrongs: [Wrong] = []
        if need == .required, !isInPath, path.last != "*" { wrongs.append(.missing) }
        if need == .currentlyRequired { wrongs.append(.unset) }
        if !isInPath { wrongs.append(.otherType) }
        var children: [Row] = []
        switch type {
        case .identifier: wrongs.append(.unknownObject)
        case .enumeration: wrongs.append(.unknownValue)
        case .structure(let structure):
            wrongs.append(.unknownMember)
            if structure.unions.contains(where: \.isRequired) { wrongs.append(.unionMissing) }
            if structure.unions.count > 1 { wrongs.append(.unionExtra) }
            children = structure.members.flatMap { rows(of: $0, path, route) }
        case .list(let element):
            children = rows(of: element, path + ["*"], route, need: .required)
        case .set(let element):
            wrongs.append(.twice)
            if case .enumeration = element { wrongs.append(.unknownValue) }
            if case .identifier = element { wrongs.append(.unknownObject) }
        case .map(let element):
            wrongs += [.twice, .unknownObject]
            children = rows(of: element, path + ["*"], route, need: .required)
        default: break
        }
        return [Row(route: route, path: path, type: type, need: need, wrongs: wrongs)] + children
    }

    /// The reference, as Markdown.
    static var markdown: String {
        var text = """
            # What vmoon-sim takes, and what it refuses

            Made by `vmoon-sim --reference`; the tables are those that the simulator checks requests with. A test goes
            through every row over HTTP in both dialects, another compares them with VMware's Python classes.

            | wrong | which is | gets | message |
            |---|---|---|---|

            """
        for wrong in Wrong.allCases {
            let (kind, message) =
                wrong.refusal.map { ("`\($0.kind.rawValue)`", "`\($0.message)`") }
                ?? ("see the row", "")
            text += "| \(wrong.rawValue) | \(wrong.meaning) | \(kind) | \(message) |\n"
        }
        text += """

            All of them have the status 400, but `not_found`, which has 404. Several are reported in this order: missing
            and types, unions, unknown members, values; those that are left out when the operation has looked at its
            objects. Whatever operation, a query parameter or a member of the body that is none of its own is an
            unknown member. `…` in a type is the beginning of the operation's service.

            """
        text += rules + roles + InventoryReference.markdown
        var last: Operation?
        for route in RouteTable.everything {
            if route.operation != last {
                text += "\n## \(route.label)\n\n"
                last = route.operation
                text += "Service `\(route.service)`.\n"
            }
            text += heading(of: route)
            text += needs(of: route)
            let rows = rows.filter { $0.route === route }
            guard !rows.isEmpty else { continue }
            text += "\n| argument | type | | refused |\n|---|---|---|---|\n"
            for row in rows { text += line(of: row) }
        }
        for enumeration in enumerations {
            if enumeration.name == enumerations.first?.name {
                text += "\n## Enumerations\n\n| name | values |\n|---|---|\n"
            }
            let values = enumeration.values.map { "`\($0)`" }.joined(separator: ", ")
            text += "| `\(enumeration.name)` | \(values) |\n"
        }
        return text
    }

    /// Rules that are in no table: how arguments must fit the inventory.
    private static let rules = """

        ## How arguments must fit

        | argument | refused |
        |---|---|
        | `placement` | a folder that is not for virtual machines; a host outside its cluster; a pool that is not in its cluster or not on its host; places and data stores in several data centres, those of the source that stay among them: `invalid_argument` |
        | `name` | empty: `invalid_argument`; taken in the folder, or by an item of the library: `already_exists`. A slash is kept as `%2f` in the name of a machine |
        | `disks_to_update` | not larger than the disk is, or the disk is to be removed: `invalid_argument`; larger than what is free on its data store: `unable_to_allocate_resource` |
        | `cpu_update`, `memory_update` | nothing, less, or processors that do not divide by the cores of a socket: `invalid_argument` |
        | `guest_customization.name`, `tags` | no such customization spec or tag: `not_found`; a tag without identifier and name: `invalid_argument` |
        | `powered_on` of deploy | never: the machine is off when the call returns, and on `--power-on-time` later |
        | `spec` of the two `find` | without a field: `invalid_argument` |
        | `count`, `cores_per_socket`, `size_MiB` of hardware | nothing or less, processors that do not divide by the cores of a socket, memory that is no multiple of 4: `invalid_argument`; while the machine runs, what it cannot add or remove then: `not_allowed_in_current_state` |
        | `shutdown`, `reboot` of a guest | the machine is off: `already_in_desired_state`, `not_allowed_in_current_state`; its tools do not run (`--tools-time`): `service_unavailable` |
        | `create_spec` of a library | no name, no storage, a subscription to what nobody publishes: `invalid_argument` |
        | `update_spec` of an item | anything but name and description: `invalid_argument` |
        | `publish`, `sync` | a library that is not published: `not_allowed_in_current_state`; one of the other kind: `invalid_element_type`. A follower has what was published when it was last brought up to that |
        | `deployment_spec` of an OVF item | a name that is taken, or no leave for its licences: an answer that says that it failed; a name of a network or disk that the package does not have: `not_found` |
        | `object_id` of a tag | an object that is not there, or has another tag of a category with one only: `invalid_argument` |
        | numbers, booleans | as text in a body: another type |

        """

    /// How the privileges of an operation are judged.
    private static let roles = """

        ## Roles

        A user has a role: a set of privileges, all of them if none is given (`users` of the state, `--privileges` for the
        first user, `POST /sim/users`). It holds everywhere: privileges are global here, whatever object is named. What an
        operation needs is what the documentation of VMware's packages says; the privilege for an object counts only where
        the call names one. Where nothing is documented, `System.Read` is needed, and for a change one that does not only
        read, whichever it is. `System.Read` brings `System.View`, and
        `System.Anonymous` is everybody's. Operations of sessions need none. A call that lacks one is `unauthorized` in
        every dialect, before anything is said about its arguments.

        ## All other operations

        JSON-RPC (`POST /api`) takes every operation of the Automation API by its name there. Its arguments and
        privileges are checked in the same way; then a stub answers (`POST /sim/stubs`), or the error of a vCenter without
        that service: `operation_not_found`, `vapi.method.input.invalid.interface`.

        """

    /// The line with the privileges of an operation.
    private static func needs(of route: Route) -> String {
        if case .session = route.body { return "" }
        let needs = route.facts?.needs ?? []
        var names: [String] = []
        for need in needs { names += need.privileges.filter { !names.contains($0) } }
        let lines = (names.isEmpty ? [Privileges.least] : names).map { name in
            let places = needs.filter { $0.privileges.contains(name) }.map(\.place)
            guard !places.contains(nil), !places.isEmpty else { return "`\(name)`" }
            let fields = Set(places.compactMap { $0?.split(separator: ".").last }).sorted()
            return "`\(name)` (\(fields.map { "`\($0)`" }.joined(separator: ", ")))"
        }
        let more = names.isEmpty && route.isChanging ? " and any that does not only read" : ""
        return "\nNeeds \(lines.joined(separator: ", "))\(more).\n"
    }

    /// The enumerations of all rows, each once, by name.
    static var enumerations: [Enumeration] {
        var found: [String: Enumeration] = [:]
        for row in rows {
            if case .enumeration(let enumeration) = row.type.element ?? row.type {
                found[enumeration.name] = enumeration
            }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    private static func heading(of route: Route) -> String {
        let lines = [Dialect.rest, .api].compactMap { dialect in
            route.endpoints[dialect].map { endpoint in
                let action = endpoint.action.map { "?\(endpoint.actionParameter)=\($0)" } ?? ""
                return "`\(endpoint.method) \(endpoint.path)\(action)`"
            }
        }
        return "\n\(lines.joined(separator: ", "))\n"
    }

    private static func line(of row: Row) -> String {
        let need =
            switch row.need {
            case .required: row.path.last == "*" ? "" : "required"
            case .optional: ""
            case .currentlyRequired: "currently required"
            }
        let wrongs = row.wrongs.map { wrong -> String in
            guard wrong == .unknownObject else { return wrong.rawValue }
            let outcome = refusalOfUnknown(row).map { "`\($0.rawValue)`" } ?? "finds nothing"
            return "\(wrong.rawValue): \(outcome)"
        }
        let service = row.route.service + "."
        let type = row.type.phrase.replacing(service, with: "….")
        return "| `\(row.name)` | \(type) | \(need) | \(wrongs.joined(separator: ", ")) |\n"
    }
}
