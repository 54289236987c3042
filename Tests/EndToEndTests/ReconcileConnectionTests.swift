import Foundation
import JSON
import Support
import Testing

/// `vmoon reconcile` finds by itself how to reach the vCenters that the journal names.
@Suite struct ReconcileConnectionTests {
    private static let fault: JSONValue = [
        "match": ["operation": "rollback"], "times": 99, "do": "reset_before_apply",
    ]

    /// Leaves changes open in a vCenter, and lets a day go by there.
    private func leaveOpen(
        _ bench: JournalBench,
        _ count: Int = 1,
        words: [String] = [],
        environment: [String: String],
        in folder: TestFolder
    ) throws {
        try bench.simulator.add(fault: Self.fault)
        for item in 1...count {
            let code = "session():rollback('\(JournalBench.item(item))', '1', 'why')"
            let options = words + ["--settle", "10ms", "--resend", "0"]
            let run = try ProgramRun.of(
                "vmoon",
                options + ["-e", code],
                environment: environment,
                in: folder
            )
            #expect(run.status == 80, "\(run)")
        }
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        try bench.advance(hours: 25)
    }

    private func reconcile(
        _ words: [String] = [],
        _ environment: [String: String] = [:],
        in folder: TestFolder
    ) throws -> ProgramRun {
        try ProgramRun.of("vmoon", ["reconcile"] + words, environment: environment, in: folder)
    }

    /// A configuration with a profile for each simulator, whose passwords lie in files of the profile's name.
    private func configure(_ benches: [String: JournalBench], in folder: TestFolder) throws {
        var text = "return {"
        for (name, bench) in benches.sorted(by: { $0.key < $1.key }) {
            let path = try folder.write(bench.simulator.password, to: name)
            text +=
                " \(name) = { vcenter = '\(bench.simulator.url)', user = '\(bench.simulator.user)', "
                + "password_file = '\(path)' },"
        }
        #expect(try ProgramRun.shell("mkdir -p .config/vmoon", in: folder).status == 0)
        try folder.write(text + " }", to: ".config/vmoon/config.lua")
        let run = try ProgramRun.shell("chmod -R go-rwx .config a b 2>/dev/null; true", in: folder)
        #expect(run.status == 0)
    }

    @Test func `a journal made with a profile`() throws {
        let (bench, folder) = (try JournalBench(items: 1), TestFolder())
        try configure(["a": bench], in: folder)
        try leaveOpen(bench, words: ["--profile", "a"], environment: [:], in: folder)
        let run = try reconcile(in: folder)
        #expect(run.status == 0 && run.output.contains("taken to be lost"), "\(run)")
        #expect(run.error.isEmpty, "\(run)")
    }

