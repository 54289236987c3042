import Foundation
import JSON
import Support
import Testing

/// The password and the session's identifier are nowhere to be seen, whatever goes wrong.
@Suite struct SecretsTests {
    static let password = "p4ss-Horse/battery"
    static let identifier = "5e551d00f00dfeed5e551d00f00dfeed"
    static let user = "ann@vsphere.local"

    /// What must not be found: as they are, and as Basic authentication has them.
    private static var secrets: [String] {
        [password, identifier, Data("\(user):\(password)".utf8).base64EncodedString()]
    }

    struct Failing: Sendable, CustomTestStringConvertible {
        let name: String
        /// What goes wrong, and with which operation.
        var faults: [JSONValue] = []
        var options: [String] = []
        init(_ name: String, _ faults: [JSONValue] = [], _ options: [String] = []) {
            self.name = name
            self.faults = faults
            self.options = options
        }
        var testDescription: String { name }
    }

    private static func fault(_ what: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        var fault: JSONValue = [
            "match": ["path": "/rest/com/vmware/content/library"], "times": .null,
            "do": .string(what),
        ]
        for (name, value) in more { fault[name] = value }
        return fault
    }

    private static func logIn(_ status: Int, _ body: String) -> JSONValue {
        [
            "match": ["operation": "createSession"], "times": .null, "do": "status",
            "status": .integer(status), "body": .string(body),
        ]
    }

