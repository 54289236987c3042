internal import APIIndex
internal import JSON
internal import Text
internal import VSphere

/// The role that a run needs, from what its calls need.
final class NeededRole {
    /// An operation, with what all calls of it need.
    struct Row: Equatable {
        let operation: String
        /// Its name in the API; nil for a path.
        let api: String?
        let isChanging: Bool
        /// The types of the objects that each privilege is needed on; none for the call itself.
        var needs: [String: Set<String>]
    }

    /// The operations, in the order of their first calls.
    private(set) var rows: [Row] = []
    /// Called at the end of the run, with how it ended; returns whether the answer could be written.
    var onEnd: (NeededRole, RunOutcome) -> Bool = { _, _ in true }

    /// Adds what a call needs.
    func add(_ call: Call.Needs) {
        let place =
            rows.firstIndex { $0.operation == call.operation && $0.api == call.api } ?? rows.count
        if place == rows.count {
            rows.append(
                Row(
                    operation: call.operation,
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
    var undocumented: [String] { rows.filter(\.needs.isEmpty).map(\.operation) }

    // MARK: Forms

    /// For people: each operation with its privileges and their objects, then the role.
    var text: String {
        var lines: [String] = []
        let width = rows.flatMap(\.needs.keys).map(\.count).max() ?? 0
        for row in rows where !row.needs.isEmpty {
            lines.append(row.isChanging ? "\(row.operation), a change" : row.operation)
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

    /// `{"operations": [{"operation", "api", "changes", "privileges": [{"privilege", "objects"}]}], "role": […]}`.
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
