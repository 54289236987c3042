import Buffers
import Testing
import Transport
import VSphere

@testable import Shell

/// From what was found of a vCenter to what is told of it.
struct VCenterFactsTests {
    /// A session with every read answered in both dialects.
    static var well: VCenterFacts {
        var facts = VCenterFacts()
        facts.endpoint = Endpoint(host: "vc.example")
        facts.user = "me@vsphere.local"
        facts.knock = Knock()
        facts.password = .success(.place("the file /run/password"))
        facts.logIn = .success(.init(dialect: .rest, duration: .milliseconds(12)))
        for dialect in Dialect.allCases {
            for operation in VCenterFacts.reads { facts.add(operation.name, dialect) }
        }
        facts.libraries = [.init(name: "golden", items: 2)]
        (facts.items, facts.templates) = (2, 1)
        return facts
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let topic: String
        let verdict: Diagnosis.Verdict?
        let text: String
        let advice: String?
        let change: @Sendable (inout VCenterFacts) -> Void
        var testDescription: String { "\(topic): \(text)" }

        init(
            _ topic: String,
            _ verdict: Diagnosis.Verdict?,
            _ text: String = "",
            try advice: String? = nil,
            _ change: @escaping @Sendable (inout VCenterFacts) -> Void = { _ in }
        ) {
            (self.topic, self.verdict, self.text) = (topic, verdict, text)
            (self.advice, self.change) = (advice, change)
        }
    }

    static let within: [Case] = [
        Case("log-in", .good, "me@vsphere.local, by /rest, in 12 ms"),
        Case("password", .good, "from the file /run/password"),
        Case("password", .good, "typed") { $0.password = .success(.typed) },
        Case("routes", nil),
        Case("/rest", .good, "34 of our 34 reads are there"),
        Case("/api", .good, "33 of our 34 reads are there; not getVM, for which /rest is asked") {
            $0.change("getVM", .api) { $0.error = missing }
        },
        Case(
            "/api",
            .odd,
            "33 of our 34 reads are there; not getVM",
            try: "--api auto, which asks /rest for them"
        ) {
            $0.choice = .api
            $0.change("getVM", .api) { $0.error = missing }
        },
        Case("/api", .good, "not there: /rest is used") { facts in
            for operation in VCenterFacts.reads {
                facts.change(operation.name, .api) { $0.error = missing }
            }
        },
        Case(
            "/api",
            .good,
            "33 of our 34 reads are there; not looked at, for want of an answer: getVM"
        ) {
            $0.change("getVM", .api) { probe in
                probe.status = nil
                probe.error = VSphereError(.timeout, "too late")
            }
        },
        Case(
            "routes",
            .wrong,
            "no dialect has getVM: scripts that use it fail",
            try:
                "a newer release: templates need 6.8, check-outs and versions 6.9.1; or is this no "
                + "vCenter, but something in its place?"
        ) { facts in
            for dialect in Dialect.allCases {
                facts.change("getVM", dialect) { $0.error = missing }
            }
        },
        Case(
            "answers",
            .wrong,
            "getVM by /rest: [*].name: a string is promised, none is there; disks: a map is promised, a list "
                + "is there; unknown, and there: title",
            try: report
        ) { $0.change("getVM", .rest, deviate) },
        Case(
            "answers",
            .odd,
            "getVM by /api: [*].name: a string is promised, none is there; disks: a map is promised, a list "
                + "is there; unknown, and there: title",
            try: report
        ) { $0.change("getVM", .api, deviate) },
        Case("rights", .wrong, "me@vsphere.local may not getVM", try: "it needs System.Read") {
            $0.change("getVM", .rest) { probe in
                probe.error = VSphereError(.unauthorized, "no", hint: "it needs System.Read")
            }
        },
        Case(
            "rights",
            .odd,
            "no read is refused, and me@vsphere.local sees nothing at all",
            try: "give the account System.Read, for libraries as a global permission"
        ) { facts in
            for reading in facts.readings { reading.probe.result.clear() }
        },
        Case("clock", .unseen, "not looked at, because no answer had a date") { facts in
            facts.setSkew(nil)
        },
        Case("clock", .good, "that of the vCenter is the same to within 5 s") { $0.setSkew(-3000) },
        Case(
            "clock",
            .odd,
            "that of the vCenter is 1m00s behind ours",
            try: "which one is right? set the other one (NTP)"
        ) { $0.setSkew(-60_500) },
        Case(
            "clock",
            .wrong,
            "that of the vCenter is 2h00m behind ours",
            try: "which one is right? set the other one (NTP)"
        ) { $0.setSkew(-7_200_500) },
        Case(
            "clock",
            .wrong,
            "that of the vCenter is 2h00m ahead of ours",
            try: "which one is right? set the other one (NTP)"
        ) { $0.setSkew(7_199_500) },
        Case("clock", .unseen, "not looked at, because the answers come from a recording") {
            $0.isReplayed = true
        },
        Case("libraries", .good, "1: golden (2 items); 1 VM templates"),
        Case(
            "libraries",
            .odd,
            "none is seen",
            try:
                "is there one? then the account needs a global permission: libraries inherit from nothing else"
        ) { $0.libraries = [] },
        Case(
            "time",
            .odd,
            "not all was looked at within 10s",
            try: "is it far, or busy? once more, and with one vCenter at a time"
        ) { $0.limit = .seconds(10) },
        Case("release", .unseen, "not looked at, because it took too long"),
    ]

