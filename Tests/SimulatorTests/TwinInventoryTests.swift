import JSON
import Support
import Testing

@testable import Simulator

/// Inventories that were taken from a vCenter: what it answered, and what it refused.
struct TwinInventoryTests {
    typealias Form = WireClient.Form

    /// A machine with answers, and its neighbours.
    private static let machine: JSONValue = [
        "vm": "vm-7", "name": "web", "power_state": "POWERED_ON", "cpu_count": 4,
        "answers": [
            "getVM": [
                "name": "as it was called", "power_state": "POWERED_OFF",
                "cpu": ["count": 1, "cores_per_socket": 1],
                "memory": ["size_MiB": 1, "hot_add_limit_MiB": 65_536],
                "identity": ["bios_uuid": "42", "name": "web", "instance_uuid": "43"],
                "of_a_later_release": ["a": 1],
            ],
            "getTools": ["run_state": "NOT_RUNNING", "upgrade_policy": "MANUAL", "version": "9"],
            "getPower": ["state": "POWERED_ON"],
        ],
    ]

    private func client(_ form: Form, _ document: JSONValue) throws -> WireClient {
        let client = try WireClient(form)
        _ = try client.simulator.admin("PUT", "/sim/state", document)
        return client
    }

    @Test(arguments: Form.allCases)
    func `a recorded answer has what the model does not know, and the model the rest`(
        form: Form
    ) throws {
        let client = try client(form, ["libraries": [], "machines": [Self.machine]])
        let vm = try client.value("GET", "/vcenter/vm/vm-7")
        #expect(vm["name"] == "web")
        #expect(vm["power_state"] == "POWERED_ON")
        #expect(vm["cpu"]?["count"] == 4)
        #expect(vm["identity"]?["bios_uuid"] == "42")
        #expect(vm["of_a_later_release"]?["a"] == 1)
        let memory = try client.value("GET", "/vcenter/vm/vm-7/hardware/memory")
        #expect(memory["hot_add_limit_MiB"] == 65_536)
        #expect(memory["size_MiB"] == 4096)
    }

    @Test(arguments: Form.allCases)
    func `what runs in a machine is as recorded until it is switched off and on`(
        form: Form
    ) throws {
        let client = try client(form, ["libraries": [], "machines": [Self.machine]])
        let vm = "/vcenter/vm/vm-7"
        #expect(try client.value("GET", vm + "/tools")["version"] == "9")
        #expect(try client.failure("GET", vm + "/guest/identity") == "503 SERVICE_UNAVAILABLE")
        for action in ["stop", "start"] {
            let path = form == .rest ? "\(vm)/power/\(action)" : "\(vm)/power?action=\(action)"
            _ = try client.send("POST", path)
        }
        try client.simulator.advanceClock(seconds: 60)
        #expect(try client.value("GET", vm + "/tools")["run_state"] == "RUNNING")
        #expect(try client.value("GET", vm + "/guest/identity")["host_name"] == "web")
    }

