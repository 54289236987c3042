import Foundation
import JSON
import Support
import Testing

/// `vmoon privileges`: a role with what it prints is enough, and one with less is not.
struct PrivilegesTests {
    struct Job: Sendable, CustomTestStringConvertible {
        let name: String
        /// Its text; nil for a script of the project.
        var script: String?
        var arguments: [String] = []
        /// Files that it finds beside it.
        var files: [String: String] = [:]
        /// The answer that the simulator is told to give.
        var stubs: JSONValue = []
        /// How the script ends when all goes well.
        var status: Int32 = 0
        /// Why it needs nothing but `System.Read`; nil if it needs more.
        ///
        /// vCenter gives that to every role: nothing of such a role can be taken away but in the simulator, where the
        /// script then fails. From the role of any other job it is not taken.
        var least: Least?

        var testDescription: String { name }
    }

    enum Least: Sendable {
        /// It only reads.
        case reads
        /// Nothing is documented for what it calls, and `System.Read` is taken.
        case undocumented
    }

    /// The scripts of the project, each with arguments with which it has something to do.
    static let scripts = [
        Job(name: "demo"),
        Job(
            name: "discard-checkouts",
            arguments: ["users.txt"],
            files: ["users.txt": "VSPHERE.LOCAL\\alice\n"]
        ),
        Job(name: "nightly-rollback", arguments: ["golden/ubuntu-22.04"]),
        Job(
            name: "release-train",
            arguments: [
                "--folder", "vm", "--pool", "build", "golden/ubuntu-22.04", "--", "true",
                "--", "true",
            ]
        ),
        Job(
            name: "rollback-if-unhealthy",
            arguments: ["golden/ubuntu-22.04", "--", "false"],
            status: 3
        ),
        Job(name: "stale-checkouts", arguments: ["1"], least: .reads),
        Job(name: "change-report", arguments: ["--since", "3000d"], least: .reads),
        Job(
            name: "deploy-fleet",
            arguments: [
                "--folder", "vm", "--pool", "cluster-1", "golden/debian-12", "web-", "2",
            ]
        ),
        Job(name: "version-drift", arguments: ["here", "there"], least: .reads),
    ]

