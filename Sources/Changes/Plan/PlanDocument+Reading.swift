internal import JSON
internal import Text
internal import VSphere

extension PlanDocument {
    /// Why a file is refused as a plan.
    public enum Problem: Error, Equatable {
        /// It is no JSON; the reason.
        case malformed(String)
        /// It is something else.
        case noPlan
        /// A newer vmoon has made it: the number of its format.
        case newer(Int)
        /// It is not as vmoon has written it.
        case edited
    }

    /// Reads the text of a file.
    /// - Parameter bytes: The file.
    /// - Throws: Why it is refused as a whole.
    public init(_ bytes: [UInt8]) throws(Problem) {
        var tree: JSONValue
        do throws(JSONError) {
            tree = try JSONParser().decode(bytes)
        } catch {
            throw .malformed(error.description)
        }
        guard let format = tree["vmoon_plan"]?.integer else { throw .noPlan }
        guard format <= Self.format else { throw .newer(format) }
        let hash = tree["sha256"]?.string
        tree["sha256"] = nil
        guard hash == Self.hash(tree), let document = Self(tree) else { throw .edited }
        // Each part is obeyed: nothing is in it that is not known here, and nothing that only looks like it.
        guard document.content == tree else { throw .edited }
        self = document
    }

    private init?(_ tree: JSONValue) {
        guard let version = tree["vmoon"]?.string,
            let made = tree["made"]?.string.flatMap(Timestamp.init(parsing:)),
            let host = tree["host"]?.string, let script = tree["script"]?.string,
            let folder = tree["folder"]?.string, let hash = tree["script_sha256"]?.string,
            let arguments = tree["arguments"]?.array,
            let hidesArguments = tree["hides_arguments"]?.boolean,
            let vcenters = tree["vcenters"]?.array, let changes = tree["changes"]?.array,
            let reads = tree["reads"]?.array
        else { return nil }
        self.version = version
        self.made = Int64(made.seconds) * 1000 + Int64(made.nanoseconds) / 1_000_000
        self.host = host
        self.script = script
        self.folder = folder
        scriptHash = hash
        self.arguments = arguments.compactMap(\.string)
        self.hidesArguments = hidesArguments
        self.vcenters = vcenters.map {
            VCenterName(name: $0["vcenter"]?.string ?? "", user: $0["user"]?.string ?? "")
        }
        for entry in changes {
            guard let change = PlannedChange(entry) else { return nil }
            self.changes.append(change)
        }
        self.reads = reads.map { entry in
            PlannedChange(
                number: entry["number"]?.integer ?? 0,
                operation: Display.escape(entry["operation"]?.string ?? ""),
                subject: PlannedChange.shown(entry["about"])
            )
        }
        let lines = self.changes + self.reads
        guard Set(lines.map(\.number)).count == lines.count else { return nil }
    }
}

extension PlannedChange {
    fileprivate init?(_ entry: JSONValue) {
        guard let number = entry["number"]?.integer, number > 0,
            let operation = entry["operation"]?.string, operation == Display.escape(operation),
            let arguments = entry["arguments"],
            arguments.members != nil, let vcenter = entry["vcenter"]?.string
        else { return nil }
        self.init(number: number, operation: operation)
        self.arguments = arguments
        self.vcenter = vcenter
        if let item = entry["item"] {
            self.item = (item["name"]?.string ?? "", item["id"]?.string ?? "")
        }
        for member in entry["names"]?.members ?? [] { names[member.name] = member.value.string }
        subject =
            entry["about"] != nil
            ? Self.shown(entry["about"])
            : Self.subject(operation, arguments, hasItem: item != nil, names)
        notes = Self.shown(entry["notes"])
        version = arguments["version"]?.string
        vm = arguments["vm"]?.string
        action = arguments["action"]?.string
        isPoweredOn = arguments["spec"]?["powered_on"]?.boolean ?? false
        missing = Self.shown(entry["missing"])
        untold = Self.shown(entry["untold"])
        let state = entry["planned_on"]
        isAfterOthers = state?["after_others"]?.boolean ?? false
        latest = state?["latest"]?.string
        library = state?["library"]?.string
        if let versions = state?["versions"]?.array {
            isItemRead = true
            self.versions = versions.compactMap(\.string)
            checkOuts = state?["check_outs"]?.array?.compactMap(\.string) ?? []
        }
        power = state?["power"]?.string
        isPowerRead = state?["power_was_read"]?.boolean ?? false
        isMachineDeleted = state?["machine_deleted"]?.boolean ?? false
        nameOwner = state?["name_taken_by"]?.string.map { Display.escape($0) }
        isNameRead = state?["name_was_read"]?.boolean ?? false
    }

    /// Texts that are shown as they are.
    ///
    /// Text that is escaped already stays as it is; any other is changed by this, and the file is refused.
    fileprivate static func shown(_ list: JSONValue?) -> [String] {
        list?.array?.compactMap(\.string).map { Display.escape($0) } ?? []
    }

    /// The objects that a line names, from the arguments of any call.
    private static func subject(
        _ operation: String,
        _ arguments: JSONValue,
        hasItem: Bool,
        _ names: [String: String]
    ) -> [String] {
        if let known = VSphere.Operation.named(operation) {
            return subject(known, arguments, hasItem: hasItem, names)
        }
        func shown(_ name: String, limit: Int) -> String? {
            arguments[name]?.string.map { Display.escape(bytes: Array($0.utf8), limit: limit) }
        }
        guard let path = arguments["path"]?.string else {
            return [shown("about", limit: 200)].compactMap { $0 }
        }
        let method = shown("method", limit: 80) ?? ""
        return ["\(method) \(Display.escape(String(path.prefix { $0 != "?" })))"]
    }
}