    @Test(arguments: Form.allCases)
    func `reads that were refused are refused again, others are not`(form: Form) throws {
        let client = try client(
            form,
            [
                "libraries": [], "machines": [["vm": "vm-7"], ["vm": "vm-8"]],
                "refused": [
                    ["operation": "getVM", "kind": "resource_inaccessible", "of": ["vm-7"]],
                    ["operation": "listClusters", "kind": "unauthorized", "message": "no"],
                    ["operation": "getPower", "kind": "protocol", "of": ["vm-8"]],
                ],
            ]
        )
        let busy = form == .rest ? 400 : 500
        #expect(try client.failure("GET", "/vcenter/vm/vm-7") == "\(busy) RESOURCE_INACCESSIBLE")
        #expect(try client.value("GET", "/vcenter/vm/vm-8")["name"] == "vm-8")
        #expect(try client.failure("GET", "/vcenter/cluster") == "403 UNAUTHORIZED")
        #expect(
            try client.failure("GET", "/vcenter/vm/vm-8/power") == "500 INTERNAL_SERVER_ERROR"
        )
        #expect(try client.value("GET", "/vcenter/vm/vm-7/power")["state"] == "POWERED_OFF")
        #expect(try client.simulator.state()["refused"]?.array?.count == 3)
    }

    @Test(arguments: Form.allCases)
    func `lists are in the order of the document, without what is hidden`(form: Form) throws {
        let client = try client(
            form,
            [
                "libraries": [],
                "machines": [
                    ["vm": "vm-4:b"], ["vm": "vm-30"], ["vm": "vm-5", "hidden": true],
                    ["vm": "vm-4:a"],
                ],
            ]
        )
        let listed = try client.value("GET", "/vcenter/vm").array?.compactMap { $0["vm"]?.string }
        #expect(listed == ["vm-4:b", "vm-30", "vm-4:a"])
    }

    @Test(arguments: [("folder", 1000), ("host", 2500)])
    func `a list of places that is too long fails, a filtered one does not`(
        _ row: (kind: String, most: Int)
    ) throws {
        func places(_ count: Int) -> JSONValue {
            .array(
                (0..<count).map {
                    [
                        "kind": .string(row.kind), "id": .string("p-\($0)"), "name": "p",
                        "type": "HOST",
                    ]
                }
            )
        }
        let client = try client(.api, ["libraries": [], "placements": places(row.most)])
        let path = "/vcenter/\(row.kind)"
        #expect(try client.value("GET", path).array?.count == row.most)
        let more: JSONValue = ["libraries": [], "placements": places(row.most + 1)]
        _ = try client.simulator.admin("PUT", "/sim/state", more)
        #expect(try client.failure("GET", path) == "500 UNABLE_TO_ALLOCATE_RESOURCE")
        #expect(try client.value("GET", "\(path)?\(row.kind)s=p-7").array?.count == 1)
    }

    @Test func `an item whose versions nobody could list has the version of its model`() throws {
        let inventory = try InventoryReader.read(
            [
                "libraries": [
                    [
                        "name": "a",
                        "items": [
                            ["name": "b", "answers": ["getItem": ["content_version": "9"]]]
                        ],
                    ]
                ]
            ],
            user: "operator@vsphere.local",
            now: Instant(milliseconds: 0)
        )
        #expect(inventory.items.values.first?.versions.map(\.id) == ["9"])
        #expect(inventory.items.values.first?.nextVersion == 10)
    }

    @Test func `what is written of a twin reads back as the same`() throws {
        let document: JSONValue = [
            "libraries": [
                [
                    "name": "a", "answers": ["getLibrary": ["version": "7"]],
                    "items": [
                        [
                            "name": "b", "answers": ["getItem": ["cached": false]],
                            "changes": [
                                ["version": "1", "message": "long", "short_message": "lo"]
                            ],
                        ]
                    ],
                ]
            ], "machines": [Self.machine],
            "tag_categories": [["id": "c", "name": "c"]],
            "tags": [
                ["id": "t", "name": "t", "category": "c", "objects": [["type": "X", "id": "x-1"]]]
            ],
            "answers": ["getRelease": ["version": "6.7.0"]],
            "refused": [["operation": "getVM", "kind": "unauthorized", "message": "no"]],
            "tasks": [["task": "k", "answers": ["getTask": ["status": "BLOCKED"]]]],
        ]
        func read(_ document: JSONValue) throws -> JSONValue {
            let inventory = try InventoryReader.read(
                document,
                user: "operator@vsphere.local",
                now: Instant(milliseconds: 0)
            )
            return InventoryWriter(inventory: inventory).document
        }
        let written = try read(document)
        #expect(try read(written) == written)
        for member in ["answers", "refused", "tasks"] {
            #expect(written[member] == document[member], "\(member)")
        }
        #expect(written["tags"]?.array?.first?["objects"] == [["type": "X", "id": "x-1"]])
    }

    @Test(arguments: [
        (#"{"vcenters":{"a":{"libraries":[{}]}}}"#, "vcenters.a.libraries[0].name: is missing"),
        (#"{"vcenters":{"a":{},"b":{}}}"#, "vcenters: has a, b; one of them must be named"),
        (#"{"vcenters":[]}"#, "vcenters: must be an object"),
        (#"{"vcenters":{"a":{}},"users":[]}"#, "vcenters: must be an object"),
        (
            #"{"machines":[{"vm":"vm-1","answers":{"getItem":{}}}]}"#,
            "machines[0].answers.getItem: is unknown; there are getVM"
        ),
        (#"{"tasks":[{"task":"t"}]}"#, "tasks[0].answers: must have getTask"),
        (#"{"refused":[{"kind":"x"}]}"#, "refused[0].operation: is missing"),
    ])
    func `what is wrong is told with its place`(_ row: (text: String, problem: String)) throws {
        let error = #expect(throws: InventoryError.self) {
            _ = try Settings().inventory(
                JSONValue(parsing: row.text),
                now: Instant(milliseconds: 0)
            )
        }
        #expect(error?.description.hasPrefix(row.problem) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("b", "B"), ("https://b.example.com/sdk", nil), ("B.example.com:443", "B2"),
        ("me@b.example.com:8443", "B3"), ("c", nil),
    ])
    func `a vCenter is found by its address`(_ row: (name: String, library: String?)) throws {
        let document = try JSONValue(
            parsing: #"{"vcenters":{"b":{"libraries":[{"name":"B"}]},"#
                + #""b.example.com":{"libraries":[{"name":"B2"}]},"#
                + #""b.example.com:8443":{"libraries":[{"name":"B3"}]}}}"#
        )
        let now = Instant(milliseconds: 0)
        let inventory = try? Settings().inventory(document, now: now, vcenter: row.name)
        let expected = row.name.hasPrefix("https") ? "B2" : row.library
        #expect(inventory?.libraries.values.first?.name == expected)
    }

    @Test func `a change of the state without a body brings back the first one`() throws {
        let client = try WireClient(.api)
        let first = try client.simulator.state()
        _ = try client.simulator.admin("PUT", "/sim/state", ["libraries": []])
        #expect(try client.simulator.state()["libraries"] == [])
        _ = try client.simulator.admin("PUT", "/sim/state")
        #expect(try client.simulator.state() == first)
    }

    @Test func `places that a document does not have are those that fit together`() throws {
        let inventory = try InventoryReader.read(
            [
                "libraries": [["name": "a", "items": [["name": "b"]]]],
                "placements": [
                    ["kind": "folder", "id": "group-h1", "name": "h", "type": "HOST"],
                    ["kind": "folder", "id": "group-v1", "name": "v", "type": "VIRTUAL_MACHINE"],
                    ["kind": "cluster", "id": "domain-c1", "name": "c"],
                    ["kind": "host", "id": "host-1", "name": "alone"],
                    [
                        "kind": "host", "id": "host-2", "name": "of the cluster",
                        "parents": ["cluster": "domain-c1"],
                    ],
                ],
            ],
            user: "operator@vsphere.local",
            now: Instant(milliseconds: 0)
        )
        let place = try #require(inventory.machines.values.first?.placement)
        #expect(place.folder == "group-v1")
        #expect(place.cluster == "domain-c1")
        #expect(place.host == "host-2")
    }
}
