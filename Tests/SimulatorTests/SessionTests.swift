import JSON
import Support
import Testing

struct SessionTests {
    typealias Form = WireClient.Form

    @Test(arguments: Form.allCases)
    func `a session is made, read and deleted`(form: Form) throws {
        let client = try WireClient(form)
        let path = form == .rest ? "/com/vmware/cis/session" : "/session"
        let session =
            form == .rest
            ? try client.value("POST", path + "?~action=get") : try client.value("GET", path)
        #expect(session["user"] == "VSPHERE.LOCAL\\operator")
        #expect(session["created_time"]?.string?.last == "Z")
        let ended = try client.send("DELETE", path)
        #expect(ended.status == (form == .rest ? 200 : 204))
        #expect(ended.body.isEmpty)
        #expect(try client.failure("GET", "/vcenter/vm") == "401 UNAUTHENTICATED")
    }

    @Test(arguments: [
        ("operator@vsphere.local", "wrong"), ("nobody", "over-the-moon"), ("", ""),
    ])
    func `a log-in with a wrong name or password is refused and does not say which`(
        user: String,
        password: String
    ) throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let answer = try simulator.connect().exchange(
            "POST",
            "/api/session",
            headers: [WireClient.basic(user, password)]
        )
        #expect(WireClient.failure(answer, .api) == "401 UNAUTHENTICATED")
        #expect(answer.text.contains("vapi.method.authentication.required"))
    }

    @Test func `a password may hold a colon and any letter`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http", "--password", "a:b:ü"])
        _ = try WireClient(.rest, simulator)
    }

    @Test(arguments: Form.allCases)
    func `Basic together with a session is refused`(form: Form) throws {
        let client = try WireClient(form)
        let both = WireClient.basic(client.simulator.user, client.simulator.password)
        #expect(
            try client.failure("GET", "/vcenter/vm", headers: [both]) == "401 UNAUTHENTICATED"
        )
    }

    @Test func `a log-in sets a cookie unless the header is wanted, and rest looks at it first`()
        throws
    {
        let client = try WireClient(.rest)
        let basic = WireClient.basic(client.simulator.user, client.simulator.password)
        let path = "/rest/com/vmware/cis/session"
        let quiet = try client.connection.exchange(
            "POST",
            path,
            headers: [basic, "vmware-use-header-authn: true"]
        )
        #expect(quiet.header("set-cookie") == nil)
        let answer = try client.connection.exchange("POST", path, headers: [basic])
        let cookie = try #require(answer.header("set-cookie")?.split(separator: ";").first)
        #expect(answer.header("set-cookie")?.contains("Path=/rest") == true)
        let byCookie = try client.connection.exchange(
            "GET",
            "/rest/vcenter/vm",
            headers: ["Cookie: a=b; \(cookie)"]
        )
        #expect(byCookie.status == 200)
        #expect(
            try client.failure(
                "GET",
                "/vcenter/vm",
                headers: ["Cookie: vmware-api-session-id=stale"]
            )
                == "401 UNAUTHENTICATED"
        )
    }

    @Test(arguments: Form.allCases)
    func `a reader reads, and is unauthorized to change`(form: Form) throws {
        let client = try WireClient(form, arguments: ["--statuses", "spec"], user: "reader")
        let item = "\(WireClient.templates)/\(try client.item("rhel-9"))"
        #expect(try client.send("GET", "\(item)/check-outs/vm-110").status == 200)
        for (method, path) in [
            ("POST", "\(item)/versions/1?action=rollback"),
            ("POST", "\(item)/check-outs/vm-110?action=check-in"),
            ("POST", "\(item)/check-outs?action=check-out"),
            ("DELETE", "\(item)/check-outs/vm-110"), ("DELETE", "\(item)/versions/1"),
            ("DELETE", "/vcenter/vm/vm-109"),
        ] {
            #expect(try client.failure(method, path) == "403 UNAUTHORIZED", "\(method) \(path)")
        }
    }

    @Test func `an idle session ends when the clock says so`() throws {
        let client = try WireClient(.api, arguments: ["--session-idle", "30m"])
        try client.simulator.advanceClock(seconds: 1799)
        #expect(try client.send("GET", "/vcenter/vm").status == 200)
        try client.simulator.advanceClock(seconds: 1799)
        #expect(try client.send("GET", "/vcenter/vm").status == 200)
        try client.simulator.advanceClock(seconds: 1801)
        #expect(try client.failure("GET", "/vcenter/vm") == "401 UNAUTHENTICATED")
    }

    @Test func `a session ends at its absolute time`() throws {
        let client = try WireClient(.api, arguments: ["--session-max", "24h"])
        try client.simulator.advanceClock(seconds: 86_399)
        #expect(try client.send("GET", "/vcenter/vm").status == 200)
        try client.simulator.advanceClock(seconds: 2)
        #expect(try client.failure("GET", "/vcenter/vm") == "401 UNAUTHENTICATED")
    }

    @Test(arguments: Form.allCases)
    func `too many sessions are refused with the message that real servers have`(form: Form) throws
    {
        let client = try WireClient(form, arguments: ["--max-sessions", "1"])
        let path = form == .rest ? "/rest/com/vmware/cis/session" : "/api/session"
        let basic = WireClient.basic(client.simulator.user, client.simulator.password)
        let answer = try client.connection.exchange("POST", path, headers: [basic])
        #expect(WireClient.failure(answer, form) == "503 SERVICE_UNAVAILABLE")
        #expect(
            answer.text.contains(
                "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached"
            )
        )
    }
}
