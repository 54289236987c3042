import JSON
import Support
import Testing

/// Runs that may change nothing: `--read-only` and `--dry-run`.
@Suite struct PolicyTests {
    static let ubuntu = "00000000-0000-4000-a17e-000000000001"
    static let rhel = "00000000-0000-4000-a17e-000000000002"

    /// Every function that changes something, called so that it would work.
    static let changes = [
        "checkOut('\(ubuntu)', { name = 'x', placement = { folder = 'group-v3' } })",
        "checkIn('\(rhel)', 'vm-110', 'm')", "deleteCheckOut('\(rhel)', 'vm-110')",
        "rollback('\(ubuntu)', '1', 'm')", "rollback('\(ubuntu)', '1', 'm', { if_latest = '2' })",
        "deleteVersion('\(ubuntu)', '1')",
        "createTemplate{ source_vm = 'vm-109', name = 'n', library = 'l' }",
        "deploy('\(ubuntu)', { name = 'd' })", "deleteVM('vm-110')", "setPower('vm-110', 'start')",
        "request{ method = 'POST', path = '/vcenter/x' }",
        "request{ method = 'DELETE', path = '/vcenter/x' }",
        "session():request{ method = 'PATCH', path = '/vcenter/x', body = { a = 1 } }",
        "http.post('https://hook.invalid/x?token=1', { body = 'b' })",
    ]

    /// The requests of a simulator that changed something, or were meant to.
    private func changing(_ runs: Runs) throws -> [String] {
        try runs.simulator.requests().compactMap { request in
            let path = request["path"]?.string ?? ""
            let query = request["query"]?.string ?? ""
            let method = request["method"]?.string ?? ""
            let isHarmless =
                method == "GET" || path.hasSuffix("/session") || query.hasSuffix("find")
            return isHarmless ? nil : "\(method) \(path)"
        }
    }

    @Test(arguments: changes)
    func `a run that only reads refuses every change before it is sent`(_ change: String) throws {
        let runs = try Runs()
        let run = try runs.vmoon(["--read-only", "-e", "print(#listLibraries()) \(change)"])
        #expect(run.output == "4\n")
        #expect(run.status == 77, "\(run.error)")
        #expect(run.error.contains("forbidden_by_policy"))
        #expect(try changing(runs).isEmpty)
    }

    @Test func `a refused change does not even log in`() throws {
        let runs = try Runs()
        let run = try runs.vmoon(["--read-only", "-e", "deleteVM('vm-110')"])
        #expect(run.status == 77)
        #expect(try runs.sessions().logIns == 0)
    }

    @Test(arguments: changes, ["rest", "api"])
    func `a dry run sends no change and says what it would do`(
        _ change: String,
        _ dialect: String
    ) throws {
        let runs = try Runs()
        let run = try runs.vmoon(["--dry-run", "--api", dialect, "-e", change])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.error.hasPrefix("plan: 1. "), "\(run.error)")
        #expect(run.error.split(separator: "\n").count == 1)
        #expect(try changing(runs).isEmpty)
    }

    @Test func `a plan names the item, its latest version, and what is purged`() throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local rhel, ubuntu = item "golden/rhel-9", item "golden/ubuntu-22.04"
            rhel:checkIn(rhel:listCheckOuts()[1].vm, "patched")
            ubuntu:rollback("1", "bad", { if_latest = "2" })
            print(pcall(ubuntu.rollback, ubuntu, "1", "bad", { if_latest = "7" }))
            print(pcall(deleteVersion, "no-such-item", "1"))
            ubuntu:deleteVersion("1")
            """,
            ["--dry-run"]
        )
        #expect(run.status == 0)
        #expect(
            run.error == """
                plan: 1. checkIn item rhel-9 (\(Self.rhel)), vm rhel-9-patching (vm-110): latest is 2; 2 becomes the previous version; purges version 1
                plan: 2. rollback item ubuntu-22.04 (\(Self.ubuntu)), version 1: latest is 2; goes back to 1, which gets a new identifier; 2 becomes the previous version; purges nothing
                plan: 3. deleteVersion item ubuntu-22.04 (\(Self.ubuntu)), version 1: latest is <planned 2: rollback>; would be refused after the changes above: 1 is no live version (a dry run reads what is live now)

                """
        )
        #expect(run.lines.count == 2 && run.lines[0].contains("conflict"))
        #expect(run.lines[1].contains("not_found"))
    }

    @Test func `a plan follows an item through all its changes`() throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local i, spec = item "golden/ubuntu-22.04", { name = "x", placement = { folder = "group-v3" } }
            i:rollback("1", "m")
            local vm = i:checkOut(spec)
            i:checkOut(spec)
            i:checkIn(vm, "z")
            """,
            ["--dry-run"]
        )
        #expect(run.status == 0, "\(run.error)")
        let lines = run.error.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines[2].hasSuffix(
                "after the changes above: <planned 2: checkOut> is checked out of it"
            )
        )
        #expect(lines[3].hasSuffix("; purges version 2"))
    }

    @Test(arguments: ["listVersions", "listCheckOuts"], ["rest", "api"])
    func `a plan of what cannot be read fails as the change would`(
        _ operation: String,
        _ dialect: String
    ) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: MainPathTests.fault(operation, "unauthorized"))
        for change in Self.changes.prefix(6) {
            let run = try runs.vmoon(["--dry-run", "--api", dialect, "-e", change])
            #expect(run.status == 77, "\(change): \(run.error)")
            #expect(!run.error.contains("purges"), "\(run.error)")
        }
    }

    @Test func `a plan names the library of a new template, and what is not checked out`() throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            createTemplate{ source_vm = "vm-109", name = "n", library = "l-1" }
            item("golden/ubuntu-22.04"):deleteCheckOut("vm-109")
            """,
            ["--dry-run"]
        )
        #expect(
            run.error == """
                plan: 1. createTemplate name n, source_vm jump-host (vm-109), library l-1: would be refused: there is no library l-1
                plan: 2. deleteCheckOut item ubuntu-22.04 (\(Self.ubuntu)), vm jump-host (vm-109): latest is 2; would be refused: vm-109 is not checked out of it

                """
        )
    }

    @Test func `calls that use the result of a planned call are planned too`() throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local ubuntu = item "golden/ubuntu-22.04"
            local vm = ubuntu:checkOut{ name = "patch", placement = { folder = "group-v3" } }
            setPower(vm, "start")
            print(getVM(vm).name, #listVMs{ vms = { vm } }, getPower(vm).state .. "!")
            print("checked in as " .. ubuntu:checkIn(vm, "done"))
            local copy = item(createTemplate{ source_vm = vm, name = "copy", library = "l" })
            print(copy:latest(), #copy:listVersions(), request{ path = "/vcenter/vm/vm-109" }.name)
            """,
            ["--dry-run"]
        )
        #expect(run.status == 0, "\(run.error)")
        #expect(try changing(runs).isEmpty)
        #expect(
            run.lines == [
                "<planned 3: getVM>\t0\tPOWERED_ON!",
                "checked in as <planned 6: checkIn>", "<planned 8: getItem>\t0\tjump-host",
            ]
        )
        let asked = try runs.simulator.requests().compactMap { $0["path"]?.string }
        #expect(!asked.contains { $0.contains("planned") })
    }
}
