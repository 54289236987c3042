import Foundation
import JSON
import Support
import Testing

/// Answers of proxies, old releases and broken servers, as scripts see them.
@Suite struct OddServerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int
        let body: [UInt8]
        var contentType = "application/json"
        /// The kind, the status and whether it may pass by itself, as the script prints them.
        let gives: String
        let exit: Int32
        /// What the message or the hint holds.
        let says: String
        var testDescription: String { name }

        init(
            _ name: String,
            _ status: Int,
            _ body: String,
            _ contentType: String = "application/json",
            gives: String,
            _ exit: Int32,
            _ says: String
        ) {
            self.name = name
            self.status = status
            self.body = Array(body.utf8)
            self.contentType = contentType
            self.gives = gives
            self.exit = exit
            self.says = says
        }
    }

    static let notFound =
        #"{"type":"com.vmware.vapi.std.errors.not_found","value":{"messages":[]}}"#

    static let missingRoute =
        #"{"type":"com.vmware.vapi.std.errors.not_found","value":{"error_type":"NOT_FOUND","messages":"#
        + #"[{"id":"com.vmware.vapi.rest.operationsForUrlNotFound","default_message":"Unable to find "#
        + #"operations for URL: /x","args":["/x"]}]}}"#
    static let ourKind =
        #"{"type":"com.vmware.vapi.std.errors.journal","value":{"messages":"#
        + #"[{"id":"a","default_message":"no","args":[]}]}}"#

    static let rows: [Row] = [
        Row("bodiless 401", 401, "", gives: "unauthenticated 401 false", 77, "renewed once"),
        Row("bodiless 403", 403, "", gives: "unauthorized 403 false", 77, "System.Read"),
        Row(
            "text 404",
            404,
            "404 page not found",
            "text/plain",
            gives: "no_such_route 404 false",
            78,
            "too old"
        ),
        Row(
            "a missing route",
            404,
            missingRoute,
            gives: "no_such_route 404 false",
            78,
            "try --api auto"
        ),
        Row("a kind of ours", 400, ourKind, gives: "invalid_request 400 false", 65, "journal: no"),
        Row("no error_type", 404, notFound, gives: "not_found 404 false", 66, "no reason"),
        Row("an error with 200", 200, notFound, gives: "not_found 200 false", 66, "no reason"),
        Row(
            "HTML 503",
            503,
            "<html><h1>no server\u{1B}[31m</h1>",
            "text/html",
            gives: "service_unavailable 503 true",
            69,
            #"<html><h1>no server\x1B[31m</h1>"#
        ),
        Row("cut JSON", 200, #"{"value":{"time":"#, gives: "protocol 200 false", 76, "malformed"),
        Row("no answer", 200, "", gives: "protocol 200 false", 76, "nothing"),
        Row(
            "a field is missing",
            200,
            #"{"value":{"time":"t"}}"#,
            gives: "protocol 200 false",
            76,
            "user: a string is promised"
        ),
    ]

    @Test(arguments: rows) func `an odd answer is an error that says what came`(_ row: Row) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "getCheckOut"], "do": "status", "times": .null,
            "status": .integer(row.status), "content_type": .string(row.contentType),
            "body": .string(String(decoding: row.body, as: UTF8.self)),
        ])
        let run = try runs.script(
            """
            local rhel = item "golden/rhel-9"
            local _, e = pcall(getCheckOut, rhel, "vm-110")
            print(e.kind, e.status, e.retryable)
            getCheckOut(rhel, "vm-110")
            """,
            ["--api", "rest", "--timeout", "1s"]
        )
        #expect(run.lines == [row.gives.replacing(" ", with: "\t")])
        #expect(run.status == row.exit)
        #expect(run.error.contains(row.says), "\(run.error)")
        #expect(!run.error.contains("nil") && !run.error.contains("\u{1B}"))
    }

    static let logIns: [(body: String, says: String)] = [
        ("<html>\n<h1>Wiki</h1>", #"no session identifier: it is "<html>\n<h1>Wiki</h1>""#),
        // What may be an identifier is not shown.
        ("\"5e551d00", "no session identifier\n"), ("", "no session identifier\n"),
    ]

    @Test(arguments: logIns)
    func `a log-in that something else answers asks whether it is a vCenter`(
        _ body: String,
        _ says: String
    ) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "createSession"], "do": "status", "status": 200,
            "times": .null, "content_type": "text/html", "body": .string(body),
        ])
        let run = try runs.vmoon(["-e", "session()"])
        #expect(run.status == 76)
        #expect(run.error.contains(says), "\(run.error)")
        #expect(run.error.contains("try: is this a vCenter? --vcenter names its address"))
        #expect(!run.error.contains("5e551d00"))
    }

    @Test(arguments: ["rest", "api"])
    func `a path that no vCenter has is the script's matter`(_ dialect: String) throws {
        let run = try Runs().vmoon(["--api", dialect, "-e", "request{ path = '/nope' }"])
        #expect(run.status == 78)
        #expect(run.error.contains("try: is the path right?"), "\(run.error)")
    }

    @Test func `who refuses a connection in the middle of a run may be down`() throws {
        let runs = try Runs()
        let script = """
            local vc <close> = session()
            print "ready" io.stdout:flush()
            while true do listVMs() sleep(0.05) end
            """
        let path = try runs.folder.write(script, to: "script.lua")
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + ["--timeout", "1s", path],
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        ) { output, _ in
            if output.contains("ready") { _ = runs.simulator.terminate() }
        }
        #expect(run.status == 69)
        #expect(run.error.contains("try: is the vCenter up, and its address right?"), "\(run)")
        let http = try ProgramRun.of("vmoon", ["-e", "http.get 'http://127.0.0.1:1/'"])
        #expect(http.error.contains("try: is the service up, and its address right?"), "\(http)")
    }

    @Test(arguments: ["rest", "api"])
    func `bytes that are no UTF-8 are no text`(_ dialect: String) throws {
        let runs = try Runs()
        let bytes =
            Data(#"{"value":{"time":"t","user":""#.utf8) + [0xFF, 0xFE] + Data(#""}}"#.utf8)
        try runs.simulator.add(fault: [
            "match": ["operation": "getCheckOut"], "do": "status", "times": .null, "status": 200,
            "body_base64": .string(bytes.base64EncodedString()),
        ])
        let run = try runs.vmoon(["--api", dialect, "-e", "getCheckOut('a', 'vm-110')"])
        #expect(run.status == 76)
        #expect(run.error.contains(#"\xFF\xFE"#), "\(run.error)")
    }

    @Test func `a vCenter without these operations is too old, and says so`() throws {
        let runs = try Runs()
        for operation in ["listVersions", "rollback"] {
            try runs.simulator.add(fault: [
                "match": ["operation": .string(operation)], "do": "status", "status": 404,
                "times": .null, "body": "",
            ])
        }
        let item = "item('golden/ubuntu-22.04')"
        for call in ["\(item):listVersions()", "\(item):rollback('1', 'm')"] {
            let run = try runs.vmoon(["-e", call])
            #expect(run.status == 78, "\(run.error)")
            #expect(run.error.contains("no_such_route") && run.error.contains("too old"))
        }
    }
}
