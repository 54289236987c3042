/// All data of the simulated vCenter: libraries, items, machines, placements, users.
///
/// A value, so that a test, a rehearsal and a snapshot are plain copies. The rules are in the
/// extensions, one file per resource; each throws the error of the API.
struct Inventory: Sendable {
    var users: [User] = []
    var placements: [Placement] = []
    private(set) var libraries: [String: Library] = [:]
    private(set) var libraryOrder: [String] = []
    var items: [String: Item] = [:]
    /// Items by lower-case name, so that finding one among 100,000 needs no linear search.
    private(set) var itemsByName: [String: [String]] = [:]
    var machines: [String: Machine] = [:]
    /// The machines that will be on, or off, by themselves.
    var starting: [String] = []
    var stopping: [String] = []
    /// The time of the request.
    var now: Instant?
    var tagCategories: [TagCategory] = []
    var tags: [Tag] = []
    /// The number the next machine gets; numbers are never used again.
    var nextMachine = 1
    /// The last tasks, oldest first.
    var tasks: [TaskRecord] = []
    var nextTask = 1
    var nextIdentifier = 1
    /// The places of machines about which a document says nothing.
    var usualPlacement = MachinePlacement()
    /// Answers about the vCenter as a whole.
    var recorded = Recorded()
    /// Reads that are refused as they were when the inventory was taken.
    var refusals = Refusals()
    /// Counts the machines: lists are in the order in which they came.
    private(set) var machinesMade = 0

    /// Adds a machine behind all others.
    mutating func place(_ machine: Machine) {
        machinesMade += 1
        machines[machine.id] = machine.ordered(machinesMade)
    }

    /// All machines, in the order in which they came.
    var machinesInOrder: [Machine] { machines.values.sorted { $0.order < $1.order } }

    /// Reserves memory, so that a large inventory is not copied repeatedly while it grows.
    mutating func reserve(items count: Int) {
        items.reserveCapacity(count)
        itemsByName.reserveCapacity(count)
        machines.reserveCapacity(machines.count + 2 * count)
    }

    /// Changes a library that is there.
    mutating func changeLibrary(_ id: String, _ change: (inout Library) -> Void) {
        if var library = libraries[id] {
            change(&library)
            libraries[id] = library
        }
    }

    mutating func add(_ library: Library) {
        libraries[library.id] = library
        libraryOrder.append(library.id)
    }

    mutating func removeLibrary(_ id: String) {
        for item in libraries[id]?.itemIDs ?? [] { forget(item: item) }
        libraries[id] = nil
        libraryOrder.removeAll { $0 == id }
    }

    mutating func add(_ item: Item) {
        items[item.id] = item
        itemsByName[item.name.lowercased(), default: []].append(item.id)
        libraries[item.libraryID]?.itemIDs.append(item.id)
    }

    /// Gives an item another name.
    mutating func rename(_ id: String, to name: String) {
        guard let old = items[id]?.name.lowercased() else { return }
        itemsByName[old]?.removeAll { $0 == id }
        if itemsByName[old]?.isEmpty == true { itemsByName[old] = nil }
        items[id]?.name = name
        itemsByName[name.lowercased(), default: []].append(id)
    }

    mutating func removeItem(_ item: Item) {
        forget(item: item.id)
        libraries[item.libraryID]?.itemIDs.removeAll { $0 == item.id }
    }

    private mutating func forget(item id: String) {
        guard let item = items.removeValue(forKey: id) else { return }
        let name = item.name.lowercased()
        itemsByName[name]?.removeAll { $0 == id }
        if itemsByName[name]?.isEmpty == true { itemsByName[name] = nil }
        for version in item.versions { machines[version.template] = nil }
        untag(id)
    }

    /// Adds a machine under a new number.
    mutating func addMachine(_ make: (_ id: String, _ serial: Int) -> Machine) -> String {
        let serial = nextMachine
        nextMachine += 1
        let id = "vm-\(serial)"
        place(make(id, serial))
        return id
    }

    /// A new identifier in the form of a UUID; the same inventory gives the same ones.
    mutating func newIdentifier() -> String {
        while true {
            let id = Self.identifier(nextIdentifier, group: "c0de")
            nextIdentifier += 1
            if items[id] == nil, libraries[id] == nil { return id }
        }
    }

    static func identifier(_ number: Int, group: String) -> String {
        let hex = String(number, radix: 16)
        return "00000000-0000-4000-\(group)-"
            + String(repeating: "0", count: max(0, 12 - hex.utf8.count)) + hex
    }

    func library(_ id: String) throws(VAPIError) -> Library {
        guard let library = libraries[id] else { throw .notFound("library", id) }
        return library
    }

    func item(_ id: String) throws(VAPIError) -> Item {
        guard let item = items[id] else { throw .notFound("library item", id) }
        return item
    }

    /// An item that holds a VM template.
    func template(_ id: String) throws(VAPIError) -> Item {
        let item = try item(id)
        guard item.isTemplate else {
            throw .invalid(
                "item.not_a_template",
                "The library item \(id) does not contain a virtual machine template.",
                [id]
            )
        }
        return item
    }

    /// A machine that is not a template: templates are hidden from the VM service.
    func machine(_ id: String) throws(VAPIError) -> Machine {
        guard let machine = machines[id], !machine.isTemplate else {
            throw .notFound("virtual machine", id)
        }
        return machine
    }

    /// The user with a name in its canonical form.
    func user(_ name: String) -> User? { users.first { $0.name == name } }

    /// Gives a user a role; one that is not there is added.
    mutating func setPrivileges(_ privileges: Set<String>?, of name: String) {
        let user = User(name: name, password: user(name)?.password, privileges: privileges)
        if let place = users.firstIndex(where: { $0.name == name }) {
            users[place] = user
        } else {
            users.append(user)
        }
    }
}
