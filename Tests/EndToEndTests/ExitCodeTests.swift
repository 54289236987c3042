import Foundation
import JSON
import Support
import Testing

/// Every exit code of the manual, and that it does not matter where in a script the error is raised.
@Suite struct ExitCodeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int32
        let name: String
        /// What a script calls.
        var call = ""
        var fault: JSONValue?
        var options: [String] = []
        /// The password, where it is not the right one.
        var password: String?
        var testDescription: String { "\(status): \(name)" }
    }

    private static func fault(_ operation: String, _ kind: String) -> JSONValue {
        [
            "match": ["operation": .string(operation)], "times": .null, "do": "error",
            "kind": .string(kind),
        ]
    }

    private static func answer(_ operation: String, _ what: String) -> JSONValue {
        ["match": ["operation": .string(operation)], "times": .null, "do": .string(what)]
    }

    private static let rollback = "item('golden/ubuntu-22.04'):rollback('1', 'm')"
    private static let quick = ["--settle", "10ms", "--resend", "0"]

    /// Errors of calls: they are raised, and can be raised anywhere.
    static let errors: [Row] = [
        Row(status: 1, name: "an error of the script's own", call: "error('boom')"),
        Row(status: 64, name: "a misuse", call: "getVM('')"),
        Row(
            status: 65,
            name: "refused input",
            call: "item('golden/photon-ova'):rollback('1', 'm')"
        ),
        Row(status: 65, name: "an ambiguous name", call: "item('edge/photon')", fault: nil),
        Row(status: 66, name: "nothing there", call: "getVM('vm-0')"),
        Row(
            status: 69,
            name: "an error of the server's",
            call: "getVM('vm-109')",
            fault: fault("getVM", "internal_server_error")
        ),
        Row(
            status: 69,
            name: "nobody listens",
            call: "session{ vcenter = 'https://127.0.0.1:1' }",
            options: ["--timeout", "1s"]
        ),
        Row(
            status: 69,
            name: "no answer in time",
            call: "getVM('vm-109')",
            fault: ["match": ["operation": "getVM"], "times": .null, "do": "delay", "ms": 60_000],
            options: ["--timeout", "1s"]
        ),
        Row(
            status: 75,
            name: "busy",
            call: "getVM('vm-109')",
            fault: fault("getVM", "resource_busy")
        ),
        Row(
            status: 75,
            name: "not accessible now",
            call: "getVM('vm-109')",
            fault: fault("getVM", "resource_inaccessible")
        ),
        Row(
            status: 75,
            name: "no room",
            call: "deleteVM('vm-109')",
            fault: fault("deleteVM", "unable_to_allocate_resource")
        ),
        Row(
            status: 76,
            name: "a malformed answer",
            call: "getVM('vm-109')",
            fault: answer("getVM", "malformed_json")
        ),
        Row(status: 77, name: "the wrong password", call: "listVMs()", password: "wrong"),
        Row(
            status: 77,
            name: "not permitted",
            call: "getVM('vm-109')",
            fault: fault("getVM", "unauthorized")
        ),
        Row(status: 77, name: "only reading", call: rollback, options: ["--read-only"]),
        Row(
            status: 78,
            name: "an unknown authority",
            call: "listVMs()",
            options: ["--ca-file", "/dev/null"]
        ),
        Row(
            status: 80,
            name: "a doubt",
            call: rollback,
            fault: answer("rollback", "reset_before_apply"),
            options: quick
        ),
        Row(status: 81, name: "checked out", call: "item('golden/rhel-9'):rollback('1', 'm')"),
        Row(
            status: 81,
            name: "in use",
            call: "getVM('vm-109')",
            fault: fault("getVM", "resource_in_use")
        ),
        Row(
            status: 124,
            name: "the deadline",
            call: "sleep(60)",
            options: ["--deadline", "2s"]
        ),
    ]

    /// Where in a script it is raised.
    static let places: [(name: String, text: @Sendable (String) -> String)] = [
        ("plainly", { $0 }),
        ("in parallel", { "parallel({ 1 }, function() \($0) end)" }),
        (
            "in nested parallel",
            { "parallel({ 1 }, function() parallel({ 1 }, function() \($0) end) end)" }
        ),
        ("in a coroutine", { "coroutine.wrap(function() \($0) end)()" }),
        ("in a task that is joined", { "spawn(function() \($0) end):join()" }),
        ("in a task that nobody joins", { "spawn(function() \($0) end)" }),
        (
            "in a <close> handler",
            { "do local c <close> = setmetatable({}, { __close = function() \($0) end }) end" }
        ),
        ("raised again", { "local ok, e = pcall(function() \($0) end) error(e, 0)" }),
        ("in a comparator", { "table.sort({ 1, 2 }, function() \($0) end)" }),
    ]

    @Test(arguments: errors) func `an error ends the run with its code, wherever it is raised`(
        _ row: Row
    ) throws {
        let runs = try Runs()
        if row.name == "an ambiguous name" { try Self.makeAmbiguous(runs) }
        if let fault = row.fault { try runs.simulator.add(fault: fault) }
        for place in Self.places {
            let text = place.text(row.call)
            let run = try runs.vmoon(
                row.options + ["--no-init", "-e", text],
                password: row.password
            )
            try? FileManager.default.removeItem(atPath: runs.folder.path + "/.local")
            #expect(run.status == row.status, "\(place.name): \(run)")
            #expect(run.error.hasPrefix("vmoon: "), "\(place.name): \(run.error)")
        }
    }

    /// Two items of one name in the libraries of one name.
    static func makeAmbiguous(_ runs: Runs) throws {
        var state = try runs.simulator.state()
        var libraries = state["libraries"]?.array ?? []
        let model = try #require(
            libraries[0]["items"]?.array?.first { $0["name"]?.string == "photon-ova" }
        )
        for (place, library) in libraries.enumerated() where library["name"]?.string == "edge" {
            var item = model
            item["id"] = .string("00000000-0000-4000-8000-00000000000\(place)")
            item["name"] = "photon"
            libraries[place]["items"] = .array([item])
        }
        state["libraries"] = .array(libraries)
        try runs.simulator.admin("PUT", "/sim/state", state)
    }

    // MARK: Codes that no call raises

    static let shells: [(status: Int32, line: String, says: String)] = [
        (0, "$V -e 'print(1)'", ""),
        (1, "$V -e 'x = = 1'", "unexpected symbol"),
        (64, "$V --nonsense", "unknown option"),
        (64, "$V --lock a/b -e ''", "--lock"),
        (66, "$V no-such-script.lua", "no-such-script.lua"),
        (70, "$V -e 'os.execute([[prlimit --pid $PPID --nofile=0:0]]) sleep(9)'", "the loop"),
        (73, "mkdir -m 755 s; VMOON_STATE_DIR=$PWD/s $V --lock a -e ''", "755"),
        (74, "$V -e 'print(1)' >/dev/full", "standard output"),
        (74, "$V -e 'print(1)' >&-", "standard output"),
        (
            75, "$V --lock a -e 'local _, _, n = os.execute([[$V --lock a -e 1]]) os.exit(n)'",
            "held"
        ),
        (78, "$V --profile none -e ''", "profile"),
        (141, "$V -e 'for i = 1, 1e6 do print(i) end' | true; exit ${PIPESTATUS[0]}", ""),
        (143, "exec $V -e 'os.execute([[kill -TERM $PPID]]) sleep(9)'", ""),
        // system(3) ignores SIGINT while it waits.
        (130, "exec $V -e 'os.execute([[(sleep 0.3; kill -INT $PPID) &]]) sleep(9)'", ""),
        (129, "exec $V -e 'os.execute([[kill -HUP $PPID]]) sleep(9)'", ""),
        (7, "$V -e 'os.exit(7)'", ""),
    ]

    @Test(arguments: shells) func `a run ends with the code of the manual`(
        _ status: Int32,
        _ line: String,
        _ says: String
    ) throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let text = line.replacing("$V", with: vmoon)
        let run = try ProgramRun.shell(text + "\nexit $?")
        #expect(run.status ?? 128 + (run.signal ?? 0) == status, "\(text): \(run)")
        #expect(says.isEmpty ? run.error == "" || status == 0 : run.error.contains(says), "\(run)")
    }

    /// From outside, since in a process with other threads one of them may take the number meanwhile.
    @Test(arguments: [("<&-", 0), (">&-", 1), ("2>&-", 2)])
    func `a closed standard stream is opened on nothing`(_ closes: String, _ number: Int) throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let says = "readlink /proc/$PPID/fd/\(number) >seen"
        let asks = "\(vmoon) -e 'os.execute([[\(says)]])' \(closes)"
        let line = "cd \"$(mktemp -d)\"; \(asks); cat seen; rm seen"
        let run = try ProgramRun.shell(line)
        #expect(run.output == "/dev/null\n", "\(run)")
    }

    @Test func `no session to be had is 75`() throws {
        let runs = try Runs("--max-sessions", "1")
        let inner = ([try SimulatorProcess.program("vmoon")] + runs.connection)
            .joined(separator: " ")
        let code = """
            session()
            local _, _, n = os.execute([[VMOON_PASSWORD=\(runs.simulator.password) \(inner) --timeout 2s -e 'listVMs()']])
            os.exit(n)
            """
        let run = try runs.vmoon(["-e", code])
        #expect(run.status == 75 && run.error.contains("session count"), "\(run)")
    }

    @Test func `an unknown outcome beats the deadline and the signal, and os.exit beats all`()
        throws
    {
        let rows: [(tail: String, options: [String], status: Int32)] = [
            ("sleep(60)", ["--deadline", "5s"], 80),
            ("os.execute('kill -TERM $PPID') sleep(60)", [], 80), ("error('own')", [], 80),
            ("", [], 80), ("os.exit(5)", [], 5), ("os.exit(0)", [], 0),
        ]
        for row in rows {
            let bench = try JournalBench(items: 1)
            try bench.simulator.add(fault: Self.answer("rollback", "reset_before_apply"))
            let call = "session():rollback('\(JournalBench.item(1))', '1', 'm')"
            let code = "pcall(function() \(call) end) \(row.tail)"
            let run = try bench.vmoon(Self.quick + row.options + ["-e", code])
            #expect(run.status == row.status, "\(row.tail): \(run)")
        }
    }
}
