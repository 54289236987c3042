import JSON
import Support
import Testing

/// `vmoon privileges`: a role with what it prints is enough, and one with less is not.
struct PrivilegesTests {
    struct Job: Sendable, CustomTestStringConvertible {
        let name: String
        var script: String?
        var arguments: [String] = []
        /// How the script ends when all goes well.
        var status: Int32 = 0

        var testDescription: String { name }
    }

    static let jobs = [
        Job(name: "nightly-rollback", arguments: ["golden/ubuntu-22.04"]),
        Job(name: "stale-checkouts", arguments: ["1"]),
        Job(
            name: "rollback-if-unhealthy",
            arguments: ["golden/ubuntu-22.04", "--", "false"],
            status: 3
        ),
        Job(
            name: "a patched template",
            script: """
                local it = item "golden/ubuntu-22.04"
                local place = { folder = listFolders()[1].folder, resource_pool = listResourcePools()[1].resource_pool }
                local vm = it:checkOut{ name = "patch-{op}", placement = place }
                it:checkIn(vm, "patched")
                """
        ),
        Job(
            name: "power and deletion",
            script: """
                setPower("vm-110", "start")
                setPower("vm-110", "stop")
                deleteVM("vm-110")
                """
        ),
        Job(
            name: "everyday changes",
            script: """
                assert(#listCustomizationSpecs() > 0)
                customize("vm-110", { name = "linux" })
                updateItem("\(VerbDoubtTests.ovf)", { description = "d" })
                publish("\(VerbDoubtTests.golden)")
                setHardware("vm-110", { cpu_count = 4 })
                attachTag("vm-110", "stage/test")
                deployOVF("\(VerbDoubtTests.ovf)", { deployment_spec = { name = "p", accept_all_EULA = true },
                  target = { resource_pool_id = "resgroup-8" } })
                """
        ),
        Job(
            name: "a call of the API",
            script: """
                print(#api.vcenter.network.list{}, #api.vcenter.VM.list{})
                api.vcenter.vm.power.start{ vm = "vm-110" }
                """
        ),
    ]

    private func script(_ job: Job, _ runs: Runs) throws -> String {
        guard let text = job.script else { return WorkflowBench.script(job.name) }
        return try runs.folder.write(text, to: "job.lua")
    }

    private func privileges(
        _ job: Job,
        _ runs: Runs,
        _ options: [String] = ["--json"]
    ) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["privileges"] + runs.connection + options + [try script(job, runs)] + job.arguments,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
    }

    private func role(_ job: Job) throws -> [String] {
        let runs = try Runs()
        let run = try privileges(job, runs)
        let applied = try runs.simulator.requests().filter { $0["applied"] == .boolean(true) }
        #expect(applied.allSatisfy { $0["operation"]?.string?.hasSuffix("Session") == true })
        let document = try JSONValue(parsing: run.output)
        return (document["role"]?.array ?? []).compactMap(\.string)
    }

    /// Runs the job for real, with a role.
    private func status(_ job: Job, _ role: [String]) throws -> ProgramRun {
        let runs = try Runs()
        let list: JSONValue = .array(role.map { .string($0) })
        _ = try runs.simulator.admin("POST", "/sim/users", ["privileges": list])
        return try runs.vmoon([try script(job, runs)] + job.arguments)
    }

    @Test(arguments: jobs) func `the role that is printed is enough, and each part of it is needed`(
        _ job: Job
    ) throws {
        let role = try role(job)
        #expect(role.contains("System.Read") && role.count < 12, "\(role)")
        let run = try status(job, role)
        #expect(run.status == job.status, "\(role): \(run)")
        // vCenter gives System.Read to every role.
        for privilege in role where privilege != "System.Read" {
            let less = try status(job, role.filter { $0 != privilege })
            #expect(less.status != job.status, "without \(privilege): \(less)")
        }
    }

    @Test
    func `people get each operation with its objects, and the script's output goes elsewhere`()
        throws
    {
        let runs = try Runs()
        let job = Job(
            name: "own",
            script: "print 'from the script' setPower('vm-110', 'start') listVMs()"
        )
        let run = try privileges(job, runs, [])
        #expect(
            run.output == """
                setPower, a change
                  VirtualMachine.Interact.PowerOn  VirtualMachine
                getPower
                  System.Read                      VirtualMachine
                nothing is documented for these, and System.Read is taken:
                  listVMs
                the smallest role:
                  System.Read
                  VirtualMachine.Interact.PowerOn

                """,
            "\(run)"
        )
        #expect(run.status == 0 && run.error.contains("from the script"), "\(run)")
        let made = try privileges(job, runs, ["--role", "night"])
        #expect(
            made.output.contains("govc role.create 'night' VirtualMachine.Interact.PowerOn\n")
        )
        #expect(made.output.contains("New-VIRole -Name 'night' -Privilege (Get-VIPrivilege -Id "))
        let both = try privileges(job, runs, ["--role", "night", "--json"])
        #expect(both.status == 64, "\(both)")
        let failing = Job(name: "own", script: "listVMs() error 'no'")
        let failed = try privileges(failing, runs, [])
        #expect(failed.status == 1 && failed.output.contains("the smallest role:"), "\(failed)")
        #expect(failed.error.contains("what comes after may need more"))
        let missing = try privileges(Job(name: "no-such-script"), runs, [])
        #expect(missing.status == 66 && missing.output == "", "\(missing)")
    }

    @Test func `words after the script are the script's`() throws {
        let runs = try Runs()
        let job = Job(
            name: "own",
            script: "io.stderr:write(table.concat(arg, ','))",
            arguments: ["--json", "-x"]
        )
        let run = try privileges(job, runs, [])
        #expect(run.error.contains("--json,-x"), "\(run)")
        #expect(run.output.hasPrefix("the smallest role"), "\(run)")
    }
}
