import Foundation
import JSON
import Support
import Testing

/// The way to the vCenter: its certificate, and what stands between.
extension DoctorTests {
    @Test func `an unknown certificate is told with its pin, and gets no password`() throws {
        let simulator = try SimulatorProcess()
        let report = try bench.look(at: simulator, trusts: false)
        #expect(report.topics("wrong") == ["TLS"])
        let advice = try #require(report["TLS"]?.advice)
        #expect(advice.hasPrefix("--ca-file names the authority; or --pin sha256//"), "\(advice)")
        #expect(report["log-in"]?.verdict == "not looked at")
        #expect(try simulator.requests().isEmpty)
        let pin = try #require(advice.firstMatch(of: /sha256\/\/[A-Za-z0-9+\/]+=/)).output
        let trusting = try bench.look(at: simulator, ["--pin", String(pin)], trusts: false)
        #expect(trusting.run.status == 0, "\(trusting.run)")
    }

    @Test func `an expired certificate is told with its day`() throws {
        let simulator = try SimulatorProcess(arguments: ["--certificate", "expired"])
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["TLS"])
        #expect(report["TLS"]?.text.hasPrefix("the certificate expired on 20") == true)
        #expect(
            report["TLS"]?.advice?.hasPrefix("renew it on the vCenter; until then --pin") == true
        )
        #expect(try simulator.requests().isEmpty)
    }

    @Test func `a certificate of another name is told with that name`() throws {
        let simulator = try SimulatorProcess(arguments: ["--certificate", "wrong-host"])
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["TLS"])
        #expect(report["TLS"]?.text.contains("for elsewhere.localhost") == true)
        #expect(report["TLS"]?.advice?.contains("--vcenter must name the host so") == true)
    }

    @Test func `a certificate that signed itself is told, and one that ends soon`() throws {
        let made = try ProgramRun.shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -out own.pem \
              -days 9 -subj /CN=vc.example -addext subjectAltName=IP:127.0.0.1
            """,
            in: bench.folder
        )
        #expect(made.status == 0, "\(made)")
        let (key, file) = (bench.folder.path + "/own.key", bench.folder.path + "/own.pem")
        let simulator = try SimulatorProcess(arguments: ["--cert", file, "--key", key])
        let report = try bench.look(at: simulator)
        #expect(report.topics("wrong") == ["TLS"])
        #expect(report["TLS"]?.text.contains("; self-signed; until 20") == true, "\(report.run)")
        #expect(report["TLS"]?.advice?.contains("--pin sha256//") == true)
        let trusting = try bench.look(at: simulator, ["--ca-file", file])
        #expect(trusting.topics("odd") == ["TLS"], "\(trusting.run)")
        #expect(trusting["TLS"]?.text.contains("ends in 8 days") == true)
    }

    @Test func `no verification is odd, and the pin is said`() throws {
        let simulator = try SimulatorProcess()
        let report = try bench.look(at: simulator, ["--insecure"])
        #expect(report.topics("odd") == ["TLS"], "\(report.run)")
        #expect(report["TLS"]?.advice?.hasPrefix("--pin sha256//") == true)
    }

    static let proxies: [(WayThere.Manner, String)] = [
        (.forbids, "the proxy answered 403"), (.wantsPassword, "the proxy answered 407"),
        (.isBusy, "the proxy answered 503"), (.hangs, "cannot connect to vc.invalid:443 within 4s"),
        (.closes, "cannot connect to vc.invalid:443"),
    ]

    @Test(arguments: proxies)
    func `a proxy that refuses is named`(_ manner: WayThere.Manner, _ says: String) throws {
        let simulator = try SimulatorProcess()
        let proxy = try WayThere(manner, simulator: simulator.url)
        defer { proxy.end() }
        let report = try bench.look(
            ["--vcenter", "vc.invalid", "--user", "u"],
            ["https_proxy": "http://me:pr0xy-word@\(proxy.address)", "VMOON_PASSWORD": "x"]
        )
        #expect(report.topics("wrong") == ["proxy"], "\(report.run)")
        #expect(report["proxy"]?.text.contains(says) == true, "\(report.run)")
        #expect(report["proxy"]?.advice?.contains("proxy \(proxy.address)") == true)
        #expect(report["name"]?.text == "not looked at, because the proxy looks it up")
        #expect(!(report.run.output + report.run.error).contains("pr0xy-word"))
    }
}
