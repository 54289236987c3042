import Testing

@testable import Simulator

struct SessionTableTests {
    private func moment(_ seconds: Int) -> Instant { Instant(milliseconds: seconds * 1000) }

    private func table(idle: Int? = nil, absolute: Int? = nil, count: Int? = nil) -> SessionTable {
        SessionTable(
            limits: .init(
                idle: idle.map { .seconds($0) },
                absolute: absolute.map { .seconds($0) },
                count: count
            )
        )
    }

    @Test func `a session ends when it is idle for too long, and each use starts that time again`()
        throws
    {
        var table = table(idle: 60)
        let id = try table.open(for: "a", at: moment(0))
        #expect(table.use(id, at: moment(59)) != nil)
        #expect(table.use(id, at: moment(118)) != nil)
        #expect(table.use(id, at: moment(178)) == nil)
        #expect(table.count == 0)
    }

    @Test func `a session ends at its absolute time, however busy it is`() throws {
        var table = table(absolute: 100)
        let id = try table.open(for: "a", at: moment(0))
        for second in stride(from: 10, to: 100, by: 10) {
            #expect(table.use(id, at: moment(second)) != nil)
        }
        #expect(table.use(id, at: moment(100)) == nil)
    }

    @Test func `without limits a session stays`() throws {
        var table = table()
        let id = try table.open(for: "a", at: moment(0))
        #expect(table.use(id, at: moment(1_000_000_000)) != nil)
    }

    @Test func `too many sessions are refused until one is closed or has expired`() throws {
        var table = table(idle: 60, count: 2)
        let first = try table.open(for: "a", at: moment(0))
        _ = try table.open(for: "b", at: moment(30))
        let error = #expect(throws: VAPIError.self) { _ = try table.open(for: "c", at: moment(31)) }
        #expect(error?.kind == .serviceUnavailable)
        #expect(
            error?.messages.first?.id
                == "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached"
        )
        table.close(first)
        _ = try table.open(for: "c", at: moment(32))
        _ = try table.open(for: "d", at: moment(91))
    }

    @Test func `an identifier is 32 hexadecimal digits and never the same`() throws {
        var table = table()
        let ids = try (0..<100).map { _ in try table.open(for: "a", at: moment(0)) }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }
}
