import Testing

@testable import Simulator

struct CheckOutRulesTests {
    private var rules = Rules()

    @Test mutating func `a check-out clones the latest template and leaves it as it was`() throws {
        let before = rules.versions(Rules.ubuntu)
        let vm = try rules.checkOut(Rules.ubuntu)
        let machine = try #require(rules.inventory.machines[vm])
        #expect(machine.name == "work")
        #expect(machine.power == .off)
        #expect(!machine.isTemplate)
        #expect(rules.versions(Rules.ubuntu) == before)
    }

    @Test mutating func `a check-out records who and when`() throws {
        let vm = try rules.checkOut(Rules.ubuntu)
        let found = try rules.inventory.checkOut(of: vm, from: Rules.ubuntu)
        #expect(found.user == "VSPHERE.LOCAL\\bob")
        #expect(found.time == Instant(milliseconds: 1000))
    }

    @Test mutating func `an item has one check-out at a time`() throws {
        _ = try rules.checkOut(Rules.ubuntu)
        #expect(
            kind { _ = try rules.checkOut(Rules.ubuntu, Rules.request("other")) }
                == .unableToAllocateResource
        )
    }

    @Test mutating func `the checks of a check-out come in their order`() throws {
        var rules = rules
        let bad = Inventory.CopyRequest(name: nil, placement: nil)
        #expect(kind { _ = try rules.checkOut("nowhere", bad) } == .notFound)
        #expect(kind { _ = try rules.checkOut(Rules.photon, bad) } == .invalidArgument)
        // rhel-9 is checked out: the request is judged before the limit.
        #expect(kind { _ = try rules.checkOut(Rules.rhel, bad) } == .invalidArgument)
        #expect(
            kind { _ = try rules.checkOut(Rules.rhel, Rules.request("jump-host")) }
                == .unableToAllocateResource
        )
        #expect(
            kind { _ = try rules.checkOut(Rules.ubuntu, Rules.request("jump-host")) }
                == .alreadyExists
        )
    }

    @Test
    mutating func `a name and a place are needed, and what is placed in must exist`()
        throws
    {
        var rules = rules
        let place: [Placement.Kind: String] = [.folder: "group-v3"]
        for request in [
            Inventory.CopyRequest(name: nil, placement: place),
            Inventory.CopyRequest(name: "", placement: place),
            Inventory.CopyRequest(name: "work", placement: [.host: "host-404"]),
        ] {
            #expect(kind { _ = try rules.checkOut(Rules.ubuntu, request) } == .invalidArgument)
        }
    }

    @Test func `an item of a subscribed library cannot be checked out`() throws {
        var rules = rules
        rules.inventory.add(
            Library(
                id: "sub",
                name: "sub",
                kind: .subscribed,
                created: Instant(milliseconds: 0)
            )
        )
        rules.inventory.add(
            Item(
                id: "copy",
                libraryID: "sub",
                name: "copy",
                created: Instant(milliseconds: 0),
                modified: Instant(milliseconds: 0)
            )
        )
        #expect(kind { _ = try rules.checkOut("copy") } == .invalidArgument)
    }

    @Test func `reading a check-out tells an unknown machine from another item's`() throws {
        let inventory = rules.inventory
        let vm = try rules.checkedOut(Rules.rhel)
        #expect(kind { _ = try inventory.checkOut(of: vm, from: "nowhere") } == .notFound)
        #expect(kind { _ = try inventory.checkOut(of: "vm-404", from: Rules.rhel) } == .notFound)
        #expect(kind { _ = try inventory.checkOut(of: vm, from: Rules.ubuntu) } == .invalidArgument)
        #expect(kind { _ = try inventory.checkOut(of: vm, from: Rules.photon) } == .invalidArgument)
    }

    @Test
    mutating func `a check-in makes the machine the latest template and keeps one older version`()
        throws
    {
        let purged = try #require(rules.inventory.items[Rules.ubuntu]?.versions.first?.template)
        let vm = try rules.checkOut(Rules.ubuntu)
        #expect(try rules.checkIn(vm, Rules.ubuntu) == "3")
        #expect(rules.versions(Rules.ubuntu) == ["2", "3"])
        #expect(rules.inventory.items[Rules.ubuntu]?.latest?.template == vm)
        #expect(rules.inventory.machines[purged] == nil)
        #expect(rules.inventory.items[Rules.ubuntu]?.checkOuts.isEmpty == true)
        #expect(rules.inventory.items[Rules.ubuntu]?.changes.last?.message == "done")
    }

    @Test mutating func `a template is hidden from the VM service`() throws {
        let vm = try rules.checkOut(Rules.ubuntu)
        _ = try rules.inventory.machine(vm)
        _ = try rules.checkIn(vm, Rules.ubuntu)
        let inventory = rules.inventory
        #expect(kind { _ = try inventory.machine(vm) } == .notFound)
    }

    @Test mutating func `a machine that is powered on is neither checked in nor discarded`() throws
    {
        let vm = try rules.checkOut(Rules.ubuntu, Rules.request(isPoweredOn: true))
        #expect(kind { _ = try rules.checkIn(vm, Rules.ubuntu) } == .notAllowedInCurrentState)
        #expect(
            kind { try rules.inventory.deleteCheckOut(of: vm, from: Rules.ubuntu) }
                == .notAllowedInCurrentState
        )
        #expect(rules.inventory.machines[vm] != nil)
    }

    @Test mutating func `a check-in of a machine of another item is refused`() throws {
        let vm = try rules.checkedOut(Rules.rhel)
        #expect(kind { _ = try rules.checkIn(vm, Rules.ubuntu) } == .invalidArgument)
    }

    @Test mutating func `discarding a check-out deletes its machine`() throws {
        let vm = try rules.checkedOut(Rules.rhel)
        try rules.inventory.deleteCheckOut(of: vm, from: Rules.rhel)
        #expect(rules.inventory.machines[vm] == nil)
        #expect(rules.inventory.items[Rules.rhel]?.checkOuts.isEmpty == true)
    }

    @Test mutating func `deleting the machine ends its check-out`() throws {
        let vm = try rules.checkedOut(Rules.rhel)
        try rules.inventory.deleteMachine(vm)
        #expect(rules.inventory.items[Rules.rhel]?.checkOuts.isEmpty == true)
    }
}
