import Support
import Testing

/// A proxy of the environment is named in whatever way it stands in the way.
@Suite struct ProxyTests {
    /// How a proxy behaves, and what is said of it; `kind` in `http` too.
    struct Row: Sendable, CustomTestStringConvertible {
        let manner: WayThere.Manner
        let kind: String
        let says: [String]
        var testDescription: String { manner.rawValue }

        init(_ manner: WayThere.Manner, _ kind: String, _ says: String...) {
            self.manner = manner
            self.kind = kind
            self.says = says
        }
    }

    static let rows = [
        Row(.hangs, "timeout", "cannot connect to {host}:443 within 1s", "there is {proxy}"),
        Row(.hangsInAnswer, "timeout", "within 1s", "there is {proxy}; NO_PROXY={host} goes"),
        Row(.hangsInTunnel, "timeout", "within 1s", "there is {proxy}; NO_PROXY={host} goes"),
        Row(.closes, "transport", "the way there is {proxy}; NO_PROXY={host} goes without it"),
        Row(.isBusy, "transport", "the proxy answered 503", "the way there is {proxy}"),
        Row(.forbids, "transport", "the proxy answered 403", "the way there is {proxy}"),
        Row(
            .wantsPassword,
            "transport",
            "the proxy answered 407",
            "wants a user and a password: https_proxy=http://user:password@"
        ),
        Row(.answersItself, "tls", "what answers there is not TLS", "the way there is {proxy}"),
        Row(.leadsToSimulator, "tls", "sha256//", "; the way there is {proxy}"),
    ]

    private func run(_ proxy: WayThere, _ words: [String]) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            [
                "--vcenter", "vc.invalid", "--user", "u", "--connect-timeout", "1s", "--timeout",
                "2s",
            ]
                + words,
            environment: [
                "https_proxy": "http://me:pr0xy-word@\(proxy.address)", "VMOON_PASSWORD": "x",
            ]
        )
    }

    @Test(arguments: rows) func `a proxy is named to who logs in`(_ row: Row) throws {
        let simulator = try SimulatorProcess()
        let proxy = try WayThere(row.manner, simulator: simulator.url)
        defer { proxy.end() }
        let run = try run(proxy, ["-e", "listVMs()"])
        #expect(run.status == (row.kind == "tls" ? 78 : 69), "\(run)")
        #expect(run.error.contains(" at vc.invalid: \(row.kind): "), "\(run.error)")
        for text in row.says {
            let text = text.replacing("{proxy}", with: "the proxy \(proxy.address) of https_proxy")
                .replacing("{host}", with: "vc.invalid")
            #expect(run.error.contains(text), "\(run.error)")
        }
        #expect(!run.error.contains("pr0xy-word"))
    }

    @Test(arguments: rows) func `a proxy is named to who asks another service`(_ row: Row) throws {
        let simulator = try SimulatorProcess()
        let proxy = try WayThere(row.manner, simulator: simulator.url)
        defer { proxy.end() }
        let code = """
            local ok, e = pcall(http.METHOD, "https://svc.invalid/x?token=t0ken", { timeout = "1s" })
            print(e.kind, e.message, e.hint, e.outcome)
            """
        for method in ["get", "post"] {
            let run = try run(proxy, ["-e", code.replacing("METHOD", with: method)])
            #expect(run.output.hasPrefix(row.kind + "\t"), "\(run)")
            // The limit of the whole is what ends it here.
            for text in row.says where !text.contains("within") {
                let text = text.replacing(
                    "{proxy}",
                    with: "the proxy \(proxy.address) of https_proxy"
                ).replacing("{host}", with: "svc.invalid")
                #expect(run.output.contains(text), "\(run.output)")
            }
            #expect(run.output.hasSuffix("\tnone\n"), "\(run.output)")
            #expect(!(run.output + run.error).contains("pr0xy-word"))
            #expect(!(run.output + run.error).contains("t0ken"))
        }
    }

    @Test func `a proxy that lets nothing through any more is named to who reads`() throws {
        let simulator = try SimulatorProcess()
        let proxy = try WayThere(.hangsAfterLogIn, simulator: simulator.url)
        defer { proxy.end() }
        let run = try ProgramRun.of(
            "vmoon",
            [
                "--vcenter", "vc.invalid", "--user", simulator.user, "--insecure", "--timeout",
                "2s", "-e", "session() while true do listVMs() end",
            ],
            environment: [
                "https_proxy": "http://\(proxy.address)", "VMOON_PASSWORD": simulator.password,
            ]
        )
        #expect(run.error.contains("listVMs"), "\(run)")
        #expect(run.error.contains("the way there is the proxy \(proxy.address)"), "\(run)")
    }

    @Test func `a certificate that http refuses prints the pin, and the pin opens the way`() throws
    {
        let service = try SimulatorProcess()
        let code = """
            local url = "\(service.url)/sim/state"
            for _, call in ipairs { http.get, http.post } do
              local ok, e = pcall(call, url)
              print(e.kind, e.outcome, e.hint)
              pin = e.hint:match 'pin = "(sha256//[^"]+)"'
            end
            print(http.get(url, { pin = pin }).status)
            local other = "sha256//" .. ("B"):rep(43) .. "="
            print(select(2, pcall(http.get, url, { pin = other })).hint:find(pin, 1, true) ~= nil)
            local ca = "\(service.caFile ?? "")"
            print(http.get(url, { pin = pin, ca_file = ca }).status)
            print(pcall(http.get, url, { pin = "key.pem" }))
            """
        let run = try ProgramRun.of("vmoon", ["-e", code])
        let lines = run.lines
        try #require(lines.count == 6, "\(run)")
        for line in lines[..<2] {
            #expect(line.hasPrefix("tls\tnone\tca_file names the authority; or pin = \"sha256//"))
            #expect(line.hasSuffix("if that is what the service itself shows"))
        }
        #expect(lines[2...4] == ["200", "true", "200"], "\(run)")
        #expect(lines[5].contains("pin must be a key such as \"sha256//…\""), "\(run)")
    }
}
