import Support
import Testing

/// Whatever a script makes the host keep counts against `--memory-limit`, and it is told so by Lua's own error.
@Suite(.serialized) struct MemoryLimitTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let code: String
        var megabytes = 16
        var isSandboxed = true
        /// The exit code: 1 where the error ends the run, 0 where the script goes on after it, or is within the limit.
        var status: Int32 = 1
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "titles of progress",
            code: "local s, t = ('x'):rep(20000), {} for i = 1, 20000 do t[i] = progress(9, s) end"
        ),
        Row(name: "progress", code: "local t = {} for i = 1, 1e6 do t[i] = progress(9, 'x') end"),
        Row(
            name: "progress that is dropped",
            code: "local s = ('x'):rep(10000) for i = 1, 5000 do progress(9, s) end",
            status: 0
        ),
        Row(
            name: "errors that are caught",
            code: """
                local t, s = {}, ('x'):rep(20000)
                for i = 1, 5000 do local ok, p = pcall(progress, 9, s) if ok then t[#t + 1] = p end end
                assert(#t < 3000) t = nil collectgarbage() progress(9, s)
                """,
            status: 0
        ),
        Row(
            name: "items",
            code: """
                local id, t = item('golden/ubuntu-22.04').id, {}
                for i = 1, 60000 do t[i] = item(id) end
                """,
            megabytes: 4
        ),
        Row(
            name: "outputs of programs",
            code: """
                parallel({ n = 16 }, function() exec{ 'head', '-c', '60000000', '/dev/zero' } end)
                """,
            isSandboxed: false
        ),
        Row(
            name: "outputs and errors of programs",
            code: """
                local c = 'head -c 60000000 /dev/zero; head -c 60000000 /dev/zero >&2'
                parallel({ n = 16 }, function() exec{ 'sh', '-c', c } end)
                """,
            megabytes: 64,
            isSandboxed: false
        ),
        Row(
            name: "an output that fits",
            code: "assert(#exec{ 'head', '-c', '3000000', '/dev/zero' }.stdout == 3000000)",
            isSandboxed: false,
            status: 0
        ),
        Row(
            name: "inputs of programs",
            code: """
                local s = ('x'):rep(3000000)
                parallel({ n = 64 }, function() exec{ 'sleep', '3', stdin = s } end, { limit = 64 })
                """,
            isSandboxed: false
        ),
        Row(
            name: "secrets in files",
            code: """
                local t = {}
                for i = 1, 1000 do
                  local f = io.open('s', 'w') f:write(('k' .. i):rep(9000)) f:close()
                  t[i] = secret.file 's'
                end
                """,
            isSandboxed: false
        ),
        Row(
            name: "secrets of programs",
            code: """
                local t = {}
                for i = 1, 1000 do t[i] = secret.command{ 'printf', '%s', ('k' .. i):rep(9000) } end
                """,
            isSandboxed: false
        ),
        Row(
            name: "bodies of requests",
            code: """
                local s = ('x'):rep(1000000)
                for i = 1, 400 do spawn(http.post, 'http://127.0.0.1:1/', { body = s }) end
                """,
            isSandboxed: false
        ),
        Row(
            name: "heads of requests",
            code: """
                local s = ('x'):rep(1000000)
                for i = 1, 100 do spawn(http.get, 'http://127.0.0.1:1/', { headers = { a = s } }) end
                """,
            isSandboxed: false
        ),
        Row(
            name: "paths",
            code: "local s = ('/'):rep(5e6) for i = 1, 64 do spawn(request, { path = s }) end"
        ),
        Row(
            name: "a text of JSON",
            code: "local s, t = ('\\1'):rep(1e6), {} for i = 1, 1000 do t[i] = s end json.encode(t)"
        ),
        Row(
            name: "a value of JSON",
            code: "json.decode('[' .. ('{\"a\":[]},'):rep(300000) .. '1]')"
        ),
        Row(
            name: "what is shown",
            code: "local s, t = ('x'):rep(3e6), {} for i = 1, 1000 do t[i] = { a = s } end show(t)"
        ),
        Row(name: "a long topic", code: "help(('x'):rep(1e7))"),
        Row(
            name: "calls that wait",
            code: "for i = 1, 1e6 do spawn(sleep, 9) if i % 1000 == 0 then sleep(0) end end"
        ),
        Row(
            name: "failures of tasks",
            code: "for i = 1, 1e6 do spawn(error, 'x' .. i) if i % 100 == 0 then sleep(0) end end"
        ),
        Row(name: "a long error", code: "error(('x'):rep(7e6))"),
    ]

    @Test(arguments: rows) func `the host keeps no more than the limit`(_ row: Row) throws {
        let runs = try Runs()
        let script = try runs.folder.write(row.code, to: "script.lua")
        let words =
            [try SimulatorProcess.program("vmoon")] + runs.connection
            + ["--memory-limit", "\(row.megabytes)M"] + (row.isSandboxed ? ["--sandbox"] : [])
            + [script]
        // The most that it ever had, in KiB, as the kernel counts it.
        let measure = """
            import os, resource, sys
            status = os.spawnvp(os.P_WAIT, sys.argv[1], sys.argv[1:])
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print("\\nmost", most)
            sys.exit(status)
            """
        let quoted = (["python3", "-c", measure] + words).map { "'\($0)'" }.joined(separator: " ")
        let run = try ProgramRun.shell(
            quoted,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder,
            within: 120
        )
        #expect(run.status == row.status, "\(run.error.suffix(300))")
        if row.status == 1 {
            #expect(run.error.contains("not enough memory"), "\(run.error.suffix(300))")
        }
        let most = try #require(run.lines.last?.split(separator: " ").last.flatMap { Int($0) })
        #expect(most >> 10 < row.megabytes + 64, "\(most >> 10) MB")
    }

    @Test(arguments: [
        "while pcall(spawn, function() end) do end", "while true do spawn(function() end) end",
        "while pcall(spawn, sleep, 0.01) do end",
    ]) func `many tasks at the limit do not make each other crawl`(_ code: String) throws {
        // Ten seconds and more for each hundred of them, where each first resume collects all garbage.
        let run = try ProgramRun.of(
            "vmoon",
            ["--memory-limit", "64M", "--deadline", "45s", "-e", code]
        )
        #expect(run.status == 0 || run.status == 1, "\(run)")
        if run.status == 1 { #expect(run.error.contains("not enough memory"), "\(run)") }
    }
}