    @Test(arguments: within) func `what a session shows is told as it is`(_ row: Case) {
        check(row)
    }

    static let way: [Case] = [
        Case("name", .good, "vc.example"), Case("proxy", .good, "none"),
        Case("connection", .good, "port 443"),
        Case("TLS", .odd, "none: the password goes unencrypted", try: "write https://") {
            $0.endpoint = Endpoint(scheme: .http, host: "vc.example")
        },
        Case("TLS", .good, "none: http:// that does not leave this machine") {
            $0.endpoint = Endpoint(scheme: .http, host: "127.0.0.1")
        },
        Case("name", .unseen, "not looked at, because the proxy looks it up") {
            $0.proxy = .init(variable: "https_proxy", address: "proxy:3128")
        },
        Case("proxy", .good, "proxy:3128, of https_proxy") {
            $0.proxy = .init(variable: "https_proxy", address: "proxy:3128")
        },
        Case("connection", .wrong, "refused", try: "start it") {
            $0.fail(.connection, "refused", "start it")
        },
        Case("TLS", .unseen, "not looked at, because the request did not come so far") {
            $0.fail(.connection, "refused", "start it")
        },
        Case("log-in", .unseen, "not looked at, because the vCenter was not reached") {
            $0.fail(.connection, "refused", "start it")
        },
        Case(
            "log-in",
            .unseen,
            "not looked at, because no password is sent to a server that is not trusted"
        ) { $0.fail(.tls, "not trusted", "--pin") },
        Case("log-in", .unseen, "not looked at, because there is no password") {
            $0.password = .failure(.init(message: "no file", hint: "name one"))
            $0.logIn = nil
        },
        Case("password", .wrong, "no file", try: "name one") {
            $0.password = .failure(.init(message: "no file", hint: "name one"))
            $0.logIn = nil
        },
        Case("log-in", .wrong, "unauthenticated (HTTP 401): no", try: "check it") {
            $0.logIn = .failure(
                VSphereError(.unauthenticated, "no", status: 401, hint: "check it")
            )
        },
        Case("settings", .odd, "/home/me/.netrc is readable by others", try: "chmod 600 closes it")
        {
            $0.warnings = ["/home/me/.netrc is readable by others; chmod 600 closes it"]
        },
        Case("settings", .wrong, "no such profile", try: "name another") {
            $0.problem = SettingsError("no such profile", hint: "name another", exitCode: .usage)
        },
    ]

    private static let about =
        "for vc.example, 192.0.2.1; signed by Example CA 2, then by Example CA; until "

    static let certificates: [Case] = [
        Case("TLS", .good, "trusted; \(about)2027-11-29; --pin sha256//K=") { $0.show() },
        Case(
            "TLS",
            .good,
            "trusted; for vc.example; self-signed; until 2027-11-29; --pin sha256//K="
        ) {
            $0.show(names: "CN = vc.example", chain: [("CN = vc.example", "CN = vc.example")])
        },
        Case(
            "TLS",
            .odd,
            "trusted, and ends in 10 days, on 2026-12-09; \(about)2026-12-09; --pin sha256//K=",
            try: "renew the certificate of the vCenter before"
        ) { $0.show(end: "Dec  9 07:00:00 2026 GMT") },
        Case(
            "TLS",
            .odd,
            "trusted by its pin, and expired on 2026-11-01; \(about)2026-11-01; --pin sha256//K=",
            try: "renew the certificate of the vCenter"
        ) {
            $0.show(end: "Nov  1 07:00:00 2026 GMT")
            $0.trust = Trust(pins: ["sha256//K="])
        },
        Case(
            "TLS",
            .odd,
            "not verified; \(about)2027-11-29; --pin sha256//K=",
            try: "--pin sha256//K=, if that is what the vCenter itself shows"
        ) {
            $0.show()
            $0.trust = Trust(.unverified)
        },
        Case(
            "TLS",
            .wrong,
            "the certificate expired on 2026-11-01; \(about)2026-11-01",
            try: "renew it on the vCenter; until then --pin sha256//K= trusts its key"
        ) {
            $0.fail(.tls, "not trusted", "--ca-file")
            $0.show(end: "Nov  1 07:00:00 2026 GMT")
        },
        Case(
            "TLS",
            .wrong,
            "the certificate is valid from 2027-01-01 on only; \(about)2027-11-29",
            try: "set the clock of this machine, which may be slow"
        ) {
            $0.fail(.tls, "not trusted", "--ca-file")
            $0.show(start: "Jan  1 00:00:00 2027 GMT")
        },
        Case("TLS", .wrong, "another key; \(about)2026-11-01", try: "is it the new one?") {
            $0.fail(.tls, "another key", "is it the new one?")
            $0.show(end: "Nov  1 07:00:00 2026 GMT")
            $0.trust = Trust(pins: ["sha256//L="])
        },
        Case("name", .good, "vc.example is 192.0.2.1, found in 3 ms") { $0.show() },
        Case("name", .wrong, "no vc", try: "is it up?") { $0.fail(.name, "no vc", "is it up?") },
        Case(
            "name",
            .wrong,
            "no vc",
            try: "is the address right? the profiles are lab, prod"
        ) {
            $0.profiles = ["lab", "prod"]
            $0.fail(.name, "no vc", "is it up?")
        },
        Case("connection", .good, "port 443, in 4 ms") { $0.show() },
    ]

