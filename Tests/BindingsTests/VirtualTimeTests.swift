import Testing

@testable import Bindings

@Suite struct VirtualTimeTests {
    /// Lets everybody sleep, then wakes them all; the order in which they wake, and when.
    private func order(_ spans: [Int], ending early: Int? = nil) -> [String] {
        var time = VirtualTime()
        var woken: [String] = []
        var numbers: [Int?] = []
        for (place, span) in spans.enumerated() {
            numbers.append(time.wait(.seconds(span)) { woken.append("\(place)") })
        }
        if let early, let number = numbers[early] { time.end(number) }
        while let wake = time.next() {
            wake()
            woken[woken.count - 1] += "@\(time.passed.components.seconds)"
        }
        return woken
    }

    @Test func `sleepers wake by their time, those of one time in their order`() {
        #expect(order([5, 2, 9, 2]) == ["1@2", "3@2", "0@5", "2@9"])
        #expect(order([5, 2, 9], ending: 0) == ["1@2", "2@9"])
        #expect(order([]) == [])
        #expect(order([0]) == ["0@0"])
    }

    @Test func `nobody sleeps beyond the limit`() {
        var time = VirtualTime()
        #expect(time.wait(VirtualTime.limit.time) {} != nil)
        _ = time.next()
        #expect(time.wait(.seconds(1)) {} == nil)
        #expect(!time.hasSleepers)
    }

    @Test func `after very many sleeps there is no more`() {
        var time = VirtualTime()
        for _ in 0..<VirtualTime.limit.sleeps { _ = time.wait(.zero) {}.map { time.end($0) } }
        #expect(time.wait(.zero) {} == nil)
    }
}
