internal import JSON

/// What matters of a simulated vCenter, without the identifiers that differ from run to run.
struct TwinState: Equatable, Sendable {
    /// An item of a content library.
    struct Item: Equatable, Sendable {
        var id = ""
        /// `library/name`.
        var path = ""
        var isTemplate = true
        /// The machines that are its versions, the latest last; `new` for one that was made meanwhile.
        var templates: [String] = []
        /// The messages of its history, without marks.
        var messages: [String] = []
        var description = ""
        /// The users who have it checked out.
        var holders: [String] = []

        /// How many versions and check-outs it has; they may run ahead of the lists.
        var versionCount = 0
        var checkOutCount = 0

        /// The same when an operation has happened to it.
        func after(_ operation: String) -> Item {
            var item = self
            switch operation {
            case "checkOut": item.checkOutCount += 1
            case "deleteCheckOut": item.checkOutCount -= 1
            case "checkIn":
                item.checkOutCount -= 1
                item.versionCount = min(item.versionCount + 1, 2)
            case "deleteVersion": item.versionCount -= 1
            default: break
            }
            return item
        }
    }

    /// A machine that is no template.
    struct Machine: Equatable, Sendable {
        var id = ""
        var name = ""
        /// On or off, processors and memory.
        var hardware = ""
    }

    var items: [Item] = []
    var machines: [Machine] = []

    /// The items by their identifiers.
    var itemsByID: [String: Item] {
        Dictionary(items.map { ($0.id, $0) }) { first, _ in first }
    }

    /// What two states of one vCenter do not have in common, seen from another one.
    ///
    /// The parameter tells whether somebody else had his hands on an item.
    func differences(
        from other: TwinState,
        besides isForeign: (String) -> Bool = { _ in false }
    ) -> [String] {
        var found: [String] = []
        let (own, others) = (itemsByPath, other.itemsByPath)
        for path in Set(own.keys).union(others.keys).sorted() where !isForeign(path) {
            switch (own[path], others[path]) {
            case (let item?, let other?): found += item.differences(from: other)
            case (.some, nil): found.append("the item \(path) is there, and should not be")
            case (nil, .some): found.append("the item \(path) is gone")
            case (nil, nil): break
            }
        }
        return found + machineDifferences(from: other)
    }

    private func machineDifferences(from other: TwinState) -> [String] {
        var found: [String] = []
        let (own, others) = (machineCounts, other.machineCounts)
        for name in Set(own.keys).union(others.keys).sorted() {
            let more = own[name, default: 0] - others[name, default: 0]
            if more > 0 { found.append("the machine \(name) is left\(Self.times(more))") }
            if more < 0 { found.append("the machine \(name) is missing\(Self.times(-more))") }
        }
        return found
    }

    private static func times(_ count: Int) -> String { count == 1 ? "" : ", \(count) of them" }

    private var itemsByPath: [String: Item] {
        Dictionary(items.map { ($0.path, $0) }) { first, _ in first }
    }

    private var machineCounts: [String: Int] {
        var counts: [String: Int] = [:]
        for machine in machines { counts["\(machine.name) (\(machine.hardware))", default: 0] += 1 }
        return counts
    }
}

extension TwinState.Item {
    /// In words, what is otherwise than in another state.
    fileprivate func differences(from other: Self) -> [String] {
        var found: [String] = []
        if holders != other.holders {
            let count = holders.count - other.holders.count
            found.append(
                count > 0 ? "\(path) is left checked out" : "\(path) is checked out otherwise"
            )
        }
        if description != other.description { found.append("\(path) has another description") }
        if templates != other.templates || messages != other.messages {
            let (own, others) = (messages.count, other.messages.count)
            found.append(
                own > others
                    ? "\(path) has \(own - others) more in its history"
                    : own < others
                        ? "\(path) lacks \(others - own) in its history"
                        : "\(path) has another latest version"
            )
        }
        return found
    }
}