    /// Calls of several families in one script.
    static let own = [
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
            name: "calls of the API",
            script: """
                print(#api.vcenter.network.list{}, #api.vcenter.VM.list{})
                api.vcenter.vm.power.start{ vm = "vm-110" }
                """
        ),
        Job(
            name: "a path",
            script: """
                print(request{ path = "/vcenter/vm/vm-110", maps = { "disks", "nics" } }.name)
                request{ method = "DELETE", path = "/vcenter/vm/vm-110" }
                """
        ),
    ]

    /// The scripts of the cookbook, by the line at which each begins.
    private static func cookbook() throws -> [Job] {
        let readers: Set = ["Who holds what", "The versions of every template"]
        let page = try Document("scripts/COOKBOOK.md")
        return page.blocks.filter { block in
            block.language == "lua" && block.mark("file")?.hasSuffix("_test.lua") != true
        }
        .map { block in
            let title = page.lines[..<block.start].last { $0.hasPrefix("## ") }?.dropFirst(3) ?? ""
            return Job(
                name: "cookbook: \(title)",
                script: block.text,
                arguments: block.mark("file") == nil ? [] : ["golden/rhel-9", "30"],
                least: readers.contains { title.hasPrefix($0) } ? .reads : nil
            )
        }
    }

    /// The lines of the table in `docs/api.md`.
    private static func lines() throws -> [Job] {
        try APIJobTests.jobs().map { line, operation in
            Job(
                name: "api.md: \(line)",
                script: line,
                stubs: [
                    [
                        "operation": .string(operation),
                        "answer": APIJobTests.results[operation] ?? .null,
                    ]
                ],
                least: documented.contains(operation) ? nil : .undocumented
            )
        }
    }

    /// Those of them for which privileges are documented, and more than `System.Read`.
    static let documented: Set<String> = [
        "vcenter.guest.customization_specs.list", "vcenter.vm.guest.customization.set",
        "content.local_library.publish", "content.subscribed_library.sync",
        "content.library.item.update", "vcenter.VM.clone",
    ]

    static let jobs: [Job] = {
        do { return try scripts + cookbook() + lines() + own } catch { return [] }
    }()

    /// A simulator for all runs of a job, and its inventory as it was.
    private struct Bench {
        let runs: Runs
        let job: Job
        let script: String
        private let state: JSONValue

        init(_ job: Job) throws {
            self.job = job
            runs = try Runs()
            state = try runs.simulator.state()
            for (name, text) in job.files { try runs.folder.write(text, to: name) }
            // Two vCenters are one here.
            let own = "vcenter = \"\(runs.simulator.url)\""
            if let text = job.script?.replacing(/vcenter = "[ab].example.com"/, with: own) {
                script = try runs.folder.write(text, to: "job.lua")
            } else {
                script = WorkflowBench.script(job.name)
            }
            let word = try runs.folder.write(runs.simulator.password, to: "word", mode: 0o600)
            let profile = """
                { vcenter = "\(runs.simulator.url)", user = "\(runs.simulator.user)",
                  ca_file = "\(runs.simulator.caFile ?? "")", password_file = "\(word)" }
                """
            _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: runs.folder)
            try runs.folder.write(
                "return { here = \(profile), there = \(profile) }\n",
                to: ".config/vmoon/config.lua",
                mode: 0o600
            )
        }

        /// Puts everything back, and gives the account a role; nil for one that may do all.
        private func begin(_ role: [String]?) throws {
            try runs.simulator.admin("PUT", "/sim/state", state)
            if job.stubs.array?.isEmpty == false {
                try runs.simulator.admin("POST", "/sim/stubs", job.stubs)
            }
            guard let role else { return }
            let list: JSONValue = .array(role.map { .string($0) })
            try runs.simulator.admin("POST", "/sim/users", ["privileges": list])
        }

        /// The role that is printed for it; nothing was changed.
        func role() throws -> (role: [String], isDocumented: Bool) {
            try begin(nil)
            let run = try privileges(["--json"])
            let applied = try runs.simulator.requests().filter { $0["applied"] == .boolean(true) }
            #expect(applied.allSatisfy { $0["operation"]?.string?.hasSuffix("Session") == true })
            let document = try JSONValue(parsing: run.output)
            let operations = document["operations"]?.array ?? []
            return (
                (document["role"]?.array ?? []).compactMap(\.string),
                operations.contains { $0["documented"] == true }
            )
        }

        func privileges(_ options: [String]) throws -> ProgramRun {
            try ProgramRun.of(
                "vmoon",
                ["privileges"] + runs.connection + options + [script] + job.arguments,
                environment: ["VMOON_PASSWORD": runs.simulator.password],
                in: runs.folder
            )
        }

        /// Runs the job for real, with a role.
        ///
        /// A change without a documented privilege needs one that is none for reading, whichever it is.
        func run(_ role: [String]) throws -> ProgramRun {
            try begin(role + ["Any.Other"])
            return try runs.vmoon([script] + job.arguments)
        }
    }

    @Test func `every script of the project has a row`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(projectRoot)/scripts")
        let names = files.filter { $0.hasSuffix(".lua") && !$0.hasSuffix(".d.lua") }
        #expect(Set(names) == Set(Self.scripts.map { $0.name + ".lua" }))
        #expect(Self.jobs.count == Self.scripts.count + Self.own.count + 8 + 20)
    }

    @Test(arguments: jobs) func `the role that is printed is enough, and each part of it is needed`(
        _ job: Job
    ) throws {
        let bench = try Bench(job)
        let (role, isDocumented) = try bench.role()
        #expect(role.contains("System.Read") && role.count < 16, "\(role)")
        #expect((role == ["System.Read"]) == (job.least != nil), "\(role)")
        #expect(isDocumented == (job.least != .undocumented))
        let run = try bench.run(role)
        #expect(run.status == job.status, "\(role): \(run)")
        for privilege in role where job.least != nil || privilege != "System.Read" {
            let less = try bench.run(role.filter { $0 != privilege })
            let isSame = Document.isSame(run.lines, less.lines)
            #expect(less.status != job.status || !isSame, "without \(privilege): \(less)")
        }
    }

    @Test
    func `people get each operation with its objects, and the script's output goes elsewhere`()
        throws
    {
        let bench = try Bench(
            Job(
                name: "own",
                script: "print 'from the script' setPower('vm-110', 'start') listVMs()"
            )
        )
        let run = try bench.privileges([])
        #expect(
            run.output == """
                setPower, a change
                  VirtualMachine.Interact.PowerOn  VirtualMachine
                getVM
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
        let made = try bench.privileges(["--role", "night"])
        #expect(
            made.output.contains("govc role.create 'night' VirtualMachine.Interact.PowerOn\n")
        )
        #expect(made.output.contains("New-VIRole -Name 'night' -Privilege (Get-VIPrivilege -Id "))
        let both = try bench.privileges(["--role", "night", "--json"])
        #expect(both.status == 64, "\(both)")
        let failing = Job(name: "own", script: "listVMs() error 'no'")
        let failed = try Bench(failing).privileges([])
        #expect(failed.status == 1 && failed.output.contains("the smallest role:"), "\(failed)")
        #expect(failed.error.contains("what comes after may need more"))
        let missing = try Bench(Job(name: "no-such-script")).privileges([])
        #expect(missing.status == 66 && missing.output == "", "\(missing)")
    }

    @Test func `a request is told by its operation, or else by its path`() throws {
        let script = """
            request{ path = "/vcenter/vm/vm-110", maps = { "disks", "nics" } }
            request{ path = "/vcenter/vm/vm-109", maps = { "disks", "nics" } }
            request{ method = "POST", path = "/vcenter/vm/vm-110/power?action=start" }
            pcall(request, { path = "/no/such/path?name=a" })
            """
        let bench = try Bench(Job(name: "requests", script: script))
        let run = try bench.privileges([])
        #expect(
            run.output == """
                request of vcenter.VM.get
                  System.Read                      VirtualMachine
                request of vcenter.vm.power.start, a change
                  VirtualMachine.Interact.PowerOn  VirtualMachine
                nothing is documented for these, and System.Read is taken:
                  request GET /no/such/path
                the smallest role:
                  System.Read
                  VirtualMachine.Interact.PowerOn

                """,
            "\(run)"
        )
    }

    @Test func `words after the script are the script's`() throws {
        let job = Job(
            name: "own",
            script: "io.stderr:write(table.concat(arg, ','))",
            arguments: ["--json", "-x"]
        )
        let run = try Bench(job).privileges([])
        #expect(run.error.contains("--json,-x"), "\(run)")
        #expect(run.output.hasPrefix("the smallest role"), "\(run)")
    }
}
