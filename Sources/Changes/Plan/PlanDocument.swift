internal import JSON
internal import Text
internal import VSphere

/// A plan as a file keeps it: the changes of a dry run, and the script that would make them.
///
/// The text has a SHA-256 of its content, so that a plan that was edited is refused.
public struct PlanDocument {
    /// The number of the format; a newer one is refused.
    public static let format = 1

    /// The version of vmoon that made it.
    public var version = ""
    /// The moment it was made, in milliseconds since 1970-01-01T00:00:00Z.
    public var made: Int64 = 0
    /// The machine it was made on.
    public var host = ""
    /// The script, as it was named.
    public var script = ""
    /// The working directory in which the script was named.
    public var folder = ""
    /// The SHA-256 of the script's text.
    public var scriptHash = ""
    /// The script's arguments; those that look like a secret are `***`.
    public var arguments: [String] = []
    /// Whether any of the arguments is left out.
    public var hidesArguments = false
    /// The vCenters that it changes, with the user of each.
    public internal(set) var vcenters: [VCenterName] = []
    var changes: [PlannedChange] = []
    /// The reads of what is only planned: for people, since what they gave is not known.
    var reads: [PlannedChange] = []

    /// A vCenter and the user who planned there.
    public struct VCenterName: Equatable {
        /// As `host` or `host:port`.
        public let name: String
        /// The user of its session.
        public let user: String
    }

    /// Makes an empty plan.
    public init() {}

    /// The lines of the changes, as the dry run has shown them.
    public var lines: [String] {
        (changes + reads).sorted { $0.number < $1.number }.map(\.line)
    }
    /// How many changes there are.
    public var count: Int { changes.count }
    /// How many of the changes the vCenter would refuse.
    public var refusedCount: Int { changes.count { $0.refusal != nil } }

    /// Whether arguments are those of the plan; where it keeps `***`, any text may stand.
    public func accepts(_ given: [String]) -> Bool {
        given.count == arguments.count
            && zip(arguments, given).allSatisfy { planned, given in
                PlannedText(planned) { _ in .anything }.matches(given, isOpen: true)
            }
    }

    /// The text of the file.
    public var text: String {
        var tree = content
        tree["sha256"] = .string(Self.hash(tree))
        return JSONEncoder(.indented).encode(tree) + "\n"
    }

    /// Everything but the hash.
    var content: JSONValue {
        [
            "vmoon_plan": .integer(Self.format), "vmoon": .string(version),
            "made": .string(Timestamp.text(made)), "host": .string(host),
            "script": .string(script), "folder": .string(folder),
            "script_sha256": .string(scriptHash),
            "arguments": .array(arguments.map { .string($0) }),
            "hides_arguments": .boolean(hidesArguments),
            "vcenters": .array(
                vcenters.map { ["vcenter": .string($0.name), "user": .string($0.user)] }
            ),
            "changes": .array(changes.map(\.document)),
            "reads": .array(
                reads.map { read in
                    [
                        "number": .integer(read.number), "operation": .string(read.operation),
                        "about": .array(read.subject.map { .string($0) }),
                    ]
                }
            ),
        ]
    }

    static func hash(_ content: JSONValue) -> String {
        SHA256.hex(JSONEncoder().encode(content).utf8)
    }
}

extension PlannedChange {
    /// The change as a file has it.
    var document: JSONValue {
        var tree: JSONValue = [
            "number": .integer(number), "operation": .string(operation),
            "vcenter": .string(vcenter), "arguments": arguments,
        ]
        if !followsSubject { tree["about"] = .array(subject.map { .string($0) }) }
        if !notes.isEmpty { tree["notes"] = .array(notes.map { .string($0) }) }
        if let item { tree["item"] = ["id": .string(item.id), "name": .string(item.name)] }
        if !names.isEmpty {
            let known = names.sorted { $0.key < $1.key }
            tree["names"] = .object(known.map { .init($0.key, .string($0.value)) })
        }
        tree["planned_on"] = plannedOn
        if !missing.isEmpty { tree["missing"] = .array(missing.map { .string($0) }) }
        if !untold.isEmpty { tree["untold"] = .array(untold.map { .string($0) }) }
        if !purged.isEmpty { tree["purges"] = .array(purged.map { .string($0) }) }
        if let refusal { tree["refused"] = .string(refusal) }
        return tree
    }

    private var plannedOn: JSONValue {
        var state: JSONValue = ["after_others": .boolean(isAfterOthers)]
        if let latest { state["latest"] = .string(latest) }
        if isItemRead {
            state["versions"] = .array(versions.map { .string($0) })
            state["check_outs"] = .array(checkOuts.map { .string($0) })
        }
        if let library { state["library"] = .string(library) }
        if let power {
            state["power"] = .string(power)
            state["power_was_read"] = .boolean(isPowerRead)
        }
        if isMachineDeleted { state["machine_deleted"] = true }
        if isNameRead || nameOwner != nil {
            state["name_taken_by"] = nameOwner.map { .string($0) } ?? .null
            state["name_was_read"] = .boolean(isNameRead)
        }
        return state
    }

    /// The state that it was planned on, with placeholders.
    var state: PlannedState {
        var state = PlannedState()
        if item != nil {
            state.latest = latest
            if isItemRead { state.parts = (versions, checkOuts) }
        }
        if isPowerRead { state.power = power }
        if isNameRead { state.name = .init(owner: nameOwner) }
        state.library = library
        state.missing = missing
        return state
    }
}
