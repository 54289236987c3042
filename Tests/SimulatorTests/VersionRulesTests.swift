import Testing

@testable import Simulator

struct VersionRulesTests {
    private var rules = Rules()

    @Test mutating func `a rollback makes the old template the latest under a new identifier`()
        throws
    {
        let old = try #require(rules.inventory.items[Rules.ubuntu]?.versions.first?.template)
        #expect(try rules.rollback(Rules.ubuntu, "1") == "3")
        #expect(rules.inventory.items[Rules.ubuntu]?.latest?.template == old)
    }

    @Test
    mutating func
        `after a rollback the former latest is the previous version and the target is gone`()
        throws
    {
        _ = try rules.rollback(Rules.ubuntu, "1")
        #expect(rules.versions(Rules.ubuntu) == ["2", "3"])
        #expect(kind { _ = try rules.rollback(Rules.ubuntu, "1") } == .notFound)
    }

    @Test mutating func `a rollback of a checked out item is refused, whatever the version`() throws
    {
        for version in ["1", "2", "404"] {
            #expect(
                kind { _ = try rules.rollback(Rules.rhel, version) } == .notAllowedInCurrentState
            )
        }
    }

    @Test(arguments: [
        (Rules.ubuntu, "2", VAPIError.Kind.invalidArgument),
        (Rules.ubuntu, "404", .notFound),
        (Rules.photon, "1", .invalidArgument),
        ("nowhere", "1", .notFound),
    ])
    func `a rollback to the latest, an unknown version, or of no template is refused`(
        item: String,
        version: String,
        expected: VAPIError.Kind
    ) {
        var rules = rules
        #expect(kind { _ = try rules.rollback(item, version) } == expected)
    }

    @Test mutating func `identifiers of versions are never used again`() throws {
        var seen = Set(rules.versions(Rules.ubuntu))
        for round in 0..<10 {
            let made: String
            if round.isMultiple(of: 2) {
                made = try rules.rollback(
                    Rules.ubuntu,
                    try #require(rules.versions(Rules.ubuntu).first)
                )
            } else {
                made = try rules.checkIn(try rules.checkOut(Rules.ubuntu), Rules.ubuntu)
            }
            #expect(seen.insert(made).inserted)
            #expect(rules.versions(Rules.ubuntu).count == 2)
        }
    }

    @Test mutating func `deleting the latest version is refused, deleting the previous purges it`()
        throws
    {
        #expect(
            kind { try rules.inventory.deleteVersion("2", of: Rules.ubuntu) } == .invalidArgument
        )
        let template = try #require(rules.inventory.items[Rules.ubuntu]?.versions.first?.template)
        try rules.inventory.deleteVersion("1", of: Rules.ubuntu)
        #expect(rules.versions(Rules.ubuntu) == ["2"])
        #expect(rules.inventory.machines[template] == nil)
        #expect(kind { try rules.inventory.deleteVersion("1", of: Rules.ubuntu) } == .notFound)
    }

    @Test mutating func `the history outlives the versions`() throws {
        _ = try rules.rollback(Rules.ubuntu, "1")
        _ = try rules.rollback(Rules.ubuntu, "2")
        #expect(
            rules.inventory.items[Rules.ubuntu]?.changes.map(\.version) == ["1", "2", "3", "4"]
        )
    }

    @Test(arguments: [
        (String(repeating: "x", count: 81), String(repeating: "x", count: 80)),
        ("first\nsecond", "first"),
        ("\nfirst\nsecond", "\nfirst"),
        ("one\r\ntwo", "one"),
        (String(repeating: "é", count: 80) + "\n", String(repeating: "é", count: 80)),
        ("", ""),
    ])
    func `a short message is the first 80 characters or up to the first newline`(
        message: String,
        short: String
    ) {
        let change = Item.Change(version: "1", time: Instant(milliseconds: 0), message: message)
        #expect(change.shortMessage == short)
    }

    @Test func `an item or a library is not deleted while it is checked out`() throws {
        var inventory = rules.inventory
        #expect(kind { try inventory.deleteItem(Rules.rhel) } == .notAllowedInCurrentState)
        #expect(kind { try inventory.deleteLibrary(Rules.golden) } == .notAllowedInCurrentState)
        try inventory.deleteCheckOut(of: try rules.checkedOut(Rules.rhel), from: Rules.rhel)
        try inventory.deleteLibrary(Rules.golden)
        #expect(inventory.items[Rules.ubuntu] == nil)
        #expect(
            inventory.findItems(
                name: "debian-12",
                library: nil,
                type: nil,
                sourceID: nil,
                isCached: nil
            ) == []
        )
    }
}
