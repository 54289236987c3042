import Text

@testable import Changes
@testable import VSphere

/// A template item as vCenter keeps it, small enough to try every order of events on.
struct ModelItem {
    struct Entry { let version: String, user: String, message: String, time: Int }

    var versions = [
        Observation.Version("1", template: "vm-1"), Observation.Version("2", template: "vm-2"),
    ]
    var checkOut: Observation.CheckOut?
    var history = [
        Entry(version: "1", user: "ann", message: "first", time: 1),
        Entry(version: "2", user: "ann", message: "second", time: 2),
    ]
    var isDeleted = false
    /// A machine of its own: whether it is there, and on.
    var hasMachine = true
    var isOn = false
    /// Whether the machine was ever in the state that was asked for.
    var wasOn = false
    var wasOff = false
    /// What has a name: identifiers and names.
    var named: [(id: String, name: String)] = []
    /// The server's clock when somebody else acts, in seconds after our first sending.
    var now = 0
    private var lastVersion = 2
    private var lastMachine = 10
    private var clock = 2

    struct Refusal: Error {
        var kind: ErrorKind
        static let refused = Refusal(kind: .notAllowedInCurrentState)
    }

    var latest: String? { versions.last?.identifier }

    mutating func rollback(_ version: String, _ user: String, _ message: String) throws(Refusal)
        -> String
    {
        guard !isDeleted, checkOut == nil, version != latest,
            let place = versions.firstIndex(where: { $0.identifier == version })
        else { throw .refused }
        let template = versions.remove(at: place).template
        return add(template, user, message)
    }

    mutating func checkIn(_ vm: String, _ user: String, _ message: String) throws(Refusal) -> String
    {
        guard !isDeleted, checkOut?.vm == vm else { throw .refused }
        checkOut = nil
        return add(vm, user, message)
    }

    mutating func makeCheckOut(_ name: String, _ user: String) throws(Refusal) -> String {
        guard !isDeleted else { throw .init(kind: .notFound) }
        guard checkOut == nil else { throw .init(kind: .unableToAllocateResource) }
        lastMachine += 1
        let time = Timestamp(milliseconds: Int(ReconcileSchedule.sent) + now * 1000)
        checkOut = .init("vm-\(lastMachine)", user: user, time: time.text(), name: name)
        return "vm-\(lastMachine)"
    }

    mutating func discard(_ vm: String) throws(Refusal) {
        guard !isDeleted, checkOut?.vm == vm else { throw .refused }
        checkOut = nil
    }

    mutating func deleteVersion(_ version: String) throws(Refusal) {
        guard !isDeleted, version != latest, versions.contains(where: { $0.identifier == version })
        else { throw .refused }
        versions.removeAll { $0.identifier == version }
    }

    mutating func deleteMachine() throws(Refusal) {
        guard hasMachine, !isOn else { throw .refused }
        hasMachine = false
    }

    mutating func switchMachine(on: Bool) throws(Refusal) {
        guard hasMachine else { throw .init(kind: .notFound) }
        guard isOn != on else { throw .init(kind: .alreadyInDesiredState) }
        isOn = on
        if on { wasOn = true } else { wasOff = true }
    }

    /// The same for what may be set again.
    mutating func set(on: Bool) throws(Refusal) {
        guard hasMachine else { throw .init(kind: .notFound) }
        if isOn != on { try switchMachine(on: on) }
    }

    mutating func make(_ name: String) throws(Refusal) -> String {
        guard !named.contains(where: { $0.name == name }) else {
            throw .init(kind: .alreadyExists)
        }
        lastMachine += 1
        named.append(("new-\(lastMachine)", name))
        return "new-\(lastMachine)"
    }

    mutating func delete() throws(Refusal) {
        guard !isDeleted, checkOut == nil else { throw .refused }
        isDeleted = true
    }

    private mutating func add(_ template: String, _ user: String, _ message: String) -> String {
        lastVersion += 1
        clock += 1
        versions.append(.init("\(lastVersion)", template: template))
        if versions.count > 2 { versions.removeFirst() }
        history.append(
            Entry(version: "\(lastVersion)", user: user, message: message, time: clock)
        )
        return "\(lastVersion)"
    }
}

