import JSON
import Support
import Testing

/// Wrong calls of everything that is about a vCenter: each is refused before there is a log-in.
@Suite struct MisuseTests {
    /// The functions that are about something else, or that log in themselves.
    private static let others: Set = [
        "session", "parallel", "spawn", "sleep", "waitFor", "retry", "fail", "shard", "step",
        "options", "confirm", "ask", "exec", "isDryRun", "show", "progress", "help", "test", "run",
        "api",
    ]

    /// Calls with something wrong in a table, or in what is optional.
    private static let calls = [
        "deploy('i', { nmae = 'x' })", "deploy('i', { name = 1 })", "deploy('i')",
        "checkOut('i', { placement = 'x' })", "checkIn('i', 'vm-1')", "checkIn('i', 'vm-1', '')",
        "deleteCheckOut('i')", "deleteVersion('i')", "rollback('i', '1')",
        "rollback('i', '1', 'm', { if_ltest = '2' })", "rollback('i', '1', 'm', { if_latest = 2 })",
        "rollback('i', '1', 'm', { if_latest = '2' }, 5)", "createTemplate{ name = 'n' }",
        "findItems('x')", "findLibraries('x')", "updateItem('i')", "updateItem('i', { name = 1 })",
        "deployOVF('i', {})", "listVMs{ nmaes = 'x' }", "listFolders{ x = 1 }", "listVMs('x')",
        "setPower('vm-1')", "setPower('vm-1', 'off')", "getVM('..')", "getVM('')",
        "customize('vm-1')", "setHardware('vm-1')", "setHardware('vm-1', { cpu = 1 })",
        "setHardware('vm-1', { cpu_count = 0 })", "setHardware('vm-1', { cpu_count = 1 }, 2)",
        "waitForPower('vm-1', 'on')", "waitForPower('vm-1', 'POWERED_ON', { timeot = 1 })",
        "waitForGuest('vm-1', { tools = 1 })", "waitForGuest('vm-1', { timeout = 'x' })",
        "createLibrary{ nmae = 'x' }", "createLibrary{ name = 'x', storage_backings = { {} } }",
        "deleteLibrary('')", "publish('x', { subscriptons = {} })", "publish('')",
        "publish('x', { subscriptions = 'y' })", "sync('x', { force = true })",
        "listSubscriptions('x', 'y')", "attachTag('vm-1')", "attachTag('vm-1', 'x')",
        "attachTag('strange', 'a/b')", "detachTag({ type = 'Folder' }, 'a/b')",
        "listTags('strange')", "find.vm('')", "find.folder('/')", "placement{}",
        "placement{ floder = 'x' }", "placement{ cluster = 'c', folder = 1 }", "placement('x')",
        "items('golden')", "items('golden/*', { tpye = 'x' })", "item('a', 'b')",
        "request{ path = '/x', methd = 'GET' }", "request{ method = 'GET' }",
        "request{ path = '/x', method = 'FETCH' }", "getTask('t', 'x')", "cancelTask()",
        "api.vcenter.VM.get{}", "api.vcenter.VM.get{ vmm = 'x' }", "api.vcenter.VM.list('x')",
    ]

    @Test(arguments: [[], ["--dry-run"]])
    func `a wrong call is refused before there is a log-in`(_ options: [String]) throws {
        let names = try ProgramRun.of("vmoon", ["--completions", "functions"]).lines.filter {
            name in
            let module = name.split(separator: ".").first.map(String.init) ?? name
            return !name.contains(":") && !Self.others.contains(module)
                && ![
                    "json", "csv", "log", "time", "http", "secret", "assert", "sim", "vmoon",
                ].contains(module)
        }
        #expect(names.count > 60, "\(names)")
        // The function itself is no text, no table and no identifier.
        let calls = Self.calls + names.map { "\($0)(print)" }
        let runs = try Runs()
        let list = calls.map { "[====[\($0)]====]" }.joined(separator: ", ")
        let run = try runs.script(
            """
            for _, text in ipairs{ \(list) } do
              local ok, err = pcall(assert(load(text)))
              local kind = type(err) == "table" and err.kind
              if ok or kind ~= "usage" and not (text:find "print" and type(err) == "string") then
                print(text, ok, err)
              end
            end
            """,
            options
        )
        #expect(run.output.isEmpty && run.status == 0, "\(run)")
        #expect(try runs.simulator.requests().isEmpty)
    }

    @Test func `the first right call behind a wrong one logs in`() throws {
        let runs = try Runs()
        let run = try runs.vmoon(["-e", "print((pcall(getItem)), #listLibraries() > 0)"])
        #expect(run.output == "false\ttrue\n", "\(run)")
        let sessions = try runs.sessions()
        #expect(sessions == (1, 1))
    }
}
