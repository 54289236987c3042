internal import JSON

extension TwinState {
    /// Reads the state of a simulator.
    /// - Parameters:
    ///   - document: What `/sim/state` answers.
    ///   - base: The same before anything ran: what it does not have is new.
    ///   - vcenter: The vCenter as cases name it.
    ///   - prefix: Stands before all names, where there are several vCenters.
    init(_ document: JSONValue, base: JSONValue, vcenter: String = "", prefix: String = "") {
        let plain = PlainFacts(document, base: base)
        func machines(_ tree: JSONValue) -> [JSONValue] { tree["machines"]?.array ?? [] }
        let known = Set(machines(base).compactMap { $0["vm"]?.string })
        let templates = Dictionary(
            machines(document).filter { $0["template"]?.boolean == true }
                .map { ($0["vm"]?.string ?? "", $0) }
        ) { first, _ in first }
        let somebody = "VSPHERE.LOCAL\\somebody"
        var foreign: Set<String> = []
        for library in document["libraries"]?.array ?? [] {
            let path = prefix + plain.name(of: library)
            things.append(
                Thing(kind: "library", name: path, facts: plain.facts(library, besides: ["items"]))
            )
            for entry in library["items"]?.array ?? [] {
                var item = Item()
                item.key = Key(vcenter: vcenter, id: entry["id"]?.string ?? "")
                item.path = path + "/" + plain.name(of: entry)
                item.description = entry["description"]?.string ?? ""
                // Equal names are told apart by what does not change when one of them goes.
                if plain.isAmbiguous(entry, in: library) { item.path += " (\(item.key.id))" }
                if items.contains(where: { $0.path == item.path }) { item.path += " (another)" }
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
                item.facts = plain.facts(
                    entry,
                    besides: ["description", "next_version", "versions", "check_outs", "changes"]
                )
                item.facts["hardware"] = .array(
                    (entry["versions"]?.array ?? []).map { version in
                        let machine = version["vm_template"]?.string.flatMap { templates[$0] }
                        return .object(
                            plain.facts(machine ?? .null).sorted { $0.key < $1.key }
                                .map { .init($0.key, $0.value) }
                        )
                    }
                )
                items.append(item)
            }
        }
        for entry in machines(document) where entry["template"]?.boolean != true {
            let id = entry["vm"]?.string ?? ""
            guard !foreign.contains(id) else { continue }
            self.machines.append(
                Machine(
                    key: Key(vcenter: vcenter, id: id),
                    name: prefix + plain.name(of: entry),
                    facts: plain.facts(entry)
                )
            )
        }
        things += plain.others(document, prefix: prefix)
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
            things: left.things + right.things,
            tags: left.tags.merging(right.tags) { $0.union($1) }
        )
    }
}
