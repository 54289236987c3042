import JSON
import Testing

@testable import Shell

struct SnapshotMaskTests {
    /// A machine, masked beside others.
    private func masked(_ machines: JSONValue...) -> [JSONValue] {
        var document = SnapshotDocument()
        document.machines = machines.map(SnapshotDocument.piece)
        let mask = SnapshotMask(document)
        return machines.map(mask.masked)
    }

    @Test func `the same text has the same mask wherever it stands`() throws {
        let found = masked(
            ["vm": "vm-7", "name": "web", "answers": ["getVM": ["name": "web"]]],
            ["vm": "vm-8", "name": "web", "folder": "group-v3"],
            ["vm": "vm-9", "name": "Web", "library_item": "5f3c"]
        )
        let name = try #require(found[0]["name"]?.string)
        #expect(name != "web")
        #expect(found[0]["answers"]?["getVM"]?["name"]?.string == name)
        #expect(found[1]["name"]?.string == name)
        #expect(found[2]["name"]?.string != name)
        #expect(found[0]["vm"] != found[1]["vm"])
        #expect(found[0]["vm"]?.string?.hasPrefix("vm-9") == true)
    }

    @Test func `a mask is never what something else is called`() {
        let found = masked(["name": "web"], ["name": "name-1"], ["name": "NAME-2"])
        let names = found.compactMap { $0["name"]?.string }
        #expect(Set(names).count == 3)
        #expect(!names.contains("name-1") && !names.contains("name-2"))
    }

    @Test func `words, numbers and times of answers stay, and texts do not`() throws {
        let answer: JSONValue = [
            "guest_OS": "RHEL_9_64", "power_state": "POWERED_ON", "hardware": ["version": "VMX_99"],
            "cpu": ["count": 4],
            "disks": [
                "2000": [
                    "label": "Hard disk 1", "type": "SCSI",
                    "backing": ["type": "VMDK_FILE", "vmdk_file": "[fast] web/web.vmdk"],
                ]
            ],
            "nics": ["4000": ["mac_address": "00:50:56:9f:12:34", "state": "CONNECTED"]],
            "new_field": "of a later release",
        ]
        let found = try #require(
            masked(["vm": "vm-1", "name": "fast", "answers": ["getVM": answer]])[0]["answers"]
        )
        let model = try #require(found["getVM"])
        for field in ["guest_OS", "power_state", "hardware", "cpu"] {
            #expect(model[field] == answer[field], "\(field)")
        }
        let text = JSONEncoder().encode(model)
        for name in ["Hard disk", "fast", "web", "00:50:56", "later release"] {
            #expect(!text.contains(name), "\(text)")
        }
        #expect(model["nics"]?["4000"]?["state"] == "CONNECTED")
    }

    @Test func `a file is masked with the data store that it names`() throws {
        let found = masked(
            ["name": "fast"],
            [
                "answers": [
                    "getVM": ["disks": ["2000": ["backing": ["vmdk_file": "[fast] a/b.vmdk"]]]]
                ]
            ]
        )
        let store = try #require(found[0]["name"]?.string)
        let disk = found[1]["answers"]?["getVM"]?["disks"]?["2000"]
        #expect(disk?["backing"]?["vmdk_file"]?.string?.hasPrefix("[\(store)] ") == true)
    }

    @Test func `a long name stays long`() {
        let long = String(repeating: "Straße ", count: 43)
        #expect(masked(["name": .string(long)])[0]["name"]?.string?.count == long.count)
    }

    @Test func `an identifier of two parts keeps its version`() {
        let entry: JSONValue = ["operation": "getChange", "of": ["5f3c/12"], "kind": "not_found"]
        let found = masked(["id": "5f3c"], entry)
        #expect(found[1]["of"]?.array?.first?.string == "\(found[0]["id"]?.string ?? "")/12")
        #expect(found[1]["operation"] == "getChange")
    }
}
