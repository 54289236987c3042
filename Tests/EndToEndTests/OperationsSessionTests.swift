import JSON
import Support
import Testing

/// Several vCenters in one run, and the rules of where a password may go.
@Suite struct OperationsSessionTests {
    /// Writes a profile for each of two simulators.
    private func twoProfiles(_ runs: Runs, _ other: SimulatorProcess) throws {
        func profile(_ simulator: SimulatorProcess, _ limit: Int) -> String {
            let authority = simulator.caFile.map { "ca_file = '\($0)'," } ?? ""
            return """
                { vcenter = "\(simulator.url)", user = "\(simulator.user)", \(authority)
                  password_file = "\(runs.folder.path)/password", limit = \(limit) }
                """
        }
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: runs.folder)
        try runs.folder.write(runs.simulator.password + "\n", to: "password", mode: 0o600)
        try runs.folder.write(
            "return { a = \(profile(runs.simulator, 1)), b = \(profile(other, 5)) }",
            to: ".config/vmoon/config.lua"
        )
    }

    @Test func `two vCenters at once: each its own session, bare operations refused`() throws {
        let runs = try Runs()
        let other = try SimulatorProcess()
        try twoProfiles(runs, other)
        let script = try runs.folder.write(
            """
            local a <close>, b = session(), session{ profile = "b" }
            local again <close> = session{ profile = "b" }
            print(#a:listLibraries(), #b:listLibraries(), a.vcenter ~= b.vcenter)
            print(select(2, pcall(listLibraries)).kind, b:item("golden/rhel-9"):latest())
            print(select(2, pcall(a.getItem, a, b:item "golden/rhel-9")).kind)
            b:close()
            print(#again:listLibraries(), select(2, pcall(b.listLibraries, b)).kind)
            again:close()
            print(#listLibraries())
            """,
            to: "script.lua"
        )
        let run = try ProgramRun.of("vmoon", ["--profile", "a", script], in: runs.folder)
        #expect(run.status == 0, "\(run.error)")
        #expect(run.lines == ["4\t4\ttrue", "usage\t2", "usage", "4\tusage", "4"])
        for simulator in [runs.simulator, other] {
            let requests = try simulator.requests().filter {
                $0["path"]?.string?.hasSuffix("/session") == true
            }
            #expect(requests.count == 2, "one log-in and one log-out")
            #expect(try simulator.admin("GET", "/sim/sessions") == ["open": 0])
        }
    }

    @Test func `each vCenter has its own limit of requests in flight`() throws {
        let runs = try Runs()
        let other = try SimulatorProcess()
        try twoProfiles(runs, other)
        for simulator in [runs.simulator, other] {
            try simulator.add(fault: [
                "match": ["operation": "getVM"], "times": .null, "do": "delay", "ms": 800,
            ])
        }
        let script = try runs.folder.write(
            """
            local function ask(vc)
              local tasks = {}
              for _ = 1, 5 do tasks[#tasks + 1] = spawn(vc.getVM, vc, "vm-109") end
              for _, task in ipairs(tasks) do task:join() end
            end
            ask(session{ profile = arg[1] })
            """,
            to: "script.lua"
        )
        let clock = ContinuousClock()
        var times: [String: Duration] = [:]
        for profile in ["a", "b"] {
            times[profile] = try clock.measure {
                let run = try ProgramRun.of("vmoon", [script, profile], in: runs.folder)
                #expect(run.status == 0, "\(run.error)")
            }
        }
        // One after the other five delays pass, side by side only one; what else there is both have.
        let one = try #require(times["a"])
        let five = try #require(times["b"])
        #expect(one >= .seconds(4))
        #expect(one - five > .milliseconds(1600), "\(times)")
    }

    struct Address: Sendable, CustomTestStringConvertible {
        let words: [String]
        let status: Int32
        let says: String
        var testDescription: String { words.joined(separator: " ") }
    }

    static let addresses: [Address] = [
        Address(words: ["--vcenter", "http://vc.example.com"], status: 64, says: "unencrypted"),
        Address(
            words: ["--vcenter", "http://vc.invalid", "--insecure", "--user", "u"],
            status: 69,
            says: "not encrypted"
        ),
        Address(words: ["--vcenter", "ftp://vc.example.com"], status: 64, says: "scheme"),
        Address(words: ["--vcenter", "https://u:hunter2@vc:x"], status: 64, says: "processes"),
        Address(words: [], status: 64, says: "no vCenter is named"),
        Address(words: ["--vcenter", "vc.invalid"], status: 64, says: "no user is named"),
    ]

    @Test(arguments: addresses) func `an address is refused before a password goes there`(
        _ row: Address
    ) throws {
        let run = try ProgramRun.of(
            "vmoon",
            row.words + ["-e", "session()"],
            environment: ["VMOON_PASSWORD": "hunter2"]
        )
        #expect(run.status == row.status, "\(run.error)")
        #expect(run.error.contains(row.says), "\(run.error)")
        #expect(!run.error.contains("hunter2"))
    }

    @Test func `a proxy of the environment is used, but never for this machine`() throws {
        let runs = try Runs()
        let proxy = ["https_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"]
        func run(_ options: [String]) throws -> ProgramRun {
            try ProgramRun.of(
                "vmoon",
                options + ["-e", "print(#listLibraries())"],
                environment: proxy.merging(["VMOON_PASSWORD": runs.simulator.password]) { $1 },
                in: runs.folder
            )
        }
        #expect(try run(runs.connection).output == "4\n")
        // The name has no address: what refuses is the proxy.
        let away = try run(["--vcenter", "vc.invalid", "--user", "u"])
        #expect(away.status == 69)
        #expect(away.error.contains("connection refused"), "\(away.error)")
        #expect(away.error.contains("the proxy 127.0.0.1:1 of https_proxy"), "\(away.error)")
    }

    @Test
    func `a certificate that nobody vouches for prints the pin, and the pin opens the session`()
        throws
    {
        let runs = try Runs()
        func run(_ options: [String]) throws -> ProgramRun {
            try ProgramRun.of(
                "vmoon",
                ["--vcenter", runs.simulator.url, "--user", runs.simulator.user] + options
                    + ["-e", "print(#listLibraries())"],
                environment: ["VMOON_PASSWORD": runs.simulator.password],
                in: runs.folder
            )
        }
        let refused = try run([])
        #expect(refused.status == 78, "\(refused)")
        let pin = try #require(
            refused.error.split(whereSeparator: { " ,\n".contains($0) })
                .first { $0.hasPrefix("sha256//") },
            "\(refused.error)"
        )
        #expect(try run(["--pin", String(pin)]).output == "4\n")
        let other = "sha256//" + String(repeating: "B", count: 43) + "="
        #expect(try run(["--pin", other]).error.contains("the server shows the key \(pin)"))
        #expect(try runs.sessions().logIns == 1)
    }
}
