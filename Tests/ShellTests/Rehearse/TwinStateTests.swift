import JSON
import Testing

@testable import Shell

/// States of the simulator without what differs from run to run.
struct TwinStateTests {
    private static func document(
        _ versions: [String],
        message: String = "",
        checkOuts: [(vm: String, user: String)] = [],
        machines: [(vm: String, name: String)] = []
    ) -> JSONValue {
        [
            "libraries": [
                [
                    "name": "golden",
                    "items": [
                        [
                            "id": "i-1", "name": "a", "type": "vm-template",
                            "versions": .array(versions.map { ["vm_template": .string($0)] }),
                            "changes": [["message": .string(message)]],
                            "check_outs": .array(
                                checkOuts.map {
                                    ["vm": .string($0.vm), "user": .string($0.user)]
                                }
                            ),
                        ]
                    ],
                ]
            ],
            "machines": .array(
                (machines + versions.map { ($0, "template") }).map {
                    [
                        "vm": .string($0.vm), "name": .string($0.name),
                        "template": .boolean($0.name == "template"), "power_state": "POWERED_OFF",
                        "cpu_count": 2, "memory_size_MiB": 4096,
                    ]
                }
            ),
        ]
    }

    private static let base = document(["vm-1", "vm-2"], machines: [("vm-9", "old-12345678")])

    @Test func `what is new has no number, and no mark`() {
        let mark = "[vmoon:4f3c1111-0000-4000-8000-000000000000] "
        let one = Self.document(
            ["vm-2", "vm-30"],
            message: mark + "patched",
            machines: [("vm-31", "web-0a1b2c3d")]
        )
        let other = Self.document(
            ["vm-2", "vm-40"],
            message: "patched",
            machines: [("vm-41", "web-99999999")]
        )
        let states = [one, other].map { TwinState($0, base: Self.base) }
        #expect(states[0].differences(from: states[1]).map(\.whole) == [])
        #expect(states[0].items[0].templates == ["vm-2", "new"])
        #expect(states[0].items[0].messages == ["patched"])
        #expect(states[0].machines.map(\.name) == ["web-{op}"])
        #expect(TwinState(Self.base, base: Self.base).machines.map(\.name) == ["old-12345678"])
    }

    @Test func `differences are told in words`() {
        let before = TwinState(Self.base, base: Self.base)
        let swapped = Self.document(["vm-2", "vm-1"], machines: [("vm-9", "old-12345678")])
        #expect(
            TwinState(swapped, base: Self.base).differences(from: before).map(\.whole)
                == ["golden/a has another latest version"]
        )
        let held = Self.document(
            ["vm-1", "vm-2"],
            checkOuts: [("vm-50", "VSPHERE.LOCAL\\operator")],
            machines: [("vm-50", "patch")]
        )
        #expect(
            TwinState(held, base: Self.base).differences(from: before).map(\.whole) == [
                "golden/a is left checked out",
                "the machine old-12345678 is missing", "the machine patch is left",
            ]
        )
    }

    @Test func `libraries and tags are compared too`() {
        func document(_ libraries: [String], _ objects: [JSONValue]) -> JSONValue {
            [
                "libraries": .array(
                    libraries.map {
                        [
                            "id": .string($0), "name": .string($0),
                            "items": [["id": "i", "name": "a"]],
                        ]
                    }
                ), "tag_categories": [["id": "c", "name": "stage"]],
                "tags": [
                    ["id": "t", "name": "test", "category": "c", "objects": .array(objects)]
                ],
            ]
        }
        let base = document(["golden"], ["i"])
        let before = TwinState(base, base: base)
        let after = TwinState(
            document(["golden", "new-0a1b2c3d"], [["type": "Folder", "id": "group-v3"]]),
            base: base
        )
        #expect(
            after.differences(from: before).map(\.whole) == [
                "the item new-{op}/a is there, and should not be",
                "golden/a lacks the tag stage/test",
                "group-v3 has the tag stage/test", "the library new-{op} is left",
            ]
        )
    }

    @Test func `what somebody else has checked out is not the script's`() {
        let held = Self.document(
            ["vm-1", "vm-2"],
            checkOuts: [("vm-50", "VSPHERE.LOCAL\\somebody")],
            machines: [("vm-9", "old-12345678"), ("vm-50", "theirs")]
        )
        let before = TwinState(Self.base, base: Self.base)
        #expect(TwinState(held, base: Self.base).differences(from: before).map(\.whole) == [])
    }

    /// Whatever the simulator has is compared, and not a list of kinds.
    @Test
    func `everything that the simulator has is compared, but for times and numbers that are new`() {
        func document(
            _ id: String,
            folder: String = "group-v3",
            customization: JSONValue = .null,
            published: JSONValue = .null,
            library: String = "",
            placements: [JSONValue] = []
        ) -> JSONValue {
            [
                "libraries": [
                    [
                        "id": "l", "name": "golden", "description": .string(library),
                        "items": [
                            [
                                "id": "i", "name": "a", "published": published,
                                "last_modified_time": .string("2026-01-0\(id.count)T00:00:00Z"),
                            ]
                        ],
                    ]
                ],
                "machines": [
                    ["vm": "vm-1", "name": "web", "customization": customization],
                    [
                        "vm": .string(id), "name": "new-0a1b2c3d", "folder": .string(folder),
                        "powers_on": .string("2026-01-0\(id.count)T00:00:00Z"),
                    ],
                ], "next_machine": .integer(id.count), "placements": .array(placements),
            ]
        }
        var base = document("")
        base["machines"] = [["vm": "vm-1", "name": "web"]]
        let usual = TwinState(document("vm-8"), base: base)
        func differences(_ document: JSONValue) -> [String] {
            TwinState(document, base: base).differences(from: usual).map(\.whole)
        }
        #expect(differences(document("vm-10")) == [])
        #expect(
            differences(document("vm-10", folder: "group-v9"))
                == ["the machine new-{op} has other folder"]
        )
        #expect(
            differences(document("vm-8", customization: "lab"))
                == ["the machine web has other customization"]
        )
        #expect(differences(document("vm-8", published: "2")) == ["golden/a has other published"])
        #expect(
            differences(document("vm-8", library: "x"))
                == ["the library golden has other description"]
        )
        #expect(
            differences(document("vm-8", placements: [["id": "group-v7", "name": "extra"]]))
                == ["the place extra is left"]
        )
    }

    @Test func `a version is compared with its hardware`() {
        func state(_ count: Int) -> TwinState {
            var document = Self.document(["vm-1", "vm-50"])
            document["machines"] = [
                ["vm": "vm-50", "template": true, "name": "a", "cpu_count": .integer(count)]
            ]
            return TwinState(document, base: Self.base)
        }
        #expect(state(2).differences(from: state(2)) == [])
        #expect(
            state(4).differences(from: state(2)).map(\.whole) == ["golden/a has other hardware"]
        )
    }

    @Test func `where one of two items of one name is gone, the other is not`() {
        func document(_ ids: [String]) -> JSONValue {
            [
                "libraries": .array(
                    ids.map {
                        [
                            "id": .string("l" + $0), "name": "edge",
                            "items": [["id": .string($0), "name": "gate"]],
                        ]
                    }
                )
            ]
        }
        let base = document(["1", "2"])
        let before = TwinState(base, base: base)
        #expect(before.items.map(\.path) == ["edge/gate (1)", "edge/gate (2)"])
        let after = TwinState(document(["2"]), base: base)
        #expect(
            after.differences(from: before).map(\.whole)
                == ["the item edge/gate (1) is gone", "the library edge is missing"]
        )
    }
}
