import JSON
import Support
import Testing

struct RouteTests {
    typealias Form = WireClient.Form

    @Test(arguments: Form.allCases)
    func `a path that is none answers 404 as vCenter words it, and outside the API in no words`(
        form: Form
    ) throws {
        let client = try WireClient(form)
        for path in [
            "/", "/nothing", "/vcenter/vm/", "/vcenter//vm", "/vcenter/vm/%zz",
            "/vcenter/vm/%ff",
        ] {
            let answer = try client.send("GET", path)
            #expect(WireClient.failure(answer, form) == "404 NOT_FOUND", "\(path)")
            let body = try JSONParser().decode(answer.body)
            let url = "/\(form.rawValue)\(path)"
            let message = (body["value"] ?? body)["messages"]?.array?.first
            #expect(message?["id"] == "com.vmware.vapi.rest.operationsForUrlNotFound")
            #expect(
                message?["default_message"]
                    == .string("Unable to find operations for URL: \(url)")
            )
            #expect(message?["args"] == [.string(url)])
        }
        let dance = try client.send("POST", "\(WireClient.templates)/x?action=dance")
        #expect(WireClient.failure(dance, form) == "404 NOT_FOUND")
        let answer = try client.connection.exchange("GET", "/ui")
        #expect(answer.status == 404 && answer.body.isEmpty)
    }

    @Test func `a route can be taken away from one dialect`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(
            fault: [
                "do": "no_route", "times": .null,
                "match": ["operation": "getVM", "path": "/rest/*"],
            ])
        let answer = try client.send("GET", "/vcenter/vm/vm-109")
        #expect(WireClient.failure(answer, .rest) == "404 NOT_FOUND")
        #expect(answer.text.contains("operationsForUrlNotFound"))
        let other = try client.connection.exchange(
            "GET",
            "/api/vcenter/vm/vm-109",
            headers: ["vmware-api-session-id: \(client.session)"]
        )
        #expect(other.status == 200)
    }

    @Test(arguments: Form.allCases)
    func `a list of more than 4000 machines is refused as vCenter does it`(form: Form) throws {
        let client = try WireClient(form)
        var state = try client.simulator.state()
        let machines = (1...4001).map { number -> JSONValue in
            ["vm": .string("vm-\(10_000 + number)"), "name": "m", "host": "host-10"]
        }
        state["machines"] = .array((state["machines"]?.array ?? []) + machines)
        try client.simulator.admin("PUT", "/sim/state", state)
        let answer = try client.send("GET", "/vcenter/vm")
        #expect(answer.status == (form == .rest ? 400 : 500))
        #expect(answer.text.contains(#""com.vmware.api.vcenter.vm.too_many_matches""#))
    }

    @Test(arguments: Form.allCases)
    func `a wrong method answers 405 and says which are right`(form: Form) throws {
        let client = try WireClient(form)
        let answer = try client.send("PATCH", "/vcenter/vm/vm-109")
        #expect(answer.status == 405)
        #expect(answer.header("allow") == "DELETE, GET")
        #expect(answer.body.isEmpty)
    }

    @Test func `the library services of rest take identifiers with and without id:`() throws {
        let client = try WireClient(.rest)
        let item = try client.item("debian-12")
        let path = "/com/vmware/content/library/item/"
        let first = try client.value("GET", path + "id:" + item)
        #expect(first["name"] == "debian-12")
        #expect(try client.value("GET", path + item) == first)
    }

    @Test func `a percent-encoded identifier is one segment, whatever it holds`() throws {
        let client = try WireClient(.api)
        let answer = try client.send(
            "GET",
            "\(WireClient.templates)/..%2f..%2Fsession%3Fx=%23%252f%20%C3%A9/versions"
        )
        #expect(WireClient.failure(answer, .api) == "404 NOT_FOUND")
        let body = try JSONParser().decode(answer.body)
        #expect(body["messages"]?.array?[0]["args"] == ["../../session?x=#%2f é"])
    }

    @Test(arguments: ["rest", "api"])
    func `a dialect that is switched off answers 404`(kept: String) throws {
        let form = try #require(Form(rawValue: kept))
        let client = try WireClient(form, arguments: ["--dialects", kept])
        #expect(try client.send("GET", "/vcenter/vm").status == 200)
        let other = kept == "rest" ? "/api" : "/rest"
        #expect(try client.connection.exchange("GET", other + "/vcenter/vm").status == 404)
    }

    @Test(arguments: Form.allCases)
    func `filters narrow lists, in the way of the dialect`(form: Form) throws {
        let client = try WireClient(form)
        let prefix = form == .rest ? "filter." : ""
        func names(_ path: String, _ filter: String) throws -> [String] {
            try client.value("GET", "\(path)?\(prefix)\(filter)").array?
                .compactMap { $0["name"]?.string } ?? []
        }
        #expect(try names("/vcenter/vm", "names=jump-host") == ["jump-host"])
        #expect(try names("/vcenter/vm", "names=nobody") == [])
        #expect(
            try names("/vcenter/vm", "names=jump-host&\(prefix)names=rhel-9-patching").count == 2
        )
        #expect(try names("/vcenter/vm", "power_states=POWERED_ON") == ["jump-host"])
        #expect(try names("/vcenter/vm", "datacenters=datacenter-2").count == 2)
        #expect(try names("/vcenter/folder", "type=HOST") == ["host"])
        #expect(try names("/vcenter/folder", "parent_folders=group-v3") == ["templates"])
        #expect(try names("/vcenter/host", "clusters=domain-c7").count == 2)
        #expect(try names("/vcenter/datastore", "names=bulk") == ["bulk"])
        #expect(try names("/vcenter/datacenter", "datacenters=datacenter-404") == [])
    }

    @Test(arguments: Form.allCases)
    func `maps are arrays of key and value in rest, and objects in api`(form: Form) throws {
        let client = try WireClient(form)
        let path = "\(WireClient.templates)/\(try client.item("debian-12"))"
        let disks = try client.value("GET", path)["disks"]
        let capacity =
            form == .rest
            ? disks?.array?[0]["value"]?["capacity"] : disks?["2000"]?["capacity"]
        #expect(capacity == .integer(16 << 30))
        let asArray: JSONValue = [["key": "2000", "value": ["datastore": "datastore-11"]]]
        let asObject: JSONValue = ["2000": ["datastore": "datastore-11"]]
        func deploy(_ name: String, _ map: JSONValue) -> JSONValue {
            [
                "name": .string(name), "placement": ["folder": "group-v3"],
                "disk_storage_overrides": map,
            ]
        }
        let (right, wrong) = form == .rest ? (asArray, asObject) : (asObject, asArray)
        #expect(
            try client.failure("POST", "\(path)?action=deploy", deploy("a", wrong))
                == "400 INVALID_ARGUMENT"
        )
        #expect(
            try client.value("POST", "\(path)?action=deploy", deploy("a", right)).string != nil
        )
    }

    @Test(arguments: Form.allCases)
    func `the template of an item that has none is unset`(form: Form) throws {
        let client = try WireClient(form)
        let item = try client.item("photon-ova")
        #expect(try client.value("GET", "\(WireClient.templates)/\(item)") == .null)
    }

    @Test(arguments: Form.allCases)
    func `power changes have a path each in rest, and an action in api`(form: Form) throws {
        let client = try WireClient(form)
        let power = "/vcenter/vm/vm-109/power"
        func change(_ action: String) throws -> PlainConnection.Answer {
            try client.send(
                "POST",
                form == .rest ? "\(power)/\(action)" : "\(power)?action=\(action)"
            )
        }
        #expect(try client.value("GET", power) == ["state": "POWERED_ON"])
        #expect(WireClient.failure(try change("start"), form) == "400 ALREADY_IN_DESIRED_STATE")
        let stop = try change("stop")
        #expect(stop.status == (form == .rest ? 200 : 204))
        #expect(stop.body.isEmpty)
        #expect(
            try client.value("GET", power) == ["state": "POWERED_OFF", "clean_power_off": true]
        )
        #expect(
            WireClient.failure(try change("reset"), form) == "400 NOT_ALLOWED_IN_CURRENT_STATE"
        )
    }

    @Test(arguments: Form.allCases)
    func `a template is made of a machine, deployed and deleted`(form: Form) throws {
        let client = try WireClient(form)
        let content = form == .rest ? "/com/vmware/content/library" : "/content/library"
        let library = try client.value("GET", content).array?.first?.string ?? ""
        let made = try client.send(
            "POST",
            WireClient.templates,
            [
                "source_vm": "vm-109", "name": "jump", "library": .string(library),
                "placement": ["folder": "group-v3"],
            ]
        )
        #expect(made.status == (form == .rest ? 200 : 201))
        let item = try client.item("jump")
        let vm = try client.value(
            "POST",
            "\(WireClient.templates)/\(item)?action=deploy",
            [
                "name": "jump-2", "powered_on": true,
                "placement": ["folder": "group-v3", "cluster": "domain-c7"],
            ]
        )
        try client.simulator.admin("POST", "/sim/clock", ["advance_s": 1])
        #expect(
            try client.failure("DELETE", "/vcenter/vm/\(vm.string ?? "")")
                == "400 NOT_ALLOWED_IN_CURRENT_STATE"
        )
        let id = form == .rest ? "id:\(item)" : item
        #expect(try client.value("DELETE", "\(content)/item/\(id)") == .null)
        #expect(try client.failure("GET", "\(content)/item/\(id)") == "404 NOT_FOUND")
        let tasks = try client.value("GET", "/cis/tasks")
        // The template, the deployment, and the start of the machine.
        #expect((tasks.array?.count ?? tasks.members?.count) == 3)
    }
}
