import JSON
import Testing

@testable import Simulator

struct RequestLogTests {
    private func entry(_ target: String, body: Int = 0) -> RequestLog.Entry {
        RequestLog.Entry(
            WireRequest(method: "GET", target: target),
            operation: "listVMs",
            body: body == 0 ? nil : [UInt8](repeating: 0x78, count: body)
        )
    }

    private func paths(_ log: RequestLog) -> [String] {
        log.entries.compactMap { $0.document["path"]?.string }
    }

    @Test func `the last entries are kept in their order, and the others counted`() {
        var log = RequestLog(countLimit: 3)
        for number in 1...8 { #expect(log.append(entry("/\(number)")) == number) }
        #expect(paths(log) == ["/6", "/7", "/8"])
        #expect(log.dropped == 5)
    }

    @Test func `an answer is noted where its request is, if that is still there`() {
        var log = RequestLog(countLimit: 3)
        for number in 1...5 { _ = log.append(entry("/\(number)")) }
        log.finish(4, status: 200, isApplied: true)
        log.finish(1, status: 500, isApplied: true)
        #expect(log.entries.map { $0.document["status"] } == [.null, 200, .null])
        #expect(log.entries.map { $0.document["applied"] } == [false, true, false])
    }

    @Test func `what a fault has hit, or has changed something, is not dropped`() {
        var log = RequestLog(countLimit: 3)
        for number in 1...3 { _ = log.append(entry("/\(number)")) }
        log.note("delay", of: 1)
        log.finish(2, status: 200, isApplied: true)
        for number in 4...8 { _ = log.append(entry("/\(number)")) }
        // It is answered when it has no place among the last ones any more.
        log.finish(1, status: 204, isApplied: false)
        #expect(paths(log) == ["/1", "/2", "/6", "/7", "/8"])
        #expect(log.entries.first?.document["status"] == 204)
        #expect(log.dropped == 3)
    }

    @Test func `large bodies push out older entries, so that memory stays bounded`() {
        var log = RequestLog(countLimit: 1000, byteLimit: 100_000)
        for number in 1...100 {
            _ = log.append(entry("/\(number)", body: 10_000))
            #expect(log.entries.reduce(0) { $0 + $1.size } <= 100_000)
        }
        #expect(paths(log).last == "/100")
        #expect(log.dropped + log.entries.count == 100)
        log.finish(100, status: 204, isApplied: false)
        #expect(log.entries.last?.document["status"] == 204)
    }

    @Test func `numbers go on after the log was emptied`() {
        var log = RequestLog()
        _ = log.append(entry("/1"))
        log.removeAll()
        #expect(log.append(entry("/2")) == 2)
        log.finish(1, status: 200, isApplied: true)
        log.finish(2, status: 404, isApplied: false)
        #expect(log.entries.map { $0.document["status"] } == [404])
    }

    @Test func `a target is told apart into path and query, as it came`() {
        let document = entry("/a%2fb?x=1?&y").document
        #expect(document["path"] == "/a%2fb")
        #expect(document["query"] == "x=1?&y")
        #expect(document["body"] == .null)
    }
}
