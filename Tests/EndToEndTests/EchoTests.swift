import Foundation
import Support
import Testing

/// What was sent in secret is shown and kept nowhere, also where something on the way repeats it.
@Suite struct EchoTests {
    static let user = "ann@vsphere.local"
    static let password = "p4ss-Horse/battery"

    struct Row: Sendable, CustomTestStringConvertible {
        let place: EchoProxy.Place
        let spelling: EchoProxy.Spelling
        var testDescription: String { "\(place), \(spelling)" }
    }

    static let rows = EchoProxy.Place.allCases.flatMap { place in
        EchoProxy.Spelling.allCases.map { Row(place: place, spelling: $0) }
    }

    private static let script = """
        local function walk(value)
          print(value)
          if type(value) == "table" then for k, v in pairs(value) do walk(k) walk(v) end end
        end
        local function try(f)
          local ok, e = pcall(f)
          if not ok then walk(e) show(e) log.error(e, { e = e.message }) print(json.encode(e.messages or {})) end
        end
        local vc
        try(function() vc = session() end)
        for _ = 1, 4 do
          try(function() listLibraries() end)
          try(function() item("00000000-0000-4000-a17e-000000000001"):rollback("1", "why") end)
        end
        rollback("00000000-0000-4000-a17e-000000000001", "1", "why")
        """

    @Test(arguments: rows) func `what is repeated is neither shown nor kept`(_ row: Row) throws {
        let proxy = try EchoProxy(row.place, row.spelling, user: Self.user, password: Self.password)
        defer { proxy.end() }
        let folder = TestFolder()
        let script = try folder.write(Self.script, to: "script.lua")
        func vmoon(_ words: [String], input: String = "") throws -> ProgramRun {
            try ProgramRun.of(
                "vmoon",
                words,
                input: input,
                environment: [
                    "VMOON_VCENTER": proxy.url, "VMOON_USER": Self.user,
                    "VMOON_PASSWORD": Self.password,
                ],
                in: folder
            )
        }
        let options = ["--timeout", "300ms", "--settle", "100ms"]
        var runs: [ProgramRun] = []
        // Both formats have their turn at each place.
        let isJSON = [.percent, .json, .named].contains(row.spelling)
        runs.append(
            try vmoon(
                options + [
                    "--log-level", "trace", "--log-format", isJSON ? "json" : "text",
                    "--log-file", "\(folder.path)/run.log", "--metrics-file",
                    "\(folder.path)/m.prom", "--record", "\(folder.path)/cassette", script,
                    "-u", "me:gu3ss", "--token=gu3ss", "--api-key", "gu3ss",
                    "https://me:gu3ss@h/?key=gu3ss", "pw=gu3ss",
                ]
            )
        )
        #expect(runs[0].status != 0, "\(runs[0])")
        for words in [
            ["runs"], ["runs", "--json"], ["reconcile"] + options, ["reconcile", "--json"],
        ] {
            runs.append(try vmoon(words))
        }
        let list = try vmoon(["runs"])
        for line in list.lines.dropFirst().dropLast() {
            runs.append(try vmoon(["runs", String(line.prefix(8))]))
        }
        // What is typed at the prompt.
        runs.append(try vmoon(options + ["-i"], input: "listLibraries()\nvc = session()\n"))
        let sessions = proxy.sessions
        #expect(sessions.isEmpty == [.logIn, .logInForbidden, .page].contains(row.place))
        let pair = "\(Self.user):\(Self.password)"
        var secrets = Set(["gu3ss", Self.password] + sessions + proxy.echoes)
        secrets.formUnion([pair, Self.password].map { Data($0.utf8).base64EncodedString() })
        #expect(proxy.echoes.count > 1)
        for run in runs {
            for secret in secrets {
                #expect(!run.output.contains(secret) && !run.error.contains(secret), "\(secret)")
            }
        }
        #expect(runs[0].error.contains("***") || row.place == .page, "\(runs[0])")
        try folder.write(secrets.joined(separator: "\n") + "\n", to: "secrets")
        let found = try ProgramRun.shell(
            "grep -raoF -f secrets --exclude=secrets . | sort | uniq -c",
            in: folder
        )
        #expect(found.output == "", "\(found.output)")
        for name in ["cassette", "m.prom", "run.log", ".local/state/vmoon/journal.db"] {
            #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(name)"), "\(name)")
        }
    }
}
