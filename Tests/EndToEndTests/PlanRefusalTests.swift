import JSON
import Support
import Testing

/// What a plan says the vCenter would refuse, as the vCenter then does.
@Suite struct PlanRefusalTests {
    static let ubuntu = PolicyTests.ubuntu
    static let rhel = PolicyTests.rhel
    static let place = "placement = { folder = 'group-v3', resource_pool = 'resgroup-8' }"

    /// A change, or several; and what the plan says of the last one, nil where the vCenter would take it.
    static let changes: [(text: String, refusal: String?)] = [
        ("setPower('vm-109', 'start')", "vm-109 is on already"),
        ("setPower('vm-110', 'stop')", "vm-110 is off already"),
        ("setPower('vm-110', 'reset')", "vm-110 is off"),
        ("setPower('vm-110', 'suspend')", "vm-110 is off"),
        ("setPower('vm-109', 'stop')", nil), ("setPower('vm-110', 'start')", nil),
        ("setPower('vm-109', 'reset')", nil),
        ("deleteVM('vm-109')", "vm-109 is on"), ("deleteVM('vm-110')", nil),
        ("setPower('vm-109', 'stop') deleteVM('vm-109')", nil),
        ("setPower('vm-109', 'suspend') setPower('vm-109', 'suspend')", "vm-109 is suspended"),
        ("setPower('vm-109', 'suspend') deleteVM('vm-109')", "vm-109 is suspended"),
        ("deleteVM('vm-110') setPower('vm-110', 'start')", "vm-110 is deleted by then"),
        ("setPower('vm-110', 'start') checkIn('\(rhel)', 'vm-110', 'm')", "vm-110 is on"),
        ("setPower('vm-110', 'start') deleteCheckOut('\(rhel)', 'vm-110')", "vm-110 is on"),
        ("checkIn('\(rhel)', 'vm-110', 'm')", nil),
        ("rollback('\(ubuntu)', '2', 'm')", "2 is the latest version"),
        ("deleteVersion('\(ubuntu)', '2')", "2 is the latest version"),
        ("checkOut('\(rhel)', { name = 'x', \(place) })", "vm-110 is checked out of it"),
        ("checkOut('\(ubuntu)', { name = 'x', \(place) })", nil),
        ("checkOut('\(ubuntu)', { name = 'jump-host', \(place) })", "its name is taken by vm-109"),
        ("deploy('\(ubuntu)', { name = 'jump-host', \(place) })", "its name is taken by vm-109"),
        ("deploy('\(ubuntu)', { name = 'jump-host', placement = { folder = 'group-v31' } })", nil),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-9' } })",
            "there is no folder group-9"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-v3', resource_pool = 'no' } })",
            "there is no resource pool no"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-v3', host = 'host-9' } })",
            "there is no host host-9"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-v3', cluster = 'c' } })",
            "there is no cluster c"
        ),
        ("deleteItem('\(rhel)')", "vm-110 is checked out of it"), ("deleteItem('\(ubuntu)')", nil),
        ("deploy('\(ubuntu)', { name = 'd', \(place) }) rollback('\(ubuntu)', '1', 'm')", nil),
        ("deleteVM('vm-110') deleteItem('\(rhel)')", nil),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = 'l-1' }",
            "there is no library l-1"
        ),
        (
            "createTemplate{ source_vm = 'vm-9', name = 'n', library = findLibraries{ name = 'golden' }[1] }",
            "there is no machine vm-9"
        ),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'rhel-9', library = findLibraries{ name = 'golden' }[1] }",
            "its name is taken by \(rhel)"
        ),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = findLibraries{ name = 'golden' }[1], \(place) }",
            nil
        ),
        (
            "for i = 1, 2 do deploy('\(ubuntu)', { name = 'twice', \(place) }) end",
            "its name is taken by <planned 1: deploy>"
        ),
        ("for i = 1, 2 do deploy('\(ubuntu)', { name = 'x-{op}', \(place) }) end", nil),
    ]

    @Test(arguments: changes, ["rest", "api"])
    func `the plan says what the vCenter does`(
        _ change: (text: String, refusal: String?),
        _ dialect: String
    )
        throws
    {
        let runs = try Runs()
        let plan = try runs.vmoon(["--dry-run", "--api", dialect, "-e", change.text])
        #expect(plan.status == 0, "\(plan)")
        let last = plan.error.split(separator: "\n").last ?? ""
        let isRefused = last.contains("would be refused")
        #expect(isRefused == (change.refusal != nil), "\(last)")
        if let refusal = change.refusal { #expect(last.contains(refusal), "\(last)") }
        let real = try runs.vmoon(["--api", dialect, "-e", change.text])
        #expect((real.status == 0) == !isRefused, "\(real)")
    }

    /// What the simulator takes without a look.
    static let unlooked = [
        ("vm_home_storage = { datastore = 'd-9' }", "there is no datastore d-9"),
        ("disk_storage = { datastore = 'd-9' }", "there is no datastore d-9"),
        (
            "disk_storage_overrides = { ['2000'] = { datastore = 'd-9' } }",
            "there is no datastore d-9"
        ),
        (
            "hardware_customization = { nics = { ['4000'] = { network = 'n-9' } } }",
            "there is no network n-9"
        ),
        ("hardware_customization = { nics = { ['4000'] = { network = 'network-14' } } }", nil),
        ("vm_home_storage = { datastore = 'datastore-11' }", nil),
    ]

    @Test(arguments: unlooked) func `storage and networks are looked for`(
        _ field: String,
        _ refusal: String?
    )
        throws
    {
        let run = try Runs().vmoon([
            "--dry-run", "-e", "deploy('\(Self.ubuntu)', { name = 'd', \(Self.place), \(field) })",
        ])
        #expect(run.error.contains("would be refused") == (refusal != nil), "\(run)")
        if let refusal { #expect(run.error.contains(refusal), "\(run)") }
    }

    @Test func `each name, place and machine is read once`() throws {
        let runs = try Runs()
        let run = try runs.vmoon([
            "--dry-run", "-e",
            """
            for i = 1, 5 do
              deploy('\(Self.ubuntu)', { name = 'd', \(Self.place) })
              setPower('vm-109', 'reset')
            end
            """,
        ])
        #expect(run.status == 0, "\(run)")
        let asked = try runs.simulator.requests().compactMap { $0["operation"]?.string }
        for operation in ["getItem", "listFolders", "listResourcePools", "listVMs", "getPower"] {
            #expect(asked.count { $0 == operation } == 1, "\(asked)")
        }
    }

    @Test func `what cannot be looked up is said to be unknown`() throws {
        let runs = try Runs()
        for operation in ["listFolders", "listVMs"] {
            try runs.simulator.add(fault: MainPathTests.fault(operation, "unauthorized"))
        }
        let text = "deploy('\(Self.ubuntu)', { name = 'd', \(Self.place) })"
        let run = try runs.vmoon(["--dry-run", "-e", text])
        #expect(run.status == 0 && !run.error.contains("refused"), "\(run)")
        #expect(run.error.contains("whether folder group-v3 is there is not known"), "\(run)")
        #expect(run.error.contains("whether the name d is free is not known"), "\(run)")
    }

    @Test func `the plan of a machine that is not there fails as the change would`() throws {
        let run = try Runs().vmoon(["--dry-run", "-e", "deleteVM('vm-9')"])
        #expect(run.status == 66 && run.error.contains("not_found"), "\(run)")
    }
}
