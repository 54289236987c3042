/// A vCenter with one item and a few machines: small enough for every fate of a request, and written from VMware's
/// documentation, never from our client.
struct FakeVCenter {
    struct Machine {
        let name: String
        var power = "POWERED_OFF"
        /// The machine of a version is not to be seen (from 7.0).
        var isTemplate = false
    }
    struct Version: Equatable { let id: String, vm: String }
    struct CheckOut: Equatable { let vm: String, user: String, time: Int64 }
    struct Entry { let version: String, user: String, message: String, time: Int64 }

    struct Refusal: Error {
        let status: Int, kind: String
        static let notFound = Refusal(status: 404, kind: "not_found")
        static let invalid = Refusal(status: 400, kind: "invalid_argument")
        static let state = Refusal(status: 400, kind: "not_allowed_in_current_state")
        static let exists = Refusal(status: 400, kind: "already_exists")
        static let limit = Refusal(status: 400, kind: "unable_to_allocate_resource")
        static let already = Refusal(status: 400, kind: "already_in_desired_state")
    }

    static let item = "item-1"
    static let library = "lib-1"
    static let ours = #"VSPHERE.LOCAL\ann"#

    var isItemThere = true
    var versions = [Version(id: "1", vm: "vm-1"), Version(id: "2", vm: "vm-2")]
    var checkOut: CheckOut?
    var history = [
        Entry(version: "1", user: "bob", message: "first", time: 1_000),
        Entry(version: "2", user: "bob", message: "second", time: 2_000),
    ]
    var machines = [
        "vm-1": Machine(name: "one", isTemplate: true),
        "vm-2": Machine(name: "two", isTemplate: true), "vm-5": Machine(name: "five"),
    ]
    /// Items that were made beside: identifier and name.
    var items: [(id: String, name: String)] = []
    /// The server's clock, in milliseconds since 1 November 2026.
    var time: Int64 = 86_400_000
    private var lastVersion = 2
    private var lastNumber = 10

    var latest: String? { versions.last?.id }
    var previous: String? { versions.count > 1 ? versions[0].id : nil }

    // MARK: Changes

    mutating func rollback(
        _ version: String,
        _ message: String,
        by user: String = ours
    ) throws(Refusal) -> String {
        guard isItemThere else { throw .notFound }
        guard checkOut == nil else { throw .state }
        guard version != latest else { throw .invalid }
        guard let place = versions.firstIndex(where: { $0.id == version }) else { throw .notFound }
        return add(versions.remove(at: place).vm, message, user)
    }

    mutating func checkIn(
        _ vm: String,
        _ message: String,
        by user: String = ours
    ) throws(Refusal) -> String {
        guard isItemThere, machines[vm] != nil else { throw .notFound }
        guard checkOut?.vm == vm else { throw .invalid }
        guard machines[vm]?.power == "POWERED_OFF" else { throw .state }
        checkOut = nil
        machines[vm]?.isTemplate = true
        return add(vm, message, user)
    }

    mutating func makeCheckOut(_ name: String?, by user: String = ours) throws(Refusal) -> String {
        guard isItemThere else { throw .notFound }
        guard let name else { throw .invalid }
        guard checkOut == nil else { throw .limit }
        let vm = try makeMachine(name)
        checkOut = CheckOut(vm: vm, user: user, time: time)
        return vm
    }

    mutating func discard(_ vm: String) throws(Refusal) {
        guard isItemThere, machines[vm] != nil else { throw .notFound }
        guard checkOut?.vm == vm else { throw .invalid }
        guard machines[vm]?.power == "POWERED_OFF" else { throw .state }
        checkOut = nil
        machines[vm] = nil
    }

    mutating func deleteVersion(_ version: String) throws(Refusal) {
        guard isItemThere, let place = versions.firstIndex(where: { $0.id == version }) else {
            throw .notFound
        }
        guard version != latest else { throw .invalid }
        machines[versions.remove(at: place).vm] = nil
    }

    mutating func deleteItem() throws(Refusal) {
        guard isItemThere else { throw .notFound }
        guard checkOut == nil else { throw .state }
        isItemThere = false
        for version in versions { machines[version.vm] = nil }
        versions = []
        history = []
    }

    mutating func deleteMachine(_ vm: String) throws(Refusal) {
        guard let machine = machines[vm], !machine.isTemplate else { throw .notFound }
        guard machine.power == "POWERED_OFF" else { throw .state }
        machines[vm] = nil
        if checkOut?.vm == vm { checkOut = nil }
    }

    mutating func power(_ action: String, _ vm: String) throws(Refusal) {
        guard let machine = machines[vm], !machine.isTemplate else { throw .notFound }
        switch (action, machine.power) {
        case ("start", "POWERED_ON"), ("stop", "POWERED_OFF"), ("suspend", "SUSPENDED"):
            throw .already
        case ("start", _), ("reset", "POWERED_ON"): machines[vm]?.power = "POWERED_ON"
        case ("stop", _): machines[vm]?.power = "POWERED_OFF"
        case ("suspend", "POWERED_ON"): machines[vm]?.power = "SUSPENDED"
        default: throw .state
        }
    }

    mutating func makeMachine(_ name: String) throws(Refusal) -> String {
        guard !machines.values.contains(where: { $0.name == name }) else { throw .exists }
        lastNumber += 1
        machines["vm-\(lastNumber)"] = Machine(name: name)
        return "vm-\(lastNumber)"
    }

    mutating func makeItem(_ name: String, of vm: String) throws(Refusal) -> String {
        guard machines[vm] != nil else { throw .notFound }
        guard !items.contains(where: { $0.name == name }) else { throw .exists }
        lastNumber += 1
        items.append(("new-\(lastNumber)", name))
        return "new-\(lastNumber)"
    }

    /// A new latest version; at most one previous is kept.
    private mutating func add(_ vm: String, _ message: String, _ user: String) -> String {
        lastVersion += 1
        versions.append(Version(id: "\(lastVersion)", vm: vm))
        if versions.count > 2 { machines[versions.removeFirst().vm] = nil }
        history.append(
            Entry(version: "\(lastVersion)", user: user, message: message, time: time)
        )
        return "\(lastVersion)"
    }
}
