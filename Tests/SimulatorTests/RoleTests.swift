import APIIndex
import JSON
import Support
import Testing

@testable import Simulator

/// Roles: who lacks a privilege is refused, in every dialect.
struct RoleTests {
    /// The operations that need more than `System.Read`, and what.
    static let more = [
        "check_outs.check_out": "ContentLibrary.CheckOutTemplate",
        "check_outs.check_in": "ContentLibrary.CheckInTemplate",
        "check_outs.delete": "VirtualMachine.Inventory.Delete",
        "versions.rollback": "ContentLibrary.CheckInTemplate",
        "versions.delete": "ContentLibrary.DeleteLibraryItem",
        "library_items.create": "ContentLibrary.AddLibraryItem",
        "library_items.deploy": "VirtualMachine.Provisioning.DeployTemplate",
        "local_library.delete": "ContentLibrary.DeleteLocalLibrary",
        "item.delete": "ContentLibrary.DeleteLibraryItem",
        "VM.delete": "VirtualMachine.Inventory.Delete",
        "power.start": "VirtualMachine.Interact.PowerOn",
        "power.stop": "VirtualMachine.Interact.PowerOff",
        "power.reset": "VirtualMachine.Interact.Reset",
        "power.suspend": "VirtualMachine.Interact.Suspend",
        "customization_specs.list": "VirtualMachine.Provisioning.ReadCustSpecs",
        "customization_specs.get": "VirtualMachine.Provisioning.ReadCustSpecs",
        "customization.set": "VirtualMachine.Provisioning.Customize",
        "item.update": "ContentLibrary.UpdateLibraryItem",
        "item.publish": "ContentLibrary.PublishLibraryItem",
        "library_item.deploy": "VApp.Import",
        "local_library.create": "ContentLibrary.CreateLocalLibrary",
        "local_library.publish": "ContentLibrary.PublishLibrary",
        "subscribed_library.create": "ContentLibrary.CreateSubscribedLibrary",
        "subscribed_library.delete": "ContentLibrary.DeleteSubscribedLibrary",
        "subscribed_library.sync": "ContentLibrary.SyncLibrary",
        "subscribed_item.sync": "ContentLibrary.SyncLibraryItem",
    ]

    private static var routes: [Route] {
        RouteTable.everything.filter { if case .session = $0.body { false } else { true } }
    }

    private static func more(_ route: Route) -> String? {
        let service = route.service.split(separator: ".").last ?? ""
        return more["\(service).\(route.name)"]
    }

    @Test func `every operation of the simulator's is in the index, with the same parameters`() {
        for route in RouteTable.everything where route.name != "list_by_post" {
            let parameters = route.facts?.parameters.map(\.name)
            #expect(parameters == route.input.members.map(\.name).sorted(), "\(route.label)")
        }
        let named = Self.routes.compactMap(Self.more)
        #expect(named.count == Self.more.count)
    }

    /// Gives a user a role, and the outcome of every operation in three dialects.
    private func unauthorized(
        _ simulator: SimulatorProcess,
        _ route: Route,
        _ role: [String]
    ) throws -> [Bool] {
        _ = try simulator.admin(
            "POST",
            "/sim/users",
            ["privileges": .array(role.map { .string($0) }), "name": "tester"]
        )
        var outcomes = try WireClient.Form.allCases.map { form in
            let client = try WireClient(form, simulator, user: "tester")
            let request = try #require(InputProbe(of: route, form: form).request)
            let answer = try client.connection.exchange(
                request.method,
                request.target,
                headers: ["vmware-api-session-id: \(client.session)"],
                body: request.body.map { JSONEncoder().encode($0) }
            )
            return WireClient.failure(answer, form) == "403 UNAUTHORIZED"
        }
        let input = InputProbe(of: route, form: .rest).arguments
        let name = String(route.service.dropFirst(APIOperation.prefix.count)) + "." + route.name
        let remote = try RemoteClient(simulator, user: "tester").call(name, input)
        outcomes.append(remote.string?.hasPrefix("unauthorized ") == true)
        return outcomes
    }

    @Test func `every operation is refused without its privileges, in all dialects`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http", "--statuses", "spec"])
        for route in Self.routes {
            let more = Self.more(route)
            let all = [true, true, true]
            let none = [false, false, false]
            let label = "\(route.service).\(route.name)"
            #expect(try unauthorized(simulator, route, []) == all, "\(label)")
            #expect(
                try unauthorized(simulator, route, ["System.Read"])
                    == (more == nil && !route.isChanging ? none : all),
                "\(label)"
            )
            if more != nil || route.isChanging {
                let role = ["System.Read", more ?? "Any.Other"]
                #expect(try unauthorized(simulator, route, role) == none, "\(label)")
            }
        }
    }

    @Test func `sessions need no privilege`() throws {
        let client = try WireClient(.api, arguments: ["--privileges", ""])
        #expect(try client.value("GET", "/session")["user"] == "VSPHERE.LOCAL\\operator")
        #expect(try client.failure("GET", "/content/library") == "403 UNAUTHORIZED")
        #expect(try client.send("DELETE", "/session").status == 204)
    }

    @Test
    func `a privilege that is spelled wrong is refused, and one that nobody documents is not`() {
        let told = #"there is no privilege "System.Raed"; did you mean System.Read?"#
        #expect(Privileges.problem("System.Raed") == told)
        for name in Privileges.known + ["A.B", "VirtualMachine.Config.AdvancedConfig"] {
            #expect(Privileges.problem(name) == nil, "\(name)")
        }
        #expect(Privileges.known.count > 50)
    }

    @Test func `a privilege for an object counts where the call names one`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http", "--privileges", "System.Read"])
        let client = try RemoteClient(simulator)
        let clone = "vcenter.VM.clone"
        let plain: JSONValue = ["spec": ["source": "vm-109", "name": "copy"]]
        let placement: JSONValue = ["datastore": "datastore-11"]
        let named: JSONValue = [
            "spec": ["source": "vm-109", "name": "copy", "placement": placement]
        ]
        #expect(try client.call(clone, plain).string?.hasPrefix("unauthorized ") == true)
        _ = try simulator.admin(
            "POST",
            "/sim/users",
            ["privileges": ["VirtualMachine.Provisioning.Clone"]]
        )
        let missing: JSONValue = "operation_not_found vapi.method.input.invalid.interface"
        #expect(try client.call(clone, plain) == missing)
        #expect(try client.call(clone, named).string?.hasPrefix("unauthorized ") == true)
        _ = try simulator.admin("POST", "/sim/users", ["privileges": nil])
        #expect(try client.call(clone, named) == missing)
    }

    @Test func `a role is part of the state`() throws {
        let simulator = try SimulatorProcess(arguments: [
            "--http", "--privileges", "System.Read,A.B",
        ])
        let users = try simulator.state()["users"]?.array ?? []
        #expect(users.contains { $0["privileges"] == ["A.B", "System.Read"] })
        let wrong: [(String, JSONValue)] = [
            ("/sim/users", ["privileges": "System.Read"]), ("/sim/users", ["role": []]),
            ("/sim/users", ["privileges": [1]]),
            ("/sim/users", ["privileges": ["System.Raed"]]), ("/sim/users", []),
        ]
        let connection = try simulator.connect()
        for (path, body) in wrong {
            let text = JSONEncoder().encode(body)
            #expect(try connection.exchange("POST", path, body: text).status == 400, "\(text)")
        }
    }
}
