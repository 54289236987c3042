internal import JSON

/// What matters of a simulated vCenter, without the identifiers that differ from run to run.
struct TwinState: Equatable, Sendable {
    /// An object of one of the vCenters: identifiers of two may be the same.
    struct Key: Hashable, Sendable {
        var vcenter = ""
        var id = ""
    }

    /// An item of a content library.
    struct Item: Equatable, Sendable {
        var key = Key()
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
        var key = Key()
        var name = ""
        /// On or off, processors and memory.
        var hardware = ""
    }

    var items: [Item] = []
    var machines: [Machine] = []
    /// The names of the libraries.
    var libraries: [String] = []
    /// The tags, as `category/tag`, of each object that has any.
    var tags: [String: Set<String>] = [:]

    /// The items by their identifiers.
    var itemsByKey: [Key: Item] {
        Dictionary(items.map { ($0.key, $0) }) { first, _ in first }
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
        for object in Set(tags.keys).union(other.tags.keys).sorted() where !isForeign(object) {
            let (own, others) = (tags[object] ?? [], other.tags[object] ?? [])
            found += own.subtracting(others).sorted().map { "\(object) has the tag \($0)" }
            found += others.subtracting(own).sorted().map { "\(object) lacks the tag \($0)" }
        }
        return found
            + Self.differences("library", Self.counts(libraries), Self.counts(other.libraries))
            + Self.differences("machine", machineCounts, other.machineCounts)
    }

    /// What there is more or less of.
    private static func differences(
        _ thing: String,
        _ own: [String: Int],
        _ others: [String: Int]
    ) -> [String] {
        Set(own.keys).union(others.keys).sorted().compactMap { name in
            let more = own[name, default: 0] - others[name, default: 0]
            guard more != 0 else { return nil }
            return "the \(thing) \(name) is \(more > 0 ? "left" : "missing")\(times(abs(more)))"
        }
    }

    private static func times(_ count: Int) -> String { count == 1 ? "" : ", \(count) of them" }

    private var itemsByPath: [String: Item] {
        Dictionary(items.map { ($0.path, $0) }) { first, _ in first }
    }

    private var machineCounts: [String: Int] {
        Self.counts(machines.map { "\($0.name) (\($0.hardware))" })
    }

    private static func counts(_ names: [String]) -> [String: Int] {
        names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
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
    ///   - vcenter: The vCenter as cases name it.
    ///   - prefix: Stands before all names, where there are several vCenters.
    init(_ document: JSONValue, base: JSONValue, vcenter: String = "", prefix: String = "") {
        func machines(_ tree: JSONValue) -> [JSONValue] { tree["machines"]?.array ?? [] }
        let known = Set(machines(base).compactMap { $0["vm"]?.string })
        let old = Set(
            (base["libraries"]?.array ?? []).flatMap { $0["items"]?.array ?? [] }
                .compactMap { $0["id"]?.string }
        )
        let somebody = "VSPHERE.LOCAL\\somebody"
        var foreign: Set<String> = []
        let oldLibraries = (base["libraries"]?.array ?? []).compactMap { $0["id"]?.string }
        for library in document["libraries"]?.array ?? [] {
            let name = library["name"]?.string ?? ""
            let isOld = library["id"]?.string.map(oldLibraries.contains) ?? false
            let path = prefix + (isOld ? name : Self.withoutDigits(name))
            libraries.append(path)
            for entry in library["items"]?.array ?? [] {
                var item = Item()
                item.key = Key(vcenter: vcenter, id: entry["id"]?.string ?? "")
                let name = entry["name"]?.string ?? ""
                item.path = path + "/"
                item.path += old.contains(item.key.id) ? name : Self.withoutDigits(name)
                item.description = entry["description"]?.string ?? ""
                if items.contains(where: { $0.path == item.path }) {
                    item.path += " (\(item.key.id))"
                }
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
                    key: Key(vcenter: vcenter, id: id),
                    name: prefix + (known.contains(id) ? name : Self.withoutDigits(name)),
                    hardware: Self.hardware(of: entry)
                )
            )
        }
        tags = tags(document, prefix: prefix)
    }

    /// The tags of each object, by its path or name; by its identifier where it is something else.
    private func tags(_ document: JSONValue, prefix: String) -> [String: Set<String>] {
        let paths = items.map { ($0.key.id, $0.path) } + machines.map { ($0.key.id, $0.name) }
        let names = Dictionary(paths) { first, _ in first }
        let categories = document["tag_categories"]?.array ?? []
        var found: [String: Set<String>] = [:]
        for tag in document["tags"]?.array ?? [] {
            let category = categories.first { $0["id"] == tag["category"] }
            let word = "\(category?["name"]?.string ?? "")/\(tag["name"]?.string ?? "")"
            for object in tag["objects"]?.array ?? [] {
                let id = object.string ?? object["id"]?.string ?? ""
                found[names[id] ?? prefix + id, default: []].insert(word)
            }
        }
        return found
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
        TwinState(
            items: left.items + right.items,
            machines: left.machines + right.machines,
            libraries: left.libraries + right.libraries,
            tags: left.tags.merging(right.tags) { $0.union($1) }
        )
    }
}
