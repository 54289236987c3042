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

        /// The other facts that the simulator has of it.
        var facts: [String: JSONValue] = [:]

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
        /// Hardware, power, place, and what else the simulator has of it.
        var facts: [String: JSONValue] = [:]
    }

    /// An object of any other kind.
    struct Thing: Equatable, Sendable {
        /// As a list of the inventory has it: `library`, `placement`.
        var kind = ""
        var name = ""
        var facts: [String: JSONValue] = [:]
    }

    /// One thing in which two states differ.
    struct Difference: Equatable, Sendable {
        /// A sentence.
        var text: String
        /// How many there are of it.
        var count = 1
        /// Whether there is something that the other state does not have.
        var isMore = false

        /// The sentence, with the number.
        var whole: String { count == 1 ? text : "\(text), \(count) of them" }
    }

    var items: [Item] = []
    var machines: [Machine] = []
    /// Libraries, tags, places, and whatever else there is.
    var things: [Thing] = []
    /// The tags, as `category/tag`, of each object that has any.
    var tags: [String: Set<String>] = [:]

    /// The items by their identifiers.
    var itemsByKey: [Key: Item] {
        Dictionary(items.map { ($0.key, $0) }) { first, _ in first }
    }

    /// The differences of two states of one vCenter, in sentences about this one.
    ///
    /// The parameter tells whether somebody else had his hands on an item.
    func differences(
        from other: TwinState,
        besides isForeign: (String) -> Bool = { _ in false }
    ) -> [Difference] {
        var found: [Difference] = []
        let (own, others) = (itemsByPath, other.itemsByPath)
        for path in Set(own.keys).union(others.keys).sorted() where !isForeign(path) {
            switch (own[path], others[path]) {
            case (let item?, let other?): found += item.differences(from: other)
            case (.some, nil):
                found.append(
                    .init(text: "the item \(path) is there, and should not be", isMore: true)
                )
            case (nil, .some): found.append(.init(text: "the item \(path) is gone"))
            case (nil, nil): break
            }
        }
        for object in Set(tags.keys).union(other.tags.keys).sorted() where !isForeign(object) {
            let (own, others) = (tags[object] ?? [], other.tags[object] ?? [])
            found += own.subtracting(others).sorted()
                .map { .init(text: "\(object) has the tag \($0)", isMore: true) }
            found += others.subtracting(own).sorted()
                .map { .init(text: "\(object) lacks the tag \($0)") }
        }
        return found + Thing.differences(allThings, from: other.allThings)
    }

    /// Everything but items and tags of objects.
    private var allThings: [Thing] {
        things + machines.map { Thing(kind: "machine", name: $0.name, facts: $0.facts) }
    }

    private var itemsByPath: [String: Item] {
        Dictionary(items.map { ($0.path, $0) }) { first, _ in first }
    }
}

extension TwinState.Item {
    /// In words, what is otherwise than in another state.
    fileprivate func differences(from other: Self) -> [TwinState.Difference] {
        var found: [TwinState.Difference] = []
        func add(_ text: String) { found.append(.init(text: "\(path) \(text)")) }
        if holders != other.holders {
            let count = holders.count - other.holders.count
            add(count > 0 ? "is left checked out" : "is checked out otherwise")
            found[0].isMore = count > 0
        }
        if description != other.description { add("has another description") }
        if templates != other.templates || messages != other.messages {
            let (own, others) = (messages.count, other.messages.count)
            add(
                own > others
                    ? "has \(own - others) more in its history"
                    : own < others
                        ? "lacks \(others - own) in its history" : "has another latest version"
            )
        }
        if let other = TwinState.otherFacts(facts, other.facts) { add("has other \(other)") }
        return found
    }
}