    @Test(arguments: certificates) func `a certificate is told as it is`(_ row: Case) { check(row) }

    @Test(arguments: way) func `the way there is told as it is`(_ row: Case) { check(row) }

    private func check(_ row: Case) {
        var facts = Self.well
        row.change(&facts)
        let findings = facts.findings(Spelling())
        let found = findings.first { $0.topic == row.topic && $0.verdict == row.verdict }
        if row.verdict == nil {
            #expect(!findings.contains { $0.topic == row.topic })
        } else {
            #expect(found?.text == row.text, "\(findings.filter { $0.topic == row.topic })")
            #expect(found?.advice == row.advice)
        }
        for finding in findings {
            let needsAdvice = finding.verdict == .odd || finding.verdict == .wrong
            #expect((finding.advice?.isEmpty == false) == needsAdvice, "\(finding)")
        }
    }

    private static let report =
        "tell the makers of vmoon: `vmoon doctor --record FILE --mask` keeps the answers without names"

    private static var missing: VSphereError { VSphereError(.noSuchRoute, "no", status: 404) }

    @Sendable private static func deviate(_ probe: inout Probe) {
        probe.error = VSphereError(.protocolViolation, "no", status: 200)
        probe.deviations = [
            .init("[*].name", "a string is promised, none is there", others: ["title"]),
            .init("disks", "a map is promised, a list is there"),
        ]
    }
}

extension VCenterFacts {
    /// Adds an answer that is as promised.
    fileprivate mutating func add(_ operation: String, _ dialect: Dialect) {
        var probe = Probe(operation, in: dialect)
        probe.status = 200
        probe.duration = .milliseconds(10)
        probe.result.putArray {
            probe.result.put("vm-1")
            return 1
        }
        readings.append(.init(probe: probe))
    }

    /// Changes the answer to an operation.
    fileprivate mutating func change(
        _ operation: String,
        _ dialect: Dialect,
        _ change: (inout Probe) -> Void
    ) {
        readings = readings.map { reading in
            guard reading.probe.operation == operation, reading.probe.dialect == dialect else {
                return reading
            }
            var probe = reading.probe
            change(&probe)
            return .init(probe: probe, isMadeUp: reading.isMadeUp, received: reading.received)
        }
    }

    /// Puts the vCenter's clock so far ahead.
    fileprivate mutating func setSkew(_ skew: Int64?) {
        readings = readings.map { reading in
            var probe = reading.probe
            probe.date = skew.map { 1_000_000_000 + $0 }
            return .init(probe: probe, received: 1_000_000_000)
        }
    }

    /// Has a server show a certificate.
    fileprivate mutating func show(
        names: String = "DNS:vc.example, IP Address:192.0.2.1",
        chain: [(subject: String, issuer: String)] = [
            ("CN = vc.example", "O = Example, CN = Example CA 2"),
            ("CN = Example CA 2", "CN = Example CA"),
        ],
        start: String = "Nov 29 07:00:00 2025 GMT",
        end: String = "Nov 29 07:00:00 2027 GMT"
    ) {
        now = 1_795_935_600_000
        var shown = TransportError.Shown(pin: "sha256//K=", names: names)
        shown.chain = chain.map {
            .init(subject: $0.subject, issuer: $0.issuer, start: start, end: end)
        }
        shown.address = "192.0.2.1"
        shown.lookUp = .milliseconds(3)
        shown.connecting = .milliseconds(7)
        if knock == nil { knock = Knock() }
        knock?.shown = shown
    }

    /// Ends the way there at a station.
    fileprivate mutating func fail(_ stage: Knock.Stage, _ message: String, _ hint: String) {
        knock = Knock()
        knock?.failure = .init(stage, VSphereError(.transport, message, hint: hint))
        logIn = nil
    }
}
