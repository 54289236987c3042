import JSON
import Support
import Testing

/// The reads of a plan: what they find, and how many there are.
extension PlanRefusalTests {
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
        for operation in ["getItem", "listFolders", "listResourcePools", "listVMs", "getVM"] {
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
