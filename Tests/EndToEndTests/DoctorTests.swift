import Foundation
import JSON
import Support
import Testing

/// `vmoon doctor` against a vCenter that is well, and against one in each trouble.
@Suite struct DoctorTests {
    let bench = DoctorBench()

    @Test(arguments: ["rest,api", "rest", "api"])
    func `a vCenter that is well has nothing odd`(_ dialects: String) throws {
        let simulator = try SimulatorProcess(arguments: ["--dialects", dialects])
        let report = try bench.look(at: simulator)
        #expect(report.run.status == 0, "\(report.run)")
        #expect(report.topics("odd") + report.topics("wrong") == [])
        for dialect in ["rest", "api"] {
            let isThere = dialects.contains(dialect)
            let text = try #require(report["/\(dialect)"]?.text)
            #expect(
                text.hasPrefix(isThere ? "34 of our 34 reads are there" : "not there"),
                "\(text)"
            )
        }
        #expect(report["log-in"]?.text.contains("by /\(dialects.prefix { $0 != "," }), in") == true)
        #expect(report["password"]?.text == "from VMOON_PASSWORD")
        #expect(report["libraries"]?.text.hasPrefix("4: golden (4 items)") == true)
        #expect(report["libraries"]?.text.contains("6 VM templates") == true)
        #expect(report["TLS"]?.text.contains("--pin sha256//") == true)
        try simulator.expectOnlyReads()
    }

    @Test(arguments: ["rest", "api"])
    func `one dialect may be asked for alone`(_ dialect: String) throws {
        let simulator = try SimulatorProcess()
        let report = try bench.look(at: simulator, ["--api", dialect])
        #expect(report["log-in"]?.text.contains("by /\(dialect), in") == true)
        #expect(report.run.status == 0, "\(report.run)")
        try simulator.expectOnlyReads()
    }

    @Test func `a wrong password is told with its source, and tried once`() throws {
        let simulator = try SimulatorProcess()
        let report = try bench.look(at: simulator, password: "wr0ng-word")
        #expect(report.topics("wrong") == ["log-in"])
        #expect(
            report["log-in"]?.advice
                == "check --user and the password, which came from VMOON_PASSWORD"
        )
        #expect(report["the rest"]?.verdict == "not looked at")
        #expect(!(report.run.output + report.run.error).contains("wr0ng-word"))
        let logIns = try simulator.requests().filter { $0["operation"] == "createSession" }
        #expect(logIns.count == 1)
        try simulator.expectOnlyReads()
    }

    @Test func `an empty address has a title of its own`() throws {
        let run = try bench.vmoon([""])
        #expect(run.status == 1)
        #expect(run.output.contains("\nvCenter\n  wrong  settings"), "\(run)")
    }

    @Test func `names and ports that are not there are told apart`() throws {
        let environment = ["VMOON_PASSWORD": "x"]
        let name = try bench.look(["vc.invalid", "--user", "u"], environment)
        #expect(name.topics("wrong") == ["name"], "\(name.run)")
        let port = try bench.look(["127.0.0.1:1", "--user", "u"], environment)
        #expect(port.topics("wrong") == ["connection"], "\(port.run)")
        let plain = try SimulatorProcess(arguments: ["--http"])
        let address = plain.url.replacing("http://", with: "https://")
        let noTLS = try bench.look([address, "--user", "u"], environment)
        #expect(noTLS.topics("wrong") == ["TLS"], "\(noTLS.run)")
        #expect(noTLS["TLS"]?.advice == "is the port right? it may be one for http://")
        #expect(try plain.requests().isEmpty)
    }

    @Test func `a clock that is two hours off is wrong`() throws {
        let simulator = try SimulatorProcess()
        try simulator.advanceClock(seconds: 7200)
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["clock"], "\(report.run)")
        let text = report["clock"]?.text
        #expect(["2h00m", "1h59m"].contains { text?.contains("is \($0) ahead of ours") == true })
        #expect(report["clock"]?.advice == "which one is right? set the other one (NTP)")
        try simulator.expectOnlyReads()
    }

    @Test func `an account without rights is told the privilege`() throws {
        let simulator = try SimulatorProcess()
        var state = try simulator.state()
        let users = state["users"]?.array ?? []
        state["users"] = .array(users + [["name": "nobody@vsphere.local", "privileges": []]])
        try simulator.admin("PUT", "/sim/state", state)
        let report = try bench.look(at: simulator, user: "nobody@vsphere.local")
        #expect(report.topics("wrong") == ["rights"], "\(report.run)")
        #expect(report["rights"]?.text.contains("may not listLibraries") == true)
        #expect(report["rights"]?.advice?.contains("System.Read") == true)
        #expect(report["libraries"]?.verdict == "not looked at")
        try simulator.expectOnlyReads()
    }

    @Test func `routes that no dialect has are told, and those of one are no trouble`() throws {
        let simulator = try SimulatorProcess()
        for (operation, path) in [
            ("listVersions", "*"), ("getCheckOut", "*"), ("listChanges", "*"), ("getVM", "/rest/*"),
        ] {
            try simulator.add(fault: [
                "match": ["operation": .string(operation), "path": .string(path)],
                "times": .null, "do": "no_route",
            ])
        }
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["routes"], "\(report.run)")
        #expect(
            report["routes"]?.text.hasPrefix(
                "no dialect has getCheckOut, listVersions, listChanges: "
            ) == true
        )
        #expect(report["routes"]?.advice?.contains("a newer release") == true)
        #expect(report["/rest"]?.text.contains("not getVM, for which /api is asked") == true)
        #expect(report["/api"]?.text == "31 of our 34 reads are there")
        let rest = try bench.look(at: simulator, ["--api", "rest"])
        #expect(rest["/rest"]?.advice == "--api auto, which asks /api for them")
    }

    @Test func `fields that are spelled otherwise are named, with what is there`() throws {
        let simulator = try SimulatorProcess()
        let folder: JSONValue = ["title": "a", "folder": "group-v3", "kind": "VIRTUAL_MACHINE"]
        for (path, body): (String, JSONValue) in [
            ("/rest/*", ["value": [folder, folder]]), ("/api/*", [folder]),
        ] {
            try simulator.add(fault: [
                "match": ["operation": "listFolders", "path": .string(path)], "times": .null,
                "do": "status", "status": 200, "body": body,
            ])
        }
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["answers"], "\(report.run)")
        #expect(report.topics("odd") == ["answers"], "the dialect that nobody uses: \(report.run)")
        #expect(
            report["answers"]?.text
                == "listFolders by /rest: [*].name: a string is promised, none is there; "
                + "[*].type: a string is promised, none is there; unknown, and there: title, kind"
        )
        #expect(report["answers"]?.advice?.contains("--record FILE --mask") == true)
    }

    @Test func `a server that knows few paths, and says so in text, is told apart`() throws {
        let simulator = try SimulatorProcess()
        let text: JSONValue = "404 page not found\n"
        for path in ["/rest/vcenter/vm-template/*", "/api/vcenter/vm-template/*"] {
            try simulator.add(fault: [
                "match": ["path": .string(path)], "times": .null, "do": "status", "status": 404,
                "content_type": "text/plain", "body": text,
            ])
        }
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["routes"], "\(report.run)")
        #expect(report["routes"]?.text.contains("getTemplate") == true)
        #expect(report["routes"]?.advice?.contains("or is this no vCenter") == true)
        try simulator.add(fault: [
            "match": ["operation": "createSession"], "times": .null, "do": "status", "status": 404,
            "content_type": "text/plain", "body": text,
        ])
        let other = try bench.look(at: simulator)
        #expect(other.topics("wrong") == ["log-in"], "\(other.run)")
        #expect(other["log-in"]?.advice?.hasPrefix("is this a vCenter?") == true)
    }

    @Test func `the release is told where the appliance tells it`() throws {
        let release = ["--release", "7.0.3.00400-19234570"]
        for options in [release, release + ["--dialects", "rest"]] {
            let simulator = try SimulatorProcess(arguments: options)
            let report = try bench.look(at: simulator)
            #expect(report["release"]?.text == "VMware vCenter Server 7.0.3.00400, build 19234570")
        }
    }

    @Test func `the version of the API is told where the appliance tells nothing`() throws {
        let simulator = try SimulatorProcess()
        let page = """
            <?xml version="1.0" encoding="UTF-8" ?>
            <namespaces version="1.0"><namespace><name>urn:vim25</name><version>8.0.1.0</version>
            <priorVersions><version>7.0.3.0</version></priorVersions></namespace></namespaces>
            """
        try simulator.add(fault: [
            "match": ["operation": "getRelease"], "times": .null, "do": "no_route",
        ])
        try simulator.add(fault: [
            "match": ["path": "/sdk/vimServiceVersions.xml"], "times": .null, "do": "status",
            "status": 200, "content_type": "text/xml", "body": .string(page),
        ])
        let report = try bench.look(at: simulator)
        #expect(report["release"]?.verdict == "good", "\(report.run)")
        #expect(report["release"]?.text.hasPrefix("API 8.0.1.0; ") == true)
    }

    @Test func `a vCenter with thousands of machines is masked in seconds`() throws {
        let simulator = try SimulatorProcess()
        var state = try simulator.state()
        let known = state["machines"]?.array ?? []
        let machines = (1...2000).map { number -> JSONValue in
            [
                "vm": .string("vm-\(10_000 + number)"), "name": .string("gringotts-\(number)"),
                "host": "host-10", "folder": "group-v3",
            ]
        }
        state["machines"] = .array(known + machines)
        try simulator.admin("PUT", "/sim/state", state)
        let file = bench.folder.path + "/many.jsonl"
        let clock = ContinuousClock()
        var report: DoctorBench.Report?
        let time = try clock.measure {
            report = try bench.look(at: simulator, ["--mask", "--record", file])
        }
        #expect(report?.run.status == 0, "\(String(describing: report?.run))")
        #expect(time < .seconds(30))
        #expect(try !bench.read("many.jsonl").lowercased().contains("gringotts"))
    }

    @Test func `every profile is looked at, and one that leads nowhere is told`() throws {
        let simulator = try SimulatorProcess()
        try FileManager.default.createDirectory(
            atPath: bench.folder.path + "/.config/vmoon",
            withIntermediateDirectories: true
        )
        try bench.folder.write(simulator.password, to: "word", mode: 0o600)
        let configuration = """
            local sim = {
              vcenter = "\(simulator.url)", user = "\(simulator.user)",
              ca_file = "\(simulator.caFile ?? "")", password_file = "~/word",
            }
            return { first = sim, second = { vcenter = "127.0.0.1:1", user = "u", password_file = "~/word" },
              third = { vcenter = "nonsense://x" } }
            """
        try bench.folder.write(configuration, to: ".config/vmoon/config.lua")
        let report = try bench.look([], [:])
        let document = try JSONValue(parsing: report.run.output)
        let titles = document["vcenters"]?.array?.compactMap { $0["vcenter"]?.string }
        #expect(titles?.first?.hasPrefix("first (127.0.0.1:") == true, "\(report.run)")
        #expect(titles?.dropFirst() == ["second (127.0.0.1:1)", "third"])
        #expect(report.topics("wrong") == ["connection", "settings"], "\(report.run)")
        let one = try bench.look(["first"], [:])
        #expect(one.run.status == 0, "\(one.run)")
        #expect(one["password"]?.text == "from the file \(bench.folder.path)/word")
        try bench.folder.write("return nil + 1", to: ".config/vmoon/config.lua")
        let broken = try bench.look([], [:])
        #expect(broken.run.output.contains("config.lua:1: attempt to perform arithmetic"))
        #expect(broken.run.status == 1)
    }

    @Test func `names of a server cannot control a terminal`() throws {
        let simulator = try SimulatorProcess()
        var state = try simulator.state()
        var libraries = state["libraries"]?.array ?? []
        libraries[0]["name"] = .string("gold\u{1B}[31men\nvmoon: all is well\u{202E}")
        state["libraries"] = .array(libraries)
        try simulator.admin("PUT", "/sim/state", state)
        try simulator.add(fault: [
            "match": ["operation": "listHosts"], "times": .null, "do": "status", "status": 200,
            "body": ["value": [["ho\u{1B}[2Jst": "h"]]],
        ])
        let run = try bench.vmoon(
            [
                "--vcenter", simulator.url, "--user", simulator.user, "--ca-file",
                simulator.caFile ?? "",
            ],
            ["VMOON_PASSWORD": simulator.password]
        )
        #expect(run.output.contains(#"gold\x1B[31men"#), "\(run)")
        #expect(run.output.contains(#"ho\x1B[2Jst"#), "\(run)")
        #expect(!run.output.contains("\u{1B}") && !run.output.contains("\u{202E}"))
        #expect(!run.lines.contains { $0.hasPrefix("vmoon") })
    }

    @Test func `a lock that a run holds is told, and not taken`() throws {
        let run = try ProgramRun.shell(
            """
            export VMOON_STATE_DIR=$PWD/state
            vmoon=\(try SimulatorProcess.program("vmoon"))
            $vmoon --lock nightly -e 'sleep(50)' & holder=$!
            until grep -qs "pid $holder" state/locks/*; do sleep 0.05; done
            $vmoon doctor | grep locks; $vmoon doctor --mask | grep locks
            kill $holder; wait $holder; echo "$holder ended with $?"
            $vmoon doctor | grep locks
            """,
            in: bench.folder
        )
        let lines = run.lines
        try #require(lines.count == 4, "\(run)")
        let holder = lines[2].prefix { $0 != " " }
        #expect(lines[0].contains("1 file; held by pid \(holder), run "), "\(run)")
        #expect(lines[1].hasSuffix("1 file; held by a run"), "\(run)")
        #expect(lines[2].hasSuffix("ended with 143") && lines[3].hasSuffix("1 file"), "\(run)")
    }

    @Test func `looking makes no folder`() throws {
        let simulator = try SimulatorProcess()
        let state = bench.folder.path + "/state"
        let run = try bench.vmoon(
            ["--vcenter", simulator.url, "--user", simulator.user, "--insecure"],
            ["VMOON_PASSWORD": simulator.password, "VMOON_STATE_DIR": state]
        )
        // Its name may have a slip: it is odd, and not told beside the report.
        let text =
            "  odd    state       no journal: VMOON_STATE_DIR names \(state), which is not there\n"
        #expect(run.output.contains(text) && run.error == "", "\(run)")
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func `a log-out that is not answered is told`() throws {
        let simulator = try SimulatorProcess()
        try simulator.add(fault: [
            "match": ["operation": "deleteSession"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let report = try bench.look(at: simulator)
        #expect(report.topics("odd") == ["log-out"], "\(report.run)")
        #expect(report["log-out"]?.text.hasPrefix("the session may still be open") == true)
    }

    @Test func `an address that is none is told as such`() throws {
        let report = try bench.look(["http://vc.invalid", "--user", "u"], ["VMOON_PASSWORD": "x"])
        #expect(report.topics("wrong") == ["settings"])
        #expect(
            report["settings"]?.text.hasPrefix(
                "the vCenter named: http:// to vc.invalid is refused"
            )
                == true,
            "\(report.run)"
        )
    }

    @Test func `a signal ends it, and its session`() throws {
        let simulator = try SimulatorProcess()
        try simulator.add(fault: [
            "match": ["operation": "getItem"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let run = try ProgramRun.shell(
            """
            vmoon=\(try SimulatorProcess.program("vmoon"))
            $vmoon doctor --vcenter \(simulator.url) --user \(simulator.user) --insecure & sleep 1.5
            kill -TERM $!; wait $!; echo "ended with $?"
            """,
            environment: ["VMOON_PASSWORD": simulator.password],
            in: bench.folder
        )
        #expect(run.output == "ended with 143\n", "\(run)")
        try simulator.expectOnlyReads()
    }

    @Test func `it takes less than 5 s where each answer takes 100 ms`() throws {
        let simulator = try SimulatorProcess(arguments: ["--latency", "100ms"])
        let clock = ContinuousClock()
        var report: DoctorBench.Report?
        let time = try clock.measure { report = try bench.look(at: simulator) }
        #expect(time < .seconds(5))
        #expect(report?.run.status == 0, "\(String(describing: report?.run))")
        let latency = report?["latency"]?.text ?? ""
        let least = latency.firstMatch(of: /at best ([0-9]+) ms/).flatMap { Int($0.output.1) }
        #expect((100..<1000).contains(least ?? 0), "\(latency)")
    }

    @Test func `a vCenter that answers too slowly is left, and its session ended`() throws {
        let simulator = try SimulatorProcess()
        try simulator.add(fault: [
            "match": ["operation": "getItem"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let clock = ContinuousClock()
        var report: DoctorBench.Report?
        let time = try clock.measure { report = try bench.look(at: simulator) }
        #expect(time < .seconds(20))
        #expect(report?.topics("odd").isEmpty == false, "\(String(describing: report?.run))")
        try simulator.expectOnlyReads()
    }
}
