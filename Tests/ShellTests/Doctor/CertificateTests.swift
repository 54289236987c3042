import Testing
import Transport

@testable import Shell

struct CertificateTests {
    static let times: [(String, Int64?)] = [
        ("Nov 29 07:00:00 2026 GMT", 1_795_935_600_000),
        ("Jan  1 00:00:00 1970 GMT", 0),
        ("Feb 30 00:00:00 2026 GMT", nil), ("Nov 29 07:00:00 2026", nil), ("soon", nil), ("", nil),
        ("Brumaire 1 07:00:00 2026 GMT", nil),
    ]

    @Test(arguments: times) func `a time is read as OpenSSL writes it`(
        _ text: String,
        _ time: Int64?
    ) {
        #expect(CertificateTime.parse(text) == time)
    }

    static let day: Int64 = 86_400_000
    static let now: Int64 = 1_795_935_600_000
    static let verdicts: [(start: String, end: String, CertificateTime.Verdict)] = [
        ("Nov 29 07:00:00 2025 GMT", "Nov 29 07:00:00 2027 GMT", .good),
        ("Nov 29 07:00:00 2025 GMT", "Dec 29 07:00:00 2026 GMT", .good),
        ("Nov 29 07:00:00 2025 GMT", "Dec 29 06:59:59 2026 GMT", .ending("2026-12-29", days: 29)),
        ("Nov 29 07:00:00 2025 GMT", "Nov 29 06:59:59 2026 GMT", .expired("2026-11-29")),
        ("Nov 29 07:00:01 2026 GMT", "Nov 29 07:00:00 2027 GMT", .early("2026-11-29")),
        ("?", "Nov 29 07:00:00 2027 GMT", .good), ("?", "?", .unknown),
    ]

    @Test(arguments: verdicts)
    func `its time decides`(_ start: String, _ end: String, _ verdict: CertificateTime.Verdict) {
        let certificate = TransportError.Shown.Certificate(
            subject: "",
            issuer: "",
            start: start,
            end: end
        )
        #expect(CertificateTime(certificate).verdict(at: Self.now) == verdict)
    }

    static let names: [(String, [String])] = [
        ("DNS:vc.example.com, IP Address:192.0.2.1", ["vc.example.com", "192.0.2.1"]),
        ("DNS:*.example.com", ["*.example.com"]), ("", []),
        ("C = US, O = Example, CN = vc.example.com", ["vc.example.com"]),
        ("O = Example", ["O = Example"]),
    ]

    @Test(arguments: names) func `its names are found`(_ text: String, _ names: [String]) {
        #expect(CertificateNames.alternatives(in: text) == names)
    }
}
