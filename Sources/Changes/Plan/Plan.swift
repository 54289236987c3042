internal import VSphere

/// The state that the changes planned in a dry run would give to their items.
///
/// The vCenter answers with the present state; a second change of an item starts from the result of the first.
public final class Plan {
    /// Called with each line; safe to show.
    public var tell: (String) -> Void = { _ in }
    private var count = 0

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
    }

    private var items: [Key: Item] = [:]
    /// The machines that planned changes delete: a check-out ends with its machine.
    private var deletedMachines: Set<String> = []

    /// An item that was read before, with the planned changes applied.
    subscript(key: Key) -> Item? { items[key] }

    /// Adds a change to the plan: it starts from the result of earlier ones, and its own effect is kept.
    /// - Parameters:
    ///   - change: The change; its fields about the item are filled in.
    ///   - key: Its item.
    ///   - read: The item as it was read; used only for its first change.
    ///   - result: The placeholder for its result.
    func add(_ change: inout PlannedChange, to key: Key, read: Item, result: String) {
        var item = items[key] ?? read
        let machines = item.checkOuts.filter { !deletedMachines.contains($0) }
        if machines != item.checkOuts {
            item.checkOuts = machines
            item.isChanged = true
        }
        change.item = (item.name, key.item)
        change.latest = item.latest
        change.versions = item.versions
        change.checkOuts = item.checkOuts
        change.isAfterOthers = item.isChanged
        guard let kind = VSphere.Operation.named(change.operation)?.effect?.kind(action: nil)
        else { return }
        if change.refusal == nil { item.apply(kind, change, result) }
        items[key] = item
    }

    /// The number of the next line.
    func nextNumber() -> Int {
        count += 1
        return count
    }

    /// Adds the deletion of a machine to the plan.
    func delete(machine vm: String) { deletedMachines.insert(vm) }
}

extension Plan.Item {
    fileprivate mutating func apply(
        _ kind: ChangeIntent.Kind,
        _ change: PlannedChange,
        _ result: String
    ) {
        isChanged = true
        switch kind {
        case .checkOut: checkOuts.append(result)
        case .deleteCheckOut: checkOuts = []
        case .deleteVersion: versions.removeAll { $0 == change.version }
        case .checkIn:
            checkOuts = []
            replaceLatest(by: result)
        case .rollback: replaceLatest(by: result)
        case .deleteItem, .deleteVM, .powerOn, .powerOff, .deploy, .createTemplate: break
        }
    }

    /// An item keeps its latest version and one before it.
    private mutating func replaceLatest(by version: String) {
        versions = (latest.map { [$0] } ?? []) + [version]
        latest = version
    }
}