/// What somebody else may do between any two steps of ours.
enum Interference {
    case rollBack, checkOut, checkIn, replace, discard, deleteVersion, deleteItem
    /// Another run of our own account, with the same name for its machine.
    case twin
    case deleteMachine, turnOn, turnOff
    case make, remove

    /// What may meet a change.
    static func all(for scope: Effect.Scope) -> [Interference] {
        switch scope {
        case .item:
            [
                .rollBack, .checkOut, .twin, .checkIn, .replace, .discard, .deleteVersion,
                .deleteItem,
            ]
        case .machine, .settings: [.deleteMachine, .turnOn, .turnOff]
        case .name: [.make, .remove]
        }
    }

    /// What the item may meet: what the server would refuse changes nothing and need not be tried.
    static func possible(on item: ModelItem, for scope: Effect.Scope) -> [Interference] {
        all(for: scope).filter { action in
            var tried = item
            do throws(ModelItem.Refusal) {
                try action.act(on: &tried)
                return true
            } catch {
                return false
            }
        }
    }

    func act(on item: inout ModelItem) throws(ModelItem.Refusal) {
        let message = "by somebody else"
        switch self {
        case .rollBack: _ = try item.rollback(item.versions[0].identifier, "bob", message)
        case .checkOut: _ = try item.makeCheckOut("bobs", "bob")
        case .twin: _ = try item.makeCheckOut("ours", ReconcileSchedule.user)
        case .checkIn: _ = try item.checkIn(item.checkOut?.vm ?? "", "bob", message)
        case .replace:
            let vm = try item.makeCheckOut("bobs", "bob")
            _ = try item.checkIn(vm, "bob", message)
        case .discard: try item.discard(item.checkOut?.vm ?? "")
        case .deleteVersion: try item.deleteVersion(item.versions[0].identifier)
        case .deleteItem: try item.delete()
        case .deleteMachine: try item.deleteMachine()
        case .turnOn: try item.switchMachine(on: true)
        case .turnOff: try item.switchMachine(on: false)
        case .make: _ = try item.make("ours")
        case .remove:
            guard !item.named.isEmpty else { throw .refused }
            item.named.removeFirst()
        }
    }
}

/// Every way a run of choices can go, one after another.
///
/// The first run takes the first choice everywhere; each further one differs in its last choice that
/// has an alternative left.
final class Choices {
    private var path: [(taken: Int, of: Int, actions: [Interference])] = []
    /// How many choices there were in this run so far.
    private(set) var position = 0
    /// The first choice that differs from the last run's; there is none in the first run.
    var changed: Int { path.count - 1 }

    /// Begins a run behind its first choices, which are those of the last run.
    func resume(at position: Int) { self.position = position }

    func choose(_ count: Int) -> Int {
        defer { position += 1 }
        if position == path.count { path.append((0, count, [])) }
        return path[position].taken
    }

    /// Chooses nothing, one of some actions, or one thing more.
    /// - Parameters:
    ///   - actions: The actions; asked for once, however many runs come past here.
    ///   - hasMore: Whether there is one thing more.
    /// - Returns: Nil for nothing, the action, or `.some(nil)` for the one thing more.
    func choose(
        _ actions: () -> [Interference],
        orMore hasMore: Bool
    ) -> Interference?? {
        defer { position += 1 }
        if position == path.count {
            let actions = actions()
            path.append((0, 1 + actions.count + (hasMore ? 1 : 0), actions))
        }
        let (taken, _, actions) = path[position]
        return taken == 0 ? .none : .some(taken <= actions.count ? actions[taken - 1] : nil)
    }

    /// Goes on to the next run.
    /// - Returns: Whether there is one.
    func advance() -> Bool {
        position = 0
        while let last = path.popLast() {
            if last.taken + 1 < last.of {
                path.append((last.taken + 1, last.of, last.actions))
                return true
            }
        }
        return false
    }
}
