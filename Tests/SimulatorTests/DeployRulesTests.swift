import JSON
import Support
import Testing

@testable import Simulator

/// What a deployment and a new template accept, and what becomes of it.
struct DeployRulesTests {
    typealias Form = WireClient.Form

    /// A spec, and what the wire says to it in deploy and in createTemplate.
    struct Case: Sendable, CustomTestStringConvertible {
        let change: JSONValue
        let deploy: String
        let create: String
        var testDescription: String { JSONEncoder().encode(change) }

        init(_ change: JSONValue, _ deploy: String, create: String? = nil) {
            self.change = change
            self.deploy = deploy
            self.create = create ?? deploy.replacing("404 NOT_FOUND", with: "400 INVALID_ARGUMENT")
        }
    }

    private static func placed(_ members: JSONValue) -> JSONValue {
        .object([.init("placement", members)])
    }

    private static let invalid = "400 INVALID_ARGUMENT"
    private static let fits = "-"

    static let cases = [
        Case(placed(["folder": "group-v31"]), fits),
        Case(placed(["folder": "group-v31", "host": "host-12"]), fits),
        Case(
            placed(["folder": "group-v3", "resource_pool": "resgroup-81", "host": "host-12"]),
            fits
        ),
        Case(placed(["folder": "group-h4"]), invalid),
        Case(placed(["folder": "group-s5"]), invalid),
        Case(placed(["folder": "host-10"]), "404 NOT_FOUND"),
        Case(placed(["resource_pool": "resgroup-8"]), invalid, create: fits),
        // What another data centre and another cluster have.
        Case(placed(["folder": "group-v3", "host": "host-20"]), invalid),
        Case(placed(["folder": "group-v20"]), invalid),
        Case(placed(["folder": "group-v20", "host": "host-20"]), invalid),
        Case(
            [
                "placement": ["folder": "group-v20", "host": "host-20"],
                "vm_home_storage": ["datastore": "datastore-20"],
                "disk_storage": ["datastore": "datastore-20"],
            ],
            fits
        ),
        Case(placed(["folder": "group-v3", "cluster": "domain-c7", "host": "host-30"]), invalid),
        Case(
            placed(["folder": "group-v3", "resource_pool": "resgroup-8", "host": "host-30"]),
            invalid
        ),
        Case(
            placed(["folder": "group-v3", "cluster": "domain-c30", "resource_pool": "resgroup-8"]),
            invalid
        ),
        Case(["vm_home_storage": ["datastore": "datastore-13"]], fits),
        Case(["vm_home_storage": ["datastore": "datastore-404"]], "404 NOT_FOUND"),
        Case(["vm_home_storage": ["datastore": "datastore-20"]], invalid),
        Case(["vm_home_storage": [:]], invalid),
        Case(["disk_storage": ["datastore": "datastore-404"]], "404 NOT_FOUND"),
        Case(
            [
                "disk_storage": [
                    "storage_policy": ["type": "USE_SPECIFIED_POLICY", "policy": "policy-16"]
                ]
            ],
            fits
        ),
        Case(
            ["disk_storage": ["storage_policy": ["type": "USE_SOURCE_POLICY"]]],
            fits,
            create: invalid
        ),
        Case(["name": ""], invalid),
        Case(["name": "jump-host"], "400 ALREADY_EXISTS"),
    ]

    /// Only a deployment knows these.
    static let deployments = [
        Case(["guest_customization": ["name": "linux"]], fits),
        Case(["guest_customization": ["name": "windows"]], "404 NOT_FOUND"),
        Case(["hardware_customization": ["cpu_update": ["num_cpus": 8]]], fits),
        Case(
            ["hardware_customization": ["cpu_update": ["num_cpus": 8, "num_cores_per_socket": 3]]],
            invalid
        ),
        Case(["hardware_customization": ["cpu_update": ["num_cpus": 0]]], invalid),
        Case(["hardware_customization": ["memory_update": ["memory": 0]]], invalid),
        Case(["tags": [[:]]], invalid),
        Case(["tags": [["tag_id": "urn:1"]]], "404 NOT_FOUND"),
    ]

    /// A simulator with a second cluster and a second data centre.
    private func client(_ form: Form, _ arguments: [String] = []) throws -> WireClient {
        let client = try WireClient(form, arguments: arguments)
        var state = try client.simulator.state()
        let more: [JSONValue] = [
            ["kind": "datacenter", "id": "datacenter-20", "name": "dc-2"],
            [
                "kind": "folder", "id": "group-v20", "name": "vm", "type": "VIRTUAL_MACHINE",
                "parents": ["datacenter": "datacenter-20"],
            ],
            [
                "kind": "host", "id": "host-20", "name": "esx-20",
                "parents": ["datacenter": "datacenter-20", "cluster": "domain-c20"],
            ],
            [
                "kind": "resource_pool", "id": "resgroup-20", "name": "Resources",
                "parents": ["datacenter": "datacenter-20", "cluster": "domain-c20"],
            ],
            [
                "kind": "datastore", "id": "datastore-20", "name": "far", "type": "VMFS",
                "parents": ["datacenter": "datacenter-20"],
            ],
            [
                "kind": "cluster", "id": "domain-c30", "name": "cluster-3",
                "parents": ["datacenter": "datacenter-2"],
            ],
            [
                "kind": "host", "id": "host-30", "name": "esx-30",
                "parents": ["datacenter": "datacenter-2", "cluster": "domain-c30"],
            ],
        ]
        state["placements"] = .array((state["placements"]?.array ?? []) + more)
        try client.simulator.admin("PUT", "/sim/state", state)
        return client
    }

