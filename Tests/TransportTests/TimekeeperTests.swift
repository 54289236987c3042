import Testing
import Transport

/// Time that passes without being waited for.
struct TimekeeperTests {
    /// Lets as much time pass as the loop asks for, or refuses.
    private final class Keeper: Timekeeper {
        var isBusy = false
        var refuses = false
        var passed: [Duration] = []
        var requests: [Int] = []
        /// Called before time passes.
        var before: () -> Void = {}
        /// When the servers have something to do.
        var next: Duration?

        func pass(atMost limit: Duration?, requests: Int) -> Duration? {
            before()
            self.requests.append(requests)
            guard !refuses, let span = [limit, next].compactMap({ $0 }).min() else { return nil }
            passed.append(span)
            return span
        }
    }

    private func loop(_ keeper: Keeper) -> Multi {
        let multi = Multi()
        multi.timekeeper = keeper
        return multi
    }

    @Test func `a night passes at once, and timers run in their order`() throws {
        let keeper = Keeper()
        let multi = loop(keeper)
        let began = multi.now
        var ran: [String] = []
        multi.after(.seconds(8 * 3600)) { ran.append("morning") }
        multi.after(.seconds(3600)) {
            ran.append("one")
            multi.after(.seconds(1800)) { ran.append("half past one") }
        }
        let clock = ContinuousClock.now
        while ran.count < 3 { try multi.turn() }
        #expect(ran == ["one", "half past one", "morning"])
        #expect(multi.now - began >= .seconds(8 * 3600))
        #expect(ContinuousClock.now - clock < .seconds(60))
        #expect(keeper.passed.count >= 3)
    }

    @Test func `while something takes real time, no other passes`() throws {
        let keeper = Keeper()
        keeper.isBusy = true
        let multi = loop(keeper)
        multi.after(.seconds(3600)) {}
        let began = multi.now
        for _ in 0..<3 { try multi.turn(waitingAtMost: .milliseconds(2)) }
        #expect(keeper.passed.isEmpty && multi.now - began < .seconds(3600))
    }

    @Test func `a time-out is reached where the server lets it pass`() throws {
        let server = RawServer { peer in
            _ = peer.readRequest()
            _ = peer.readRequest()
        }
        let keeper = Keeper()
        let multi = loop(keeper)
        var request = try request(.get, server.url + "/")
        request.timeout = .seconds(3600)
        keeper.refuses = true
        // As soon as the server has the request, it lets time pass.
        keeper.before = { keeper.refuses = server.requests.isEmpty }
        var outcome: Outcome?
        multi.start(request) { outcome = $0 }
        while outcome == nil { try multi.turn() }
        let error = try outcome.error()
        #expect(error.kind == .timeout)
        #expect(keeper.requests.allSatisfy { $0 == 1 })
    }

    @Test func `what the servers have to do comes first`() throws {
        let keeper = Keeper()
        keeper.next = .seconds(60)
        let multi = loop(keeper)
        var isOver = false
        multi.after(.seconds(150)) { isOver = true }
        while !isOver { try multi.turn() }
        #expect(keeper.passed.prefix(2) == [.seconds(60), .seconds(60)])
        #expect(keeper.passed.count == 3)
    }
}
