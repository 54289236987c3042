import JSON
import Support
import Testing

@testable import Simulator

/// Operations of the index: their input is checked, a stub answers, else there is no such service.
struct StubTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: String
        let answer: String
        /// The answers in JSON-RPC's form, or the refusal.
        let expected: [String]

        init(_ operation: String, _ answer: String, _ expected: String...) {
            self.operation = operation
            self.answer = answer
            self.expected = expected
        }

        var testDescription: String { "\(operation) \(answer)" }
    }

    private func stub(_ row: Case) throws -> Stub {
        let answer = try JSONValue(parsing: row.answer)
        return try Stub(["operation": .string(row.operation), "answer": answer])
    }

    static let typed = [
        Case("cis.tagging.tag.list", #"["a"]"#, #"["a"]"#),
        Case("cis.tagging.tag.list", "[]", "[]"),
        Case("cis.tagging.tag.list", "{}", "[]"),
        Case("cis.tagging.tag.list", #"[["a"],[]]"#, #"["a"]"#, "[]"),
        Case("cis.tagging.tag.list", #"[{},["a"]]"#, "[]", #"["a"]"#),
        Case("cis.tagging.tag.create", #""tag-1""#, #""tag-1""#),
        Case("cis.tagging.tag.create", #"["tag-1","tag-2"]"#, #""tag-1""#, #""tag-2""#),
        Case("cis.tagging.tag_association.attach", "null", "null"),
        Case("appliance.system.uptime.get", "12", "12.0"),
        Case(
            "appliance.health.system.lastcheck",
            #""2026-11-21T10:11:12.345Z""#,
            #""2026-11-21T10:11:12.345Z""#
        ),
        Case("vcenter.datastore.default_policy.get", "null", #"{"OPTIONAL":null}"#),
        Case("vcenter.datastore.default_policy.get", #""p""#, #"{"OPTIONAL":"p"}"#),
        Case(
            "vcenter.trusted_infrastructure.hosts.hardware.tpm.endorsement_keys.unseal",
            #""AAE=""#,
            #"{"BINARY":"AAE="}"#
        ),
        Case(
            "vcenter.inventory.network.find",
            #"{"n-1":{"type":"Network"},"n-2":null}"#,
            #"[{"STRUCTURE":{"map-entry":{"key":"n-1","value":{"OPTIONAL":{"STRUCTURE":{"#
                + #""com.vmware.vcenter.inventory.network.info":{"type":"Network"}}}}}}},"#
                + #"{"STRUCTURE":{"map-entry":{"key":"n-2","value":{"OPTIONAL":null}}}}]"#
        ),
        Case(
            "vcenter.vm.guest.environment.list",
            #"[{},{"A":"1"}]"#,
            "[]",
            #"[{"STRUCTURE":{"map-entry":{"key":"A","value":"1"}}}]"#
        ),
        Case(
            "vcenter.VM.clone_task",
            #""task-1""#,
            #""task-1""#
        ),
        Case(
            "vcenter.compute.policies.get",
            #"{"STRUCTURE":{"com.vmware.vcenter.compute.policies.info":"#
                + #"{"capability":"c","description":"","name":"n"}}}"#,
            #"{"STRUCTURE":{"com.vmware.vcenter.compute.policies.info":{"capability":"c","#
                + #""description":"","managed_by":{"OPTIONAL":null},"name":"n"}}}"#
        ),
        Case(
            "vcenter.vm.hardware.disk.get",
            #"{"label":"d","type":"SCSI","scsi":{"bus":0,"unit":3},"backing":{"type":"VMDK_FILE","#
                + #""vmdk_file":"f"}}"#,
            #"{"STRUCTURE":{"com.vmware.vcenter.vm.hardware.disk.info":{"backing":{"STRUCTURE":"#
                + #"{"com.vmware.vcenter.vm.hardware.disk.backing_info":{"type":"VMDK_FILE","#
                + #""vmdk_file":{"OPTIONAL":"f"}}}},"capacity":{"OPTIONAL":null},"ide":"#
                + #"{"OPTIONAL":null},"label":"d","nvme":{"OPTIONAL":null},"sata":"#
                + #"{"OPTIONAL":null},"scsi":{"OPTIONAL":{"STRUCTURE":{"#
                + #""com.vmware.vcenter.vm.hardware.scsi_address_info":{"bus":0,"unit":"#
                + #"3}}}},"type":"SCSI"}}}"#
        ),
    ]

    @Test(arguments: typed) func `a plain answer goes out as the index has its type`(row: Case)
        throws
    {
        let texts = try stub(row).answers.map { answer in
            var bytes = WireBytes()
            AnswerEncoder(dialect: .rpc).success(try answer.get(), id: "1", into: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            let prefix = #"{"jsonrpc":"2.0","id":1,"result":{"output":"#
            return String(text.dropFirst(prefix.count).dropLast(2))
        }
        #expect(texts == row.expected)
    }

    static let refused = [
        Case("vcenter.netwrk.list", "[]", "did you mean vcenter.network.list?"),
        Case("vcenter.network.lst", "[]", "did you mean vcenter.network.list?"),
        Case("nothing.at.all", "[]", "there is no operation \"nothing.at.all\""),
        Case("cis.session.get", "{}", "sessions are the simulator's"),
        Case("vcenter.network.list", "7", "answer must be a list"),
        Case("vcenter.network.list", "null", "answer must be a list"),
        Case(
            "vcenter.network.list",
            #"[{"network":"n","name":"a","type":"STANDARD_PORTGROUP"},{"network":"n","nme":"a"}]"#,
            "answer[2].nme is no field of vcenter.network.summary; did you mean name?"
        ),
        Case(
            "vcenter.network.list",
            #"[{"network":"n","name":"a"}]"#,
            "answer[1].type is missing, and vcenter.network.summary needs it"
        ),
        Case(
            "vcenter.network.list",
            #"[{"network":"n","name":"a","type":"STANDARD_PORTGROP"}]"#,
            "answer[1].type is no value of vcenter.network.type: \"STANDARD_PORTGROP\"; "
                + "did you mean STANDARD_PORTGROUP?"
        ),
        Case("vcenter.network.list", #"[[],[7]]"#, "answer[2][1] must be the structure"),
        Case("cis.tagging.tag.create", #"["a",7]"#, "answer[2] must be a string"),
        Case("cis.tagging.tag_association.attach", "7", "answer must be left out"),
        Case("appliance.health.system.lastcheck", #""today""#, "answer must be a time such as"),
        Case("appliance.system.uptime.get", #""1""#, "answer must be a number"),
        Case("vcenter.vm.data_sets.entries.list", #"["a","a"]"#, "answer[2] stands twice in a set"),
        Case("vcenter.vm.guest.environment.list", #"{"A":1}"#, "answer.A must be a string"),
        Case(
            "cis.tagging.tag.list",
            #"{"error":"not_fond"}"#,
            "answer.error is no error of vapi.std.errors: \"not_fond\"; did you mean not_found?"
        ),
        Case(
            "vcenter.vm.hardware.disk.get",
            #"{"label":"d","type":"SCSI","backing":{"type":"VMDK_FILE","vmdk_file":"f"}}"#,
            "answer.scsi is missing, and SCSI needs it"
        ),
        Case(
            "vcenter.vm.hardware.disk.get",
            #"{"label":"d","type":"NVME","scsi":{"bus":0,"unit":3},"backing":{"type":"VMDK_FILE"}}"#,
            "answer.scsi does not go with type NVME"
        ),
    ]

    @Test(arguments: refused) func `what does not fit is refused, with its place`(row: Case) {
        let error = #expect(throws: StubError.self) { try stub(row) }
        #expect(error?.description.contains(row.expected[0]) == true, "\(error?.description ?? "")")
    }

    static let inputs: [(input: String, expected: String)] = [
        (#"{"tag_id":"t"}"#, "operation_not_found vapi.method.input.invalid.interface"),
        ("{}", "invalid_argument vapi.data.structure.field.missing"),
        (#"{"tag_id":7}"#, "invalid_argument vapi.data.validate.mismatch"),
        (#"{"tag_id":"t","x":1}"#, "unexpected_input vapi.data.structure.field.unexpected"),
    ]

    @Test func `the input of an operation of the index is checked, then there is no such service`()
        throws
    {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        for (input, expected) in Self.inputs {
            let answer = try client.call(
                "cis.tagging.tag_association.list_attached_objects",
                JSONValue(parsing: input)
            )
            #expect(answer == .string(expected), "\(input)")
        }
        let nested = [
            #"{"vm":"v","spec":{"backing":{"type":"STANDARD_PORTGROUP"}}}"#:
                "invalid_argument vapi.data.structure.union.missing",
            #"{"vm":"v","spec":{"backing":{"type":"HOST_DEVICE","network":"n"}}}"#:
                "invalid_argument vapi.data.structure.union.extra",
            #"{"vm":"v","spec":{"backing":{"type":"NO"}}}"#:
                "invalid_argument com.vmoon.simulator.enumeration.unknown_value",
            #"{"vm":"v","spec":{"backing":{"type":"STANDARD_PORTGROUP","network":"n"}}}"#:
                "operation_not_found vapi.method.input.invalid.interface",
        ]
        for (input, expected) in nested {
            let answer = try client.call(
                "vcenter.vm.hardware.ethernet.create",
                JSONValue(parsing: input)
            )
            #expect(answer == .string(expected), "\(input)")
        }
    }

    @Test func `answers are given one after the other, and the last one stays`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        _ = try simulator.admin(
            "POST",
            "/sim/stubs",
            [
                "operation": "content.subscribed_library.list",
                "answer": [["a"], ["error": "service_unavailable", "message": "later"], ["b"]],
            ]
        )
        #expect(try client.call("content.subscribed_library.list") == ["a"])
        #expect(
            try client.call("content.subscribed_library.list")
                == "service_unavailable com.vmoon.simulator.stub.service_unavailable"
        )
        #expect(try client.call("content.subscribed_library.list") == ["b"])
        #expect(try client.call("content.subscribed_library.list") == ["b"])
        let seen = try simulator.requests().filter {
            $0["operation"] == "content.subscribed_library.list"
        }
        #expect(seen.map { $0["arguments"] } == [[:], [:], [:], [:]])
        _ = try simulator.admin("DELETE", "/sim/stubs")
        #expect(
            try client.call("content.subscribed_library.list")
                == "operation_not_found vapi.method.input.invalid.interface"
        )
    }

    @Test func `a task's operation has a dollar on the wire`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        _ = try simulator.admin(
            "POST",
            "/sim/stubs",
            ["operation": "vcenter.VM.clone_task", "answer": "task-1"]
        )
        let input: JSONValue = ["spec": ["source": "vm-109", "name": "copy"]]
        #expect(try client.call("vcenter.VM.clone$task", input) == "task-1")
        #expect(
            try client.call("vcenter.VM.clone_task", input)
                == "operation_not_found vapi.method.input.invalid.interface"
        )
    }

    @Test func `a session is needed, and a fault meets an operation of the index too`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        let answer = try RemoteClient.text(
            client.connection,
            "com.vmware.cis.tagging.tag",
            "list",
            security: "{}"
        )
        #expect(answer.contains("com.vmware.vapi.std.errors.unauthenticated"))
        for name in ["cis.tagging.tag.list", "vcenter.network.list"] {
            try simulator.add(
                fault: [
                    "do": "error", "kind": "resource_busy", "match": ["operation": .string(name)],
                ])
            #expect(
                try client.call(name) == "resource_busy com.vmoon.simulator.fault.resource_busy"
            )
        }
    }

    @Test(arguments: WireClient.Form.allCases)
    func `an operation of the simulator's own is stubbed in every dialect`(
        form: WireClient.Form
    ) throws {
        let client = try WireClient(form)
        let network: JSONValue = [
            "name": "own", "network": "network-9", "type": "STANDARD_PORTGROUP",
        ]
        _ = try client.simulator.admin(
            "POST",
            "/sim/stubs",
            ["operation": "vcenter.network.list", "answer": [network]]
        )
        #expect(try client.value("GET", "/vcenter/network") == [network])
    }
}
