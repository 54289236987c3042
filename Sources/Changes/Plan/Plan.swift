internal import VSphere

/// The state that the changes planned in a dry run would give to their items.
///
/// The vCenter answers with the present state; a second change of an item starts from the result of the first.
public final class Plan {
    /// Called with each line; safe to show.
    public var tell: (String) -> Void = { _ in }
    private var count = 0
    /// Whether the changes are kept for a file.
    public var isKept = false
    /// The changes so far, if they are kept, and the vCenters they are made in.
    var kept: [PlannedChange] = []
    /// The reads that have a line, if changes are kept.
    var keptReads: [PlannedChange] = []
    var vcenters: [PlanDocument.VCenterName] = []

    /// An item of one vCenter.
    struct Key: Hashable {
        let vcenter: String
        let item: String
    }

    /// An item as it was read, or as the planned changes leave it.
    struct Item {
        let name: String
        var latest: String?
        var versions: [String] = []
        var checkOuts: [String] = []
        var isChanged = false
        /// Whether versions and check-outs were read too.
        var isWhole = false
        /// The identifier of its library.
        var library: String?
    }

    private var items: [Key: Item] = [:]

    /// A machine as it was read, or as planned changes leave it.
    struct Machine {
        /// Its state of power; nil where nobody has read or changed it.
        var power: String?
        /// Whether it is deleted by then: a check-out ends with its machine.
        var isDeleted = false
        /// Whether planned changes have made it so; else it was read so.
        var isChanged = false
    }

    var machines: [Key: Machine] = [:]
    /// The results of reads of names and places.
    var facts: [String: Fact] = [:]
    /// The names that planned changes give, and what stands for what has them then.
    var names: [String: String] = [:]
    /// The items whose names planned changes have made free: deleted, or called something else.
    var nameless: Set<Key> = []
    /// The keys of what planned changes delete.
    var lost: Set<String> = []
    /// The names of machines, libraries and tags, by their identifiers.
    var objectNames: [Key: String] = [:]
    /// How often each read was made since the last line.
    private var reads: [String: Int] = [:]
    /// The placeholders for the results of reads that have a line in the plan.
    var told: [String: Placeholder] = [:]

    /// An item that was read before, with the planned changes applied.
    subscript(key: Key) -> Item? { items[key] }

    /// Adds a change to the plan: it starts from the result of earlier ones, and its own effect is kept.
    /// - Parameters:
    ///   - change: The change; its fields about the item are filled in.
    ///   - key: Its item.
    ///   - read: The item as it was read; used only for its first change.
    ///   - result: The placeholder for its result.
    func add(_ change: inout PlannedChange, to key: Key, read: Item, result: String) {
        let known = items[key]
        var item = known.flatMap { $0.isWhole || !read.isWhole ? $0 : nil } ?? read
        let left = item.checkOuts.filter { vm in
            machines[machine(vm, at: key.vcenter)]?.isDeleted != true
        }
        if left != item.checkOuts {
            item.checkOuts = left
            item.isChanged = true
        }
        change.item = (item.name, key.item)
        change.latest = item.latest
        change.versions = item.versions
        change.checkOuts = item.checkOuts
        change.isItemRead = item.isWhole && change.needsParts
        change.isAfterOthers = change.isAfterOthers || item.isChanged
        guard let kind = VSphere.Operation.named(change.operation)?.effect?.kind(action: nil)
        else { return }
        if change.refusal == nil { item.apply(kind, change, result) }
        items[key] = item
    }

    /// The number of the next line.
    func nextNumber() -> Int {
        count += 1
        reads = [:]
        return count
    }

    /// Counts a read; whether it was made too often.
    func isRepeated(_ read: String) -> Bool {
        reads[read, default: 0] += 1
        return reads[read, default: 0] > Self.readLimit
    }

    /// The key of a machine, by the name that earlier lines know it under.
    func machine(_ vm: String, at vcenter: String) -> Key {
        let key = Key(vcenter: vcenter, item: vm)
        if machines[key] != nil { return key }
        let known = machines.keys.first {
            $0.vcenter == vcenter && MachineName.isSame($0.item, vm)
        }
        return known ?? key
    }

    /// Takes what a change does to a machine into the plan.
    func follow(_ change: PlannedChange, at vcenter: String, result: String) {
        guard change.refusal == nil,
            let effect = VSphere.Operation.named(change.operation)?.effect
        else { return }
        let kind = effect.kind(action: change.action)
        switch kind {
        case .deleteVM, .deleteCheckOut: lose("machine", change.vm, at: vcenter)
        case .deleteLibrary: lose("library", change.library, at: vcenter)
        default: break
        }
        if let item = change.item?.id, kind == .deleteItem || change.isRenaming {
            nameless.insert(Key(vcenter: vcenter, item: item))
            names = names.filter { $0.value != item }
        }
        if let name = change.givenName {
            names[name] = change.isRenaming ? change.item?.id : result
        }
        guard let vm = kind == .checkOut || kind == .deploy ? result : change.vm else { return }
        var machine = machines[machine(vm, at: vcenter)] ?? Machine()
        switch kind {
        case .checkOut, .deploy: machine.power = change.isPoweredOn ? "POWERED_ON" : "POWERED_OFF"
        case .deleteVM, .deleteCheckOut: machine.isDeleted = true
        default: machine.power = effect.power(after: change.action) ?? machine.power
        }
        machine.isChanged = true
        machines[self.machine(vm, at: vcenter)] = machine
    }
}

extension Plan.Item {
    fileprivate mutating func apply(
        _ kind: ChangeIntent.Kind,
        _ change: PlannedChange,
        _ result: String
    ) {
        // A copy of an item leaves it as it is.
        isChanged = isChanged || kind.scope == .item
        switch kind {
        case .checkOut: checkOuts.append(result)
        case .deleteCheckOut: checkOuts = []
        case .deleteVersion: versions.removeAll { $0 == change.version }
        case .checkIn:
            checkOuts = []
            replaceLatest(by: result)
        case .rollback: replaceLatest(by: result)
        case .deleteItem, .deleteVM, .powerOn, .powerOff, .suspend, .deploy, .createTemplate,
            .createLibrary, .setHardware, .updateItem, .attachTag, .detachTag, .deleteLibrary:
            break
        }
    }

    /// An item keeps its latest version and one before it.
    private mutating func replaceLatest(by version: String) {
        versions = (latest.map { [$0] } ?? []) + [version]
        latest = version
    }
}
