import Glibc
import Testing
import Transport

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct LoopTests {
    private final class Held {}

    /// Runs one request whose completion holds an object, which is then held by nothing else.
    private func held(by multi: Multi, body: String, answer: String = ok) throws -> () -> Held? {
        let server = RawServer(answering: answer)
        let held = Held()
        var isOver = false
        multi.start(try request(.post, server.url + "/", body: body)) { [held] _ in
            withExtendedLifetime(held) { isOver = true }
        }
        try multi.turnUntil { isOver }
        return { [weak held] in held }
    }

    @Test func `what an ended transfer holds is freed in the next turn, or by tidying up`() throws {
        let multi = Multi()
        let first = try held(by: multi, body: "x")
        #expect(first() != nil)
        let second = try held(by: multi, body: "x")
        #expect(first() == nil && second() != nil)
        multi.tidy()
        #expect(second() == nil)
    }

    @Test func `what is large is freed at once`() throws {
        let large = String(repeating: "x", count: 32 << 10)
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(large.utf8.count)\r\n\r\n\(large)"
        let multi = Multi()
        #expect(try held(by: multi, body: large)() == nil)
        #expect(try held(by: multi, body: "x", answer: answer)() == nil)
    }

    @Test func `timers run in the order in which they are due, then in which they were added`()
        throws
    {
        let multi = Multi()
        var ran: [Int] = []
        let delays = [3, 1, 2, 1, 0]
        for (at, delay) in delays.enumerated() {
            multi.after(.milliseconds(delay)) { ran.append(at) }
        }
        let cancelled = multi.after(.milliseconds(1)) { ran.append(99) }
        multi.cancel(cancelled)
        try multi.turnUntil { ran.count >= delays.count }
        #expect(ran == [4, 1, 3, 2, 0])
    }

    @Test func `ten thousand timers, half of them cancelled, run once each`() throws {
        let multi = Multi()
        var count = 0
        let timers = (0..<10_000).map { at in multi.after(.nanoseconds(at % 97)) { count += 1 } }
        for timer in timers.enumerated() where timer.offset % 2 == 0 { multi.cancel(timer.element) }
        try multi.turnUntil { count >= 5000 }
        try multi.turn(waitingAtMost: .zero)
        #expect(count == 5000)
    }

    @Test func `a timer that adds a timer does not keep the turn from ending`() throws {
        let multi = Multi()
        var count = 0
        var last: TimerID?
        func again() {
            count += 1
            last = multi.after(.zero) { again() }
        }
        again()
        try multi.turn()
        try multi.turn()
        // It holds the loop, and the loop holds it.
        last.map { multi.cancel($0) }
        #expect(count == 3)
    }

    @Test func `a turn with nothing to do ends when its time is over`() throws {
        let multi = Multi()
        let start = multi.now
        try multi.turn(waitingAtMost: .milliseconds(20))
        #expect(multi.now - start >= .milliseconds(20))
    }

    @Test(arguments: [false, true])
    func `writing to the wake descriptor ends the wait, with a transfer or without`(
        _ transferring: Bool
    ) throws {
        let server = RawServer { $0.waitForClose() }
        let multi = Multi()
        let start = multi.now
        if transferring {
            multi.start(try request(.get, server.url)) { _ in Issue.record("it has no end") }
        }
        let descriptor = multi.wakeDescriptor
        runThread {
            var one: UInt64 = 1
            write(descriptor, &one, 8)
        }
        try multi.turn(waitingAtMost: .seconds(60))
        #expect(multi.now - start < .seconds(30))
        // It was taken: the next turn waits again.
        let then = multi.now
        try multi.turn(waitingAtMost: .milliseconds(5))
        #expect(multi.now - then >= .milliseconds(5))
    }

    @Test(arguments: [false, true])
    func `a watched descriptor is reported when it is readable and when it hangs up`(
        _ transferring: Bool
    ) throws {
        let server = RawServer { $0.waitForClose() }
        let multi = Multi()
        if transferring {
            multi.start(try request(.get, server.url)) { _ in Issue.record("it has no end") }
        }
        var pipes: [Int32] = [0, 0]
        #expect(pipe(&pipes) == 0)
        defer { close(pipes[0]) }
        var seen: [String] = []
        multi.watch(pipes[0], for: .readable) { [descriptor = pipes[0]] in
            var byte: UInt8 = 0
            seen.append(read(descriptor, &byte, 1) == 1 ? "byte" : "end")
        }
        write(pipes[1], "x", 1)
        try multi.turnUntil { seen.count == 1 }
        close(pipes[1])
        try multi.turnUntil { seen.count == 2 }
        #expect(seen == ["byte", "end"])
    }

    @Test func `a watch that another action has ended is not called`() throws {
        let multi = Multi()
        var pipes: [Int32] = [0, 0]
        #expect(pipe(&pipes) == 0)
        defer { pipes.forEach { close($0) } }
        var watches: [WatchID] = []
        var calls = 0
        for _ in 1...2 {
            watches.append(
                multi.watch(pipes[1], for: .writable) {
                    calls += 1
                    watches.forEach { multi.unwatch($0) }
                }
            )
        }
        try multi.turn(waitingAtMost: .seconds(5))
        try multi.turn(waitingAtMost: .zero)
        #expect(calls == 1)
    }

    @Test func `a cancelled transfer never completes, and its handle serves the next one`() throws {
        let server = RawServer { peer in
            guard let text = peer.readRequest() else { return }
            if text.hasPrefix("GET /slow") { peer.waitForClose() } else { peer.send(ok) }
        }
        let multi = Multi()
        let slow = multi.start(try request(.get, server.url + "/slow")) { _ in
            Issue.record("it was cancelled")
        }
        let bad = multi.start(try request(.get, "nonsense")) { _ in Issue.record("it was cancelled")
        }
        multi.cancel(bad)
        while server.requests.isEmpty { try multi.turn(waitingAtMost: .milliseconds(5)) }
        multi.cancel(slow)
        multi.cancel(slow)
        #expect(multi.transferCount == 0)
        #expect(try multi.fetch(request(.get, server.url)).answer().status == 200)
    }

    @Test func `a completion may start, cancel and turn the loop itself`() throws {
        let server = RawServer(answering: ok)
        let multi = Multi()
        let first = try request(.get, server.url)
        var inner: Outcome?
        var isDone = false
        var other: Transfer?
        multi.start(first) { _ in
            if let other { multi.cancel(other) }
            inner = try? multi.fetch(first)
            isDone = true
        }
        other = multi.start(try request(.get, "http://127.0.0.1:\(server.port)/slow")) { _ in }
        try multi.turnUntil { isDone }
        #expect(try inner.answer().status == 200)
    }
}
