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
        #expect(states[0].differences(from: states[1]) == [])
        #expect(states[0].items[0].templates == ["vm-2", "new"])
        #expect(states[0].items[0].messages == ["patched"])
        #expect(states[0].machines.map(\.name) == ["web-{op}"])
        #expect(TwinState(Self.base, base: Self.base).machines.map(\.name) == ["old-12345678"])
    }

    @Test func `differences are told in words`() {
        let before = TwinState(Self.base, base: Self.base)
        let swapped = Self.document(["vm-2", "vm-1"], machines: [("vm-9", "old-12345678")])
        #expect(
            TwinState(swapped, base: Self.base).differences(from: before)
                == ["golden/a has another latest version"]
        )
        let held = Self.document(
            ["vm-1", "vm-2"],
            checkOuts: [("vm-50", "VSPHERE.LOCAL\\operator")],
            machines: [("vm-50", "patch")]
        )
        #expect(
            TwinState(held, base: Self.base).differences(from: before) == [
                "golden/a is left checked out",
                "the machine old-12345678 (POWERED_OFF, 2 CPUs, 4096 MiB) is missing",
                "the machine patch (POWERED_OFF, 2 CPUs, 4096 MiB) is left",
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
            after.differences(from: before) == [
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
        #expect(TwinState(held, base: Self.base).differences(from: before) == [])
    }
}
