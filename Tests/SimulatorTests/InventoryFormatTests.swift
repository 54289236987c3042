import JSON
import Testing

@testable import Simulator

struct InventoryFormatTests {
    private func read(_ text: String) throws -> Inventory {
        try InventoryReader.read(
            JSONValue(parsing: text),
            user: "operator@vsphere.local",
            now: Instant(milliseconds: 0)
        )
    }

    @Test func `what is written reads back as the same`() throws {
        let written = InventoryWriter(inventory: .standard(user: "operator@vsphere.local")).document
        let again = try InventoryReader.read(
            written,
            user: "operator@vsphere.local",
            now: Instant(milliseconds: 0)
        )
        #expect(InventoryWriter(inventory: again).document == written)
    }

    @Test func `names are enough`() throws {
        let inventory = try read(#"{"libraries":[{"name":"a","items":[{"name":"b"}]}]}"#)
        let item = try #require(inventory.items.values.first)
        #expect(item.versions.map(\.id) == ["1"])
        #expect(inventory.machines[item.versions[0].template]?.isTemplate == true)
        #expect(inventory.user("operator@vsphere.local") != nil)
        #expect(inventory.placements.contains { $0.id == "group-v3" })
    }

    @Test func `a machine made later never takes the number of one that is named`() throws {
        var inventory = try read(
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":[{"version":"7","vm_template":"vm-55"}]}]}]}"#
        )
        #expect(inventory.addMachine { Machine(id: $0, serial: $1, name: "c") } == "vm-56")
        #expect(inventory.items.values.first?.nextVersion == 8)
    }

    @Test func `a template that is made up never takes the number of a machine named further down`()
        throws
    {
        let inventory = try read(
            #"{"libraries":[{"name":"a","items":[{"name":"b","check_outs":[{"vm":"vm-7"}]},"#
                + #"{"name":"c","check_outs":[{"vm":"vm-8"}]}]}]}"#
        )
        let templates = inventory.items.values.flatMap(\.versions).map(\.template)
        #expect(templates.sorted() == ["vm-10", "vm-9"])
        #expect(inventory.machines["vm-8"]?.isTemplate == false)
    }

    @Test(arguments: [
        (#"[]"#, "no object"), (#"{}"#, #"the document is empty; an inventory without"#),
        (#"{"library":[]}"#, "library: is unknown; there are made_by, users, libraries, machines"),
        (#"{"libraries":[{"name":"a","item":[]}]}"#, "libraries[0].item: is unknown"),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":[{"version":"1","vm":"vm-1"}]}]}]}"#,
            "libraries[0].items[0].versions[0].vm: is unknown"
        ),
        (#"{"libraries":{}}"#, "libraries: must be an array"),
        (#"{"libraries":[{}]}"#, "libraries[0].name: is missing"),
        (#"{"libraries":[{"name":"a","type":"x"}]}"#, "must be LOCAL or SUBSCRIBED"),
        (#"{"libraries":[{"name":"a","id":"1"},{"name":"b","id":"1"}]}"#, "stands twice"),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":["1","2","3"]}]}]}"#,
            "libraries[0].items[0].versions: may hold two at most"
        ),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":[]}]}]}"#,
            "libraries[0].items[0].versions: is empty"
        ),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":["5","3"]}]}]}"#,
            "libraries[0].items[0].versions: must be in order"
        ),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","check_outs":[{"vm":"vm-7"},{"vm":"vm-8"}]}]}]}"#,
            "libraries[0].items[0].check_outs: may hold one at most"
        ),
        (#"{"libraries":[{"name":"a","creation_time":"yesterday"}]}"#, "must be a UTC time stamp"),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":["1","1"]}]}]}"#,
            "libraries[0].items[0].versions[1].version: stands twice in the item"
        ),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":[{"version":"1","vm_template":"vm-1"}]},"#
                + #"{"name":"c","versions":[{"version":"1","vm_template":"vm-1"}]}]}]}"#,
            "libraries[0].items[1].versions[0].vm_template: is a template or checked out already"
        ),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","versions":[{"version":"1","vm_template":"vm-1"}],"#
                + #""check_outs":[{"vm":"vm-1"}]}]}]}"#,
            ".check_outs[0].vm: is a template or checked out already: vm-1 stands twice"
        ),
        (
            #"{"libraries":[{"name":"a","items":[{"name":"b","check_outs":[{"vm":"vm-7"}]},"#
                + #"{"name":"c","check_outs":[{"vm":"vm-7"}]}]}]}"#,
            "libraries[0].items[1].check_outs[0].vm: is a template or checked out already"
        ),
        (
            #"{"users":[{"name":"a@b"},{"name":"B\\a"}],"libraries":[]}"#,
            "users[1].name: stands twice"
        ),
        (
            #"{"placements":[{"kind":"host","id":"h","name":"a"},{"kind":"host","id":"h","name":"b"}]}"#,
            "placements[1].id: stands twice"
        ),
    ])
    func `a wrong document is refused with the place of the fault`(text: String, reason: String) {
        let error = #expect(throws: InventoryError.self) { _ = try read(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