    static let failures: [Failing] =
        [
            "error", "status", "html_503", "malformed_json", "truncate", "wrong_length", "redirect",
            "reset_before_request", "reset_before_apply", "reset_mid_body", "close_after_body",
            "expire_session",
        ].map { name in
            switch name {
            case "error": Failing(name, [fault(name, ["kind": "unauthorized"])])
            case "status": Failing(name, [fault(name, ["status": 401, "body": "no"])])
            case "truncate": Failing(name, [fault(name, ["bytes": 5])])
            default: Failing(name, [fault(name)])
            }
        } + [
            Failing("nothing"),
            Failing("log-in cut short", [logIn(200, #"{"value":"\#(identifier)"#)]),
            Failing("log-in in another envelope", [logIn(200, #"{"session":"\#(identifier)"}"#)]),
            Failing("log-in refused", [logIn(401, "")]),
            Failing("unusable identifier", [logIn(200, #"{"value":"\#(identifier)\r\nx: y"}"#)]),
            Failing("no such host", [], ["--vcenter", "https://no-such-host.invalid"]),
            Failing("unknown authority", [], ["--ca-file", "/etc/ssl/certs/ca-certificates.crt"]),
            Failing(
                "wrong pin",
                [],
                ["--pin", "sha256//" + String(repeating: "A", count: 43) + "="]
            ),
            Failing("time is up", [fault("delay", ["ms": 3000])], ["--timeout", "200ms"]),
        ]

    private static let script = """
        local seen = {}
        local function walk(value)
          print(value)
          if type(value) ~= "table" or seen[value] then return end
          seen[value] = true
          for k, v in pairs(value) do walk(k) walk(v) end
        end
        local ok, e = pcall(function() local vc <close> = session() print(vc) walk(listLibraries()) end)
        walk(e) walk(package.loaded) print(os.getenv("VMOON_PASSWORD"))
        listLibraries()
        """

    /// The requests that are made with the identifier that the log-in of this test gives.
    private static let answers: [JSONValue] = [
        logIn(200, #"{"value":"\#(identifier)"}"#),
        [
            "match": ["operation": "listLibraries"], "times": .null, "do": "status", "status": 200,
            "body": #"{"value":[]}"#,
        ],
    ]

    @Test(arguments: failures) func `no failure shows a secret`(_ failing: Failing) throws {
        let runs = try Runs()
        for fault in failing.faults + Self.answers { try runs.simulator.add(fault: fault) }
        let log = runs.folder.path + "/log"
        let run = try runs.vmoon(
            ["--log-level", "trace", "--log-file", log] + failing.options
                + [try runs.folder.write(Self.script, to: "script.lua")],
            user: Self.user,
            password: Self.password
        )
        #expect(run.status == 0 || !run.error.isEmpty)
        if failing.name == "nothing" { #expect(run.status == 0, "\(run.error)") }
        let logged = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        for secret in Self.secrets {
            #expect(!(run.output + run.error + logged).contains(secret), "\(failing.name)")
        }
        // Nothing was left in a file either: of history, of a journal.
        let found = try ProgramRun.shell(
            "grep -rlF -e '\(Self.password)' -e '\(Self.identifier)' . | grep -v script.lua",
            in: runs.folder
        )
        #expect(found.output == "")
    }

    @Test func `ps shows no secret of a run that has begun, nor of its children`() throws {
        let runs = try Runs()
        for fault in Self.answers { try runs.simulator.add(fault: fault) }
        let script = try runs.folder.write(
            """
            local vc <close> = session()
            local self = io.open("/proc/self/stat"):read("n")
            for _, file in ipairs{ "cmdline", "environ" } do
              print((io.open("/proc/self/" .. file):read("a"):gsub("%z", "\\n")))
            end
            os.execute("env; ps eww -p " .. self)
            """,
            to: "script.lua"
        )
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + ["--user", Self.user, script],
            environment: [
                "VMOON_PASSWORD": Self.password, "GOVC_PASSWORD": Self.password + "2",
            ],
            in: runs.folder
        )
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.contains("HOME=") && run.output.contains("script.lua"))
        for secret in Self.secrets { #expect(!(run.output + run.error).contains(secret)) }
    }

    @Test(arguments: ["VMOON_VCENTER", "GOVC_URL"])
    func `neither a script nor its children see the password in an address`(_ name: String) throws {
        let runs = try Runs("--user", Self.user, "--password", "hunter2")
        let host = runs.simulator.url.dropFirst("https://".count)
        let script = """
            local vc <close> = session()
            print(#listVMs() > 0, os.getenv("\(name)"))
            print(exec({ "env" }).stdout)
            os.execute("env; tr '\\0' '\\n' </proc/$PPID/environ")
            """
        let user = Self.user.replacing("@", with: "%40")
        let run = try ProgramRun.of(
            "vmoon",
            ["--ca-file", runs.simulator.caFile ?? "", "-e", script],
            environment: [name: "https://\(user):hunter2@\(host)/sdk"]
        )
        #expect(run.output.hasPrefix("true\thttps://\(user)@\(host)/sdk\n"), "\(run)")
        #expect(!(run.output + run.error).contains("hunter2"))
    }

    struct Given: Sendable, CustomTestStringConvertible {
        let options: String
        let prints: String
        var testDescription: String { options }
    }

    static let given: [Given] = [
        Given(options: "password = 'wrong'", prints: "unauthenticated session 77"),
        Given(options: "password = PASSWORD", prints: "shared"),
        Given(options: "", prints: "shared"),
        Given(options: "password = secret.command{ 'printf', PASSWORD }", prints: "shared"),
        Given(
            options: "password = secret.file 'wrong'",
            prints: "unauthenticated session 77"
        ),
        Given(options: "password_file = 'right'", prints: "shared"),
        Given(options: "password_file = 'wrong'", prints: "unauthenticated session 77"),
        Given(options: "password_file = 'none'", prints: "unauthenticated session 77"),
        Given(options: "password_command = 'cat right'", prints: "shared"),
        Given(
            options: "password_command = 'cat wrong'",
            prints: "unauthenticated session 77"
        ),
    ]

    @Test(arguments: given) func `a session is shared with whoever has its password`(
        _ row: Given
    ) throws {
        let runs = try Runs()
        try runs.folder.write(runs.simulator.password + "\n", to: "right")
        try runs.folder.write("wrong\n", to: "wrong")
        let script = """
            PASSWORD = [[\(runs.simulator.password)]]
            local options = function() return { \(row.options) } end
            local function open()
              local ok, e = pcall(function() local vc <close> = session(options()) return vc.user end)
              return ok and "shared" or e.kind .. " " .. e.operation .. " " .. e.exit_code
            end
            do
              local first <close> = session()
              print(open(), open())
              print(#listVMs() > 0)
            end
            -- What it was opened with counts afterwards as well.
            print(open())
            """
        let run = try runs.script(script)
        let lines = ["\(row.prints)\t\(row.prints)", "true", row.prints]
        #expect(run.lines == lines, "\(run)")
        let sessions = try runs.sessions()
        #expect(sessions.logIns == (row.prints == "shared" ? 2 : 1))
        #expect(sessions.logIns == sessions.logOuts)
    }

    @Test(arguments: ["text", "json"])
    func `the log names the parameters of a query, and not what is secret in them`(
        _ format: String
    ) throws {
        let runs = try Runs()
        let log = runs.folder.path + "/log"
        let run = try runs.script(
            """
            pcall(request, { path = "/x", query = { password = "hunter2", ["filter.names"] = "a" } })
            pcall(request, { path = "/x?api_key=hunter2&n=1", method = "POST", body = {} })
            pcall(http.get, "http://127.0.0.1:1/x?token=hunter2")
            log.info("x", { password = "hunter2", deep = { api_key = "hunter2" }, item = "a" })
            """,
            ["--log-level", "trace", "--log-format", format, "--log-file", log]
        )
        let logged = try String(contentsOfFile: log, encoding: .utf8)
        #expect(logged.contains("password=***") && logged.contains("filter.names=a"), "\(logged)")
        #expect(logged.contains("api_key=***&n=1"))
        #expect(!(run.output + run.error + logged).contains("hunter2"))
    }

    @Test func `what a script logs of an answer has none of its secrets`() throws {
        let proxy = try EchoProxy(.readPage, .plain, user: Self.user, password: Self.password)
        defer { proxy.end() }
        let folder = TestFolder()
        let run = try ProgramRun.of(
            "vmoon",
            [
                "--log-format", "json", "-e",
                """
                local token = secret.env "TOKEN"
                local r = http.get("\(proxy.url)/library", {
                  headers = { ["vmware-api-session-id"] = token, Authorization = { "Bearer ", token } } })
                log.error(r.body, { body = r.body })
                error(r.body, 0)
                """,
            ],
            environment: ["TOKEN": "t0ken-of-the-script"],
            in: folder
        )
        #expect(run.status == 1 && run.error.contains("***"), "\(run)")
        #expect(!run.error.contains("t0ken"), "\(run)")
    }

    @Test func `the password of a proxy is not shown`() throws {
        // Whoever it is, it is no proxy, and says what it was asked.
        let proxy = try EchoProxy(.page, .plain, user: Self.user, password: Self.password)
        defer { proxy.end() }
        let host = proxy.url.dropFirst("http://".count)
        let run = try ProgramRun.of(
            "vmoon",
            [
                "--log-level", "trace", "--insecure", "--vcenter", "http://vc.invalid", "--user",
                "u", "--timeout", "2s", "-e", "listVMs()",
            ],
            environment: [
                "http_proxy": "http://me:pr0xy-word@\(host)", "VMOON_PASSWORD": "x",
            ]
        )
        let pair = Data("me:pr0xy-word".utf8).base64EncodedString()
        #expect(run.status == 76 && run.error.contains("<pre>***"), "\(run)")
        #expect(!run.error.contains("pr0xy") && !run.error.contains(pair), "\(run)")
    }

    @Test func `a password is asked for on the terminal, and not shown`() throws {
        let runs = try Runs()
        let folder = runs.folder
        let program = try SimulatorProcess.program("vmoon")
        let words = runs.connection.map { "{\($0)}" }.joined(separator: " ")
        let dialogue = try folder.write(
            """
            log_user 1
            set timeout 20
            spawn -noecho {\(program)} \(words) -e {print(#listLibraries(), "libraries")}
            expect "Password for \(runs.simulator.user)@"
            send "\(runs.simulator.password)\\r"
            expect "libraries"
            expect eof
            lassign [wait] pid spawned failed status
            exit $status
            """,
            to: "dialogue.exp"
        )
        let run = try ProgramRun.shell("expect -f '\(dialogue)'", in: folder)
        #expect(run.status == 0, "\(run.output)\(run.error)")
        #expect(run.output.contains("4\tlibraries") || run.output.contains("4       libraries"))
        #expect(!run.output.contains(runs.simulator.password))
    }
}
