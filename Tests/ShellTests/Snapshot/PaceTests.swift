import Testing

@testable import Shell

struct PaceTests {
    /// Answers of one operation, each taking so many milliseconds.
    private func answers(_ pace: inout Pace, _ count: Int, _ milliseconds: Int) {
        for _ in 0..<count { pace.note("getVM", took: .milliseconds(milliseconds)) }
    }

    @Test func `it doubles while answers take as long as before, up to the most`() {
        var pace = Pace(limit: nil)
        #expect(pace.width == 16)
        answers(&pace, 16, 50)
        #expect(pace.width == 16)
        answers(&pace, 16, 52)
        #expect(pace.width == 32)
        answers(&pace, 32 + 64 + 128 + 128, 55)
        #expect(pace.width == 128)
    }

    @Test func `it goes back where answers take much longer, but not below what every run has`() {
        var pace = Pace(limit: nil)
        answers(&pace, 16 + 16 + 32, 50)
        #expect(pace.width == 64)
        answers(&pace, 64, 200)
        #expect(pace.width == 42)
        answers(&pace, 500, 400)
        #expect(pace.width == 16)
    }

    @Test func `a little slower is no reason to change`() {
        var pace = Pace(limit: nil)
        answers(&pace, 16, 50)
        answers(&pace, 100, 110)
        #expect(pace.width == 16)
    }

    @Test func `each operation is compared with itself`() {
        var pace = Pace(limit: nil)
        answers(&pace, 16, 5)
        for _ in 0..<16 { pace.note("listVMs", took: .seconds(2)) }
        answers(&pace, 8, 5)
        for _ in 0..<8 { pace.note("listVMs", took: .seconds(2)) }
        #expect(pace.width == 32)
    }

    @Test(arguments: [1, 8, 16, 400])
    func `a limit that somebody gave is never passed`(_ limit: Int) {
        var pace = Pace(limit: limit)
        #expect(pace.width == min(limit, 16))
        answers(&pace, 5000, 10)
        #expect(pace.width == limit)
    }

    @Test func `a vCenter that cannot answer so many is asked for half`() {
        var pace = Pace(limit: nil)
        pace.note("getVM", took: .seconds(1), isBusy: true)
        #expect(pace.width == 8)
        for _ in 0..<10 { pace.note("getVM", took: .seconds(1), isBusy: true) }
        #expect(pace.width == 1)
    }
}