extension TwinState {
    /// Reads the state of a simulator.
    /// - Parameters:
    ///   - document: What `/sim/state` answers.
    ///   - base: The same before anything ran: what it does not have is new.
    ///   - prefix: Stands before all names, where there are several vCenters.
    init(_ document: JSONValue, base: JSONValue, prefix: String = "") {
        func machines(_ tree: JSONValue) -> [JSONValue] { tree["machines"]?.array ?? [] }
        let known = Set(machines(base).compactMap { $0["vm"]?.string })
        let old = Set(
            (base["libraries"]?.array ?? []).flatMap { $0["items"]?.array ?? [] }
                .compactMap { $0["id"]?.string }
        )
        let somebody = "VSPHERE.LOCAL\\somebody"
        var foreign: Set<String> = []
        for library in document["libraries"]?.array ?? [] {
            for entry in library["items"]?.array ?? [] {
                var item = Item()
                item.id = entry["id"]?.string ?? ""
                let name = entry["name"]?.string ?? ""
                item.path = prefix + (library["name"]?.string ?? "") + "/"
                item.path += old.contains(item.id) ? name : Self.withoutDigits(name)
                item.description = entry["description"]?.string ?? ""
                if items.contains(where: { $0.path == item.path }) { item.path += " (\(item.id))" }
                item.isTemplate = entry["type"]?.string == "vm-template"
                item.templates = (entry["versions"]?.array ?? []).map { version in
                    let name = version["vm_template"]?.string ?? ""
                    return known.contains(name) ? name : "new"
                }
                item.messages = (entry["changes"]?.array ?? []).map {
                    Self.unmarked($0["message"]?.string ?? "")
                }
                for checkOut in entry["check_outs"]?.array ?? [] {
                    let user = checkOut["user"]?.string ?? ""
                    item.checkOutCount += 1
                    if user == somebody {
                        foreign.insert(checkOut["vm"]?.string ?? "")
                    } else {
                        item.holders.append(user)
                    }
                }
                item.versionCount = item.templates.count
                items.append(item)
            }
        }
        for entry in machines(document) where entry["template"]?.boolean != true {
            let id = entry["vm"]?.string ?? ""
            guard !foreign.contains(id) else { continue }
            let name = entry["name"]?.string ?? ""
            self.machines.append(
                Machine(
                    id: id,
                    name: prefix + (known.contains(id) ? name : Self.withoutDigits(name)),
                    hardware: Self.hardware(of: entry)
                )
            )
        }
    }

    /// `POWERED_OFF, 2 CPUs, 4096 MiB`.
    private static func hardware(of machine: JSONValue) -> String {
        let count = machine["cpu_count"]?.integer.map { "\($0) CPUs" }
        let memory = machine["memory_size_MiB"]?.integer.map { "\($0) MiB" }
        return [machine["power_state"]?.string, count, memory].compactMap { $0 }
            .joined(separator: ", ")
    }

    /// A message without the mark of the change.
    static func unmarked(_ message: String) -> String {
        guard message.hasPrefix("[vmoon:"), let end = message.firstIndex(of: "]") else {
            return message
        }
        return String(message[message.index(after: end)...].drop { $0 == " " })
    }

    /// A name with `{op}` where eight hexadecimal digits stand for themselves: they differ from run to run.
    static func withoutDigits(_ name: String) -> String {
        var result = ""
        var run = ""
        func close() {
            let isMark = run.utf8.count == 8 && run.allSatisfy { $0.isHexDigit && !$0.isUppercase }
            result += isMark ? "{op}" : run
            run = ""
        }
        for letter in name {
            if letter.isLetter || letter.isNumber {
                run.append(letter)
            } else {
                close()
                result.append(letter)
            }
        }
        close()
        return result
    }

    /// Puts the states of several vCenters together.
    static func + (left: TwinState, right: TwinState) -> TwinState {
        TwinState(items: left.items + right.items, machines: left.machines + right.machines)
    }
}
