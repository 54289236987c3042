/// A vCenter with an item, or some, and a few machines: small enough for every fate of a request, and written from
/// VMware's documentation, never from our client.
struct FakeVCenter {
    /// An item, and what is made of it.
    struct Shelf {
        var isItemThere = true
        var versions: [Version]
        var checkOut: CheckOut?
        var history = [
            Entry(version: "1", user: "bob", message: "first", time: 1_000),
            Entry(version: "2", user: "bob", message: "second", time: 2_000),
        ]
        fileprivate var lastVersion = 2
        /// The number of the machine or item that was made last: each shelf has numbers of its own, so that they do
        /// not depend on what is done with other items meanwhile.
        fileprivate var lastNumber: Int
    }

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

    /// The items, and the one that is meant.
    private(set) var shelves: [Shelf] = []
    var place = 0
    var machines: [String: Machine] = [:]
    /// Items that were made beside: identifier and name.
    var items: [(id: String, name: String)] = []
    /// The server's clock, in milliseconds since 1 November 2026.
    var time: Int64 = 86_400_000

    init(items: Int = 1) {
        for place in 0..<items {
            let first = place * 100
            let versions = [
                Version(id: "1", vm: "vm-\(first + 1)"), Version(id: "2", vm: "vm-\(first + 2)"),
            ]
            shelves.append(Shelf(versions: versions, lastNumber: first + 10))
            for version in versions {
                machines[version.vm] = Machine(name: "of \(version.vm)", isTemplate: true)
            }
            machines["vm-\(first + 5)"] = Machine(name: "five of \(first)")
        }
    }

    var isItemThere: Bool {
        get { shelves[place].isItemThere }
        set { shelves[place].isItemThere = newValue }
    }
    var versions: [Version] {
        get { shelves[place].versions }
        set { shelves[place].versions = newValue }
    }
    var checkOut: CheckOut? {
        get { shelves[place].checkOut }
        set { shelves[place].checkOut = newValue }
    }
    var history: [Entry] {
        get { shelves[place].history }
        set { shelves[place].history = newValue }
    }
    /// The item's identifier, and a machine beside it that nothing else uses.
    var item: String { "item-\(place + 1)" }
    var machine: String { "vm-\(place * 100 + 5)" }

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
        for place in shelves.indices where shelves[place].checkOut?.vm == vm {
            shelves[place].checkOut = nil
        }
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
        let number = nextNumber()
        machines["vm-\(number)"] = Machine(name: name)
        return "vm-\(number)"
    }

    mutating func makeItem(_ name: String, of vm: String) throws(Refusal) -> String {
        guard machines[vm] != nil else { throw .notFound }
        guard !items.contains(where: { $0.name == name }) else { throw .exists }
        let number = nextNumber()
        items.append(("new-\(number)", name))
        return "new-\(number)"
    }

    private mutating func nextNumber() -> Int {
        shelves[place].lastNumber += 1
        return shelves[place].lastNumber
    }

    /// A new latest version; at most one previous is kept.
    private mutating func add(_ vm: String, _ message: String, _ user: String) -> String {
        shelves[place].lastVersion += 1
        let version = "\(shelves[place].lastVersion)"
        versions.append(Version(id: version, vm: vm))
        if versions.count > 2 { machines[versions.removeFirst().vm] = nil }
        history.append(Entry(version: version, user: user, message: message, time: time))
        return version
    }
}