    @Test func `a journal made with options`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: Self.fault)
        let code = "rollback('\(PolicyTests.ubuntu)', '1', 'why')"
        #expect(try runs.vmoon(["--settle", "10ms", "--resend", "0", "-e", code]).status == 80)
        _ = try runs.simulator.admin("POST", "/sim/clock", ["advance_s": 90_000])
        let variables = [
            "VMOON_PASSWORD": runs.simulator.password,
            "VMOON_CA_FILE": try #require(runs.simulator.caFile),
        ]
        let run = try reconcile([], variables, in: runs.folder)
        #expect(run.status == 0 && run.output.contains("taken to be lost"), "\(run)")
    }

    @Test(arguments: ["http", "authorities", "pin"])
    func `a vCenter that only the journal names is reached as it was`(_ way: String) throws {
        let runs = way == "http" ? nil : try Runs()
        let bench = runs == nil ? try JournalBench(items: 1) : nil
        let simulator = try #require(runs?.simulator ?? bench?.simulator)
        let folder = runs?.folder ?? TestFolder()
        var words = ["--vcenter", simulator.url, "--user", simulator.user]
        switch way {
        case "authorities":
            // By a name that leads nowhere from another folder.
            let made = try ProgramRun.shell(
                "mkdir etc && cp \(try #require(simulator.caFile)) etc/ca.pem",
                in: folder
            )
            #expect(made.status == 0, "\(made)")
            words += ["--ca-file", "etc/ca.pem"]
        case "pin": words += ["--pin", try Self.pin(of: simulator)]
        default: break
        }
        try simulator.add(fault: Self.fault)
        let item = bench == nil ? PolicyTests.ubuntu : JournalBench.item(1)
        let code = "session():rollback('\(item)', '1', 'why')"
        let password = ["VMOON_PASSWORD": simulator.password]
        let run = try ProgramRun.of(
            "vmoon",
            words + ["--settle", "10ms", "--resend", "0", "-e", code],
            environment: password,
            in: folder
        )
        #expect(run.status == 80, "\(run)")
        _ = try simulator.admin("POST", "/sim/clock", ["advance_s": 90_000])
        let state = ["VMOON_STATE_DIR": folder.path + "/.local/state/vmoon"]
        let settled = try reconcile([], password.merging(state) { $1 }, in: TestFolder())
        #expect(settled.status == 0 && settled.output.contains("taken to be lost"), "\(settled)")
        #expect(settled.error.isEmpty, "\(settled)")
    }

    /// The pin of a simulator's key, by openssl.
    private static func pin(of simulator: SimulatorProcess) throws -> String {
        let address = simulator.url.dropFirst("https://".count)
        let line = """
            openssl s_client -connect \(address) </dev/null 2>/dev/null | openssl x509 -pubkey -noout |
            openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
            """
        return "sha256//" + (try ProgramRun.shell(line).lines.first ?? "")
    }

    @Test func `a journal made with govc's variables`() throws {
        let (bench, folder) = (try JournalBench(items: 1), TestFolder())
        let variables = [
            "GOVC_URL": bench.simulator.url, "GOVC_USERNAME": bench.simulator.user,
            "GOVC_PASSWORD": bench.simulator.password,
        ]
        try leaveOpen(bench, environment: variables, in: folder)
        let run = try reconcile([], variables, in: folder)
        #expect(run.status == 0 && run.output.contains("taken to be lost"), "\(run)")
    }

    @Test func `two vCenters in one call, or the one that is named`() throws {
        let folder = TestFolder()
        let (a, b) = (try JournalBench(items: 2), try JournalBench(items: 1))
        try configure(["a": a, "b": b], in: folder)
        try leaveOpen(a, 2, words: ["--profile", "a"], environment: [:], in: folder)
        try leaveOpen(b, words: ["--profile", "b"], environment: [:], in: folder)
        let named = try reconcile(["--vcenter", b.simulator.url], in: folder)
        #expect(named.status == 80 && named.lines.count == 3, "\(named)")
        #expect(named.lines.count { $0.contains("of another vCenter, not looked at") } == 2)
        #expect(named.lines.count { $0.contains("taken to be lost") } == 1, "\(named)")
        try leaveOpen(b, words: ["--profile", "b"], environment: [:], in: folder)
        let both = try reconcile(in: folder)
        #expect(both.status == 0 && both.error.isEmpty, "\(both)")
        #expect(both.lines.count { $0.contains("taken to be lost") } == 3, "\(both)")
        let none = try reconcile(in: folder)
        #expect(none.status == 0 && none.error == "vmoon: no operation is open\n", "\(none)")
    }

    @Test(arguments: ["wrong", "missing", "away"])
    func `a vCenter that nobody can look at is named, and the others are settled`(
        _ trouble: String
    ) throws {
        let folder = TestFolder()
        let (a, b) = (try JournalBench(items: 2), try JournalBench(items: 1))
        try configure(["a": a, "b": b], in: folder)
        try leaveOpen(a, 2, words: ["--profile", "a"], environment: [:], in: folder)
        try leaveOpen(b, words: ["--profile", "b"], environment: [:], in: folder)
        switch trouble {
        case "wrong": try folder.write("not it", to: "a")
        case "missing": try FileManager.default.removeItem(atPath: folder.path + "/a")
        default:
            let away: JSONValue = [
                "match": ["path": "*"], "times": 99, "do": "reset_before_request",
            ]
            try a.simulator.add(fault: away)
        }
        let run = try reconcile(["--timeout", "1s"], in: folder)
        #expect(run.status == 80, "\(run)")
        let name = a.simulator.url.dropFirst("http://".count)
        #expect(run.error.hasPrefix("vmoon: 2 open operations at \(name): "), "\(run)")
        #expect(run.error.split(separator: "\n").count == 1, "\(run)")
        #expect(run.lines.count { $0.contains("taken to be lost") } == 1, "\(run)")
        #expect(run.lines.count { $0.contains("unknown: not looked at") } == 2, "\(run)")
        // The other way round, with a profile that comes first and is refused.
        guard trouble == "wrong" else { return }
        let variables = ["VMOON_VCENTER": a.simulator.url, "VMOON_USER": a.simulator.user]
        let right = variables.merging(["VMOON_PASSWORD": a.simulator.password]) { $1 }
        #expect(try reconcile([], right, in: folder).status == 0)
    }
}
