import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// How long a session lives: kept alive while it is needed, closed once.
@Suite struct VCenterClosingTests {
    static let session = "/rest/com/vmware/cis/session"

    @Test func `the log-out is sent once, when the last handle is given back`() {
        let bench = Bench(.rest).opened()
        bench.open()
        bench.close()
        #expect(bench.exchange.inFlight.isEmpty)
        bench.close()
        #expect(bench.exchange.lines.last == "DELETE \(Self.session)")
        bench.close()
        bench.exchange.answer(200)
        #expect(bench.told == ["ok open", "ok open", "ok closed", "ok closed", "ok closed"])
        #expect(bench.exchange.lines.count == 2)
        #expect(!bench.vcenter.isOpen)
    }

    @Test(arguments: [
        (401, "ok closed"), (204, "ok closed"), (500, "internal_server_error"),
    ])
    func `a log-out is done when the session is gone`(status: Int, told: String) {
        let bench = Bench(.rest).opened()
        bench.close()
        bench.exchange.answer(status)
        // What may pass by itself is tried again.
        for _ in 0..<2 where !bench.exchange.inFlight.isEmpty || bench.exchange.timerCount > 0 {
            bench.exchange.advance(by: .seconds(1))
            bench.exchange.answer(status)
        }
        #expect(bench.told == ["ok open", told])
        #expect(bench.exchange.lines.count == (status == 500 ? 4 : 2))
        #expect(!bench.vcenter.isOpen)
    }

    @Test func `closing cancels reads and waits for changes`() throws {
        let bench = Bench(.rest, limit: 2).opened()
        try bench.call(.listVersions, "I")
        try bench.call(.rollback, "I", "1", "m")
        try bench.call(.rollback, "I", "2", "m")
        bench.close()
        #expect(bench.told == ["ok open", "cancelled", "cancelled"])
        #expect(bench.exchange.inFlight.map(\.line).count == 1)
        try bench.call(.listVersions, "I")
        #expect(bench.told.last == "usage")
        bench.exchange.answer(200, #"{"value":"3"}"#)
        #expect(bench.told.last == #"ok "3""#)
        #expect(bench.exchange.inFlight.map(\.line) == ["DELETE \(Self.session)"])
        bench.exchange.answer(200)
        #expect(bench.told.last == "ok closed")
    }

    @Test func `giving up the last change while closing lets the log-out go`() throws {
        let bench = Bench(.rest).opened()
        let change = try bench.call(.rollback, "I", "1", "m")
        bench.close()
        bench.vcenter.cancel(change)
        #expect(bench.exchange.inFlight.map(\.line) == ["DELETE \(Self.session)"])
    }

    @Test func `closing in the middle of a log-in leaves no session behind`() {
        let bench = Bench(.rest)
        bench.open()
        bench.close(all: true)
        bench.exchange.answer(200, #"{"value":"s1"}"#)
        #expect(bench.exchange.inFlight.map(\.line) == ["DELETE \(Self.session)"])
        bench.exchange.answer(200)
        #expect(bench.told == ["usage", "ok closed"])
    }

    @Test func `closing between two attempts to log in gives up`() {
        let bench = Bench(.rest)
        bench.open()
        bench.exchange.fail(.connect, mayHaveBeenSent: false)
        bench.close()
        bench.exchange.advance(by: .seconds(60))
        #expect(bench.told == ["usage", "ok closed"])
        #expect(bench.exchange.lines.count == 1)
    }

    @Test func `a closed client can be opened again, with the password it has`() {
        let bench = Bench(.rest).opened()
        bench.close()
        bench.exchange.answer(200)
        bench.open()
        bench.exchange.answer(200, #"{"value":"s2"}"#)
        #expect(bench.vcenter.isOpen)
        #expect(bench.passwordCount == 1)
    }

    @Test(arguments: Dialect.allCases)
    func `a session is used while a change takes long, and only then`(dialect: Dialect) throws {
        let bench = Bench(dialect.choice).opened()
        bench.exchange.advance(by: .seconds(1000))
        #expect(bench.exchange.lines.count == 1)
        try bench.call(.checkIn, "I", "vm-1", "m")
        bench.exchange.advance(by: .seconds(480))
        let (method, path) = dialect.session(.get)
        let keepAlive = "\(method.rawValue) \(path)"
        #expect(bench.exchange.lines.suffix(2) == [keepAlive, keepAlive])
        let answer = dialect.success(#""3""#)
        bench.exchange.answer(answer.status, answer.body)
        #expect(bench.told == ["ok open", #"ok "3""#])
        #expect(bench.exchange.timerCount == 0)
    }
}