    private static func spec(_ change: JSONValue, _ others: JSONValue = [:]) -> JSONValue {
        var spec: JSONValue = ["name": "made", "placement": ["folder": "group-v3"]]
        for member in (others.members ?? []) + (change.members ?? []) {
            spec[member.name] = member.value
        }
        return spec
    }

    private func deploy(_ client: WireClient, _ change: JSONValue) throws -> PlainConnection.Answer
    {
        let path = "\(WireClient.templates)/\(Rules.ubuntu)?action=deploy"
        return try client.send("POST", path, Self.spec(change))
    }

    @Test(arguments: Form.allCases)
    func `what is named must exist and fit together`(form: Form) throws {
        let client = try client(form)
        let start = try client.simulator.state()
        for row in Self.cases + Self.deployments {
            let answer = try deploy(client, row.change)
            let got = answer.status == 200 ? "-" : WireClient.failure(answer, form)
            #expect(got == row.deploy, "deploy \(row): \(answer.text)")
            try client.simulator.admin("PUT", "/sim/state", start)
        }
        for row in Self.cases {
            let source: JSONValue = ["source_vm": "vm-109", "library": .string(Rules.golden)]
            let answer = try client.send(
                "POST",
                WireClient.templates,
                Self.spec(row.change, source)
            )
            let got = answer.status < 300 ? "-" : WireClient.failure(answer, form)
            #expect(got == row.create, "createTemplate \(row): \(answer.text)")
            try client.simulator.admin("PUT", "/sim/state", start)
        }
    }

    @Test(arguments: Form.allCases)
    func `hardware is as it was ordered, and a disk never shrinks`(form: Form) throws {
        let client = try client(form)
        func map(_ key: String, _ value: JSONValue) -> JSONValue {
            form == .rest ? [["key": .string(key), "value": value]] : .object([.init(key, value)])
        }
        func hardware(_ members: JSONValue) throws -> PlainConnection.Answer {
            try deploy(client, ["hardware_customization": members])
        }
        for (capacity, wanted) in [
            (16 << 30, "400 INVALID_ARGUMENT"), (1 << 30, "400 INVALID_ARGUMENT"),
            (
                1 << 50,
                form == .rest
                    ? "400 UNABLE_TO_ALLOCATE_RESOURCE" : "500 UNABLE_TO_ALLOCATE_RESOURCE"
            ),
        ] {
            let disks = map("2000", ["capacity": .integer(capacity)])
            #expect(WireClient.failure(try hardware(["disks_to_update": disks]), form) == wanted)
        }
        for (member, update) in [
            ("nics", map("4001", ["network": "network-15"])),
            ("nics", map("4000", ["network": "no"])),
            ("nics", map("4000", ["network": "network-15", "subnet": "no"])),
            ("disks_to_update", map("2001", ["capacity": 1])),
            ("disks_to_remove", ["2001"]),
        ] {
            let answer = try hardware(.object([.init(member, update)]))
            #expect(
                WireClient.failure(answer, form) == "404 NOT_FOUND",
                "\(member): \(answer.text)"
            )
        }
        let answer = try hardware([
            "cpu_update": ["num_cpus": 8, "num_cores_per_socket": 4],
            "memory_update": ["memory": 8192], "nics": map("4000", ["network": "network-15"]),
            "disks_to_update": map("2000", ["capacity": .integer(64 << 30)]),
        ])
        let made = try JSONParser().decode(answer.body)
        let vm = try #require((made["value"] ?? made).string)
        let info = try client.value("GET", "/vcenter/vm/\(vm)")
        func entry(_ name: String) -> JSONValue? {
            form == .rest ? info[name]?.array?.first?["value"] : info[name]?.members?.first?.value
        }
        #expect(info["cpu"]?["count"] == 8)
        #expect(info["cpu"]?["cores_per_socket"] == 4)
        #expect(info["memory"]?["size_MiB"] == 8192)
        #expect(entry("disks")?["capacity"] == .integer(64 << 30))
        #expect(entry("nics")?["backing"]?["network"] == "network-15")
    }

    @Test(arguments: Form.allCases)
    func `a machine that is to be on is on some time after its deployment`(form: Form) throws {
        let client = try client(form, ["--power-on-time", "1h"])
        let answer = try deploy(client, ["powered_on": true])
        let made = try JSONParser().decode(answer.body)
        let vm = try #require((made["value"] ?? made).string)
        let power = "/vcenter/vm/\(vm)/power"
        try client.simulator.advanceClock(seconds: 3590)
        #expect(try client.value("GET", power)["state"] == "POWERED_OFF")
        #expect(try client.value("GET", "/vcenter/vm").array?.last?["power_state"] == "POWERED_OFF")
        // Written and read back, it still knows.
        try client.simulator.admin("PUT", "/sim/state", try client.simulator.state())
        try client.simulator.advanceClock(seconds: 20)
        #expect(try client.value("GET", power)["state"] == "POWERED_ON")
    }

    @Test(arguments: Form.allCases)
    func `a slash in a name is kept as %2f`(form: Form) throws {
        let client = try client(form)
        for number in 1...2 {
            let answer = try deploy(client, ["name": "a/b"])
            #expect(
                (answer.status == 200 ? "-" : WireClient.failure(answer, form))
                    == (number == 1 ? "-" : "400 ALREADY_EXISTS")
            )
        }
        let prefix = form == .rest ? "filter." : ""
        #expect(try client.value("GET", "/vcenter/vm?\(prefix)names=a/b") == [])
        let found = try client.value("GET", "/vcenter/vm?\(prefix)names=a%252fb")
        #expect(found.array?.first?["name"] == "a%2fb")
    }
}
