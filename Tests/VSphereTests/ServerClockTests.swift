import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// The vCenter's own clock, by which a change is given up.
@Suite struct ServerClockTests {
    static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    static let milliseconds: Int64 = 784_111_777_000

    private func read(_ status: Int, _ body: String, _ headers: String) throws -> Int64? {
        let bench = Bench(.api).opened()
        let result = ValueBuffer()
        let call = try Call(.listVersions, texts: "I")
        bench.vcenter.perform(call, into: result, tellsTime: true) { _ in }
        bench.exchange.answer(status, body, headers: headers)
        return bench.vcenter.serverTime
    }

    @Test func `it is that of a good answer, and goes on`() throws {
        #expect(try read(200, "[]", Self.date) == Self.milliseconds)
        let bench = Bench(.api)
        bench.open()
        bench.exchange.answer(201, #""s1""#, headers: Self.date)
        bench.exchange.advance(by: .seconds(90))
        #expect(bench.vcenter.serverTime == Self.milliseconds + 90_000)
    }

    @Test(arguments: [
        (200, "[]", ""), (200, "[]", "Date: tomorrow\r\n"),
        (404, "<html>a proxy</html>", ServerClockTests.date),
        (200, #"{"error":"a proxy"}"#, ServerClockTests.date),
        (302, "", ServerClockTests.date + "Location: https://sso.example\r\n"),
    ])
    func `what something on the way says is no clock of the vCenter's`(
        _ status: Int,
        _ body: String,
        _ headers: String
    ) throws { #expect(try read(status, body, headers) == nil) }
}
