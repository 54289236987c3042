internal import APIIndex
internal import JSON
internal import Text
internal import VSphere

/// The role that a run needs, from what its calls need.
final class NeededRole {
    /// An operation, with what all calls of it need.
    struct Row: Equatable {
        let operation: String
        /// Method and path of `request{…}`; nil for an operation.
        let path: String?
        /// Its name in the API; nil for a path that the index does not have.
        let api: String?
        let isChanging: Bool
        /// The types of the objects that each privilege is needed on; none for the call itself.
        var needs: [String: Set<String>]

        /// How a person finds it: requests of one operation are one row, any other by its path.
        var name: String {
            guard let path else { return operation }
            return operation + (api.map { " of \($0)" } ?? " \(path)")
        }
    }

    /// The operations, in the order of their first calls.
    private(set) var rows: [Row] = []
    /// Called at the end of the run, with how it ended; returns whether the answer could be written.
    var onEnd: (NeededRole, RunOutcome) -> Bool = { _, _ in true }

    /// Adds what a call needs.
    func add(_ call: Call.Needs) {
        let path = call.path.map { String($0.prefix { $0 != "?" }) }
        let isKnown = rows.firstIndex { row in
            row.operation == call.operation && row.api == call.api
                && (row.api != nil || row.path == path)
        }
        let place = isKnown ?? rows.count
        if place == rows.count {
            rows.append(
                Row(
                    operation: call.operation,
                    path: path,
                    api: call.api,
                    isChanging: call.isChanging,
                    needs: [:]
                )
            )
        }
        for need in call.needs {
            for privilege in need.privileges {
                rows[place].needs[privilege, default: []].formUnion(need.types)
            }
        }
    }

    func tell(_ outcome: RunOutcome) -> Bool { onEnd(self, outcome) }

    /// The privilege taken where nothing is documented; every account needs it for the reads before a change.
    static let least = "System.Read"

    /// The smallest role, sorted.
    var privileges: [String] {
        let all = rows.reduce(into: Set([Self.least])) { $0.formUnion($1.needs.keys) }
        return all.subtracting(["System.Anonymous", "System.View"]).sorted()
    }

    /// The operations for which nothing is documented.
    var undocumented: [String] { rows.filter(\.needs.isEmpty).map(\.name) }

    // MARK: Forms

    /// For people: each operation with its privileges and their objects, then the role.
    var text: String {
        var lines: [String] = []
        let width = rows.flatMap(\.needs.keys).map(\.count).max() ?? 0
        for row in rows where !row.needs.isEmpty {
            let name = Display.escape(row.name)
            lines.append(row.isChanging ? "\(name), a change" : name)
            for (privilege, types) in row.needs.sorted(by: { $0.key < $1.key }) {
                let objects = types.sorted().joined(separator: ", ")
                let pad = String(repeating: " ", count: width - privilege.count)
                lines.append("  \(privilege)" + (objects.isEmpty ? "" : "\(pad)  \(objects)"))
            }
        }
        if !undocumented.isEmpty {
            lines += ["nothing is documented for these, and \(Self.least) is taken:"]
            lines += undocumented.map { "  " + Display.escape($0) }
        }
        lines.append("the smallest role:")
        lines += privileges.map { "  " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `{"operations": [{"operation", "path", "api", "changes", "privileges": [{"privilege", "objects"}]}], "role": […]}`.
    var json: String {
        let operations = rows.map { row in
            let needs = row.needs.sorted { $0.key < $1.key }.map { privilege, types in
                JSONValue.object([
                    .init("privilege", .string(privilege)),
                    .init("objects", .array(types.sorted().map { .string($0) })),
                ])
            }
            return JSONValue.object([
                .init("operation", .string(row.operation)),
                .init("path", row.path.map { .string($0) } ?? .null),
                .init("api", row.api.map { .string($0) } ?? .null),
                .init("changes", .boolean(row.isChanging)),
                .init("documented", .boolean(!row.needs.isEmpty)),
                .init("privileges", .array(needs)),
            ])
        }
        let document = JSONValue.object([
            .init("operations", .array(operations)),
            .init("role", .array(privileges.map { .string($0) })),
        ])
        return JSONEncoder(.indented).encode(document) + "\n"
    }

    /// The commands of govc and PowerCLI that make the role.
    ///
    /// Every role has the privileges of `System` by itself.
    func commands(_ name: String) -> String {
        let own = privileges.filter { !$0.hasPrefix("System.") }
        let words = own.map { " " + $0 }.joined()
        let list = own.map { "'\($0)'" }.joined(separator: ",")
        let privilege = own.isEmpty ? "" : " -Privilege (Get-VIPrivilege -Id \(list))"
        return """
            # govc
            govc role.create '\(name.replacing("'", with: #"'\''"#))'\(words)
            # PowerCLI
            New-VIRole -Name '\(name.replacing("'", with: "''"))'\(privilege)

            """
    }
}
