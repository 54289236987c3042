import Testing
import Text

@testable import Bindings

@Suite struct ProgressMeterTests {
    private func meter(_ total: Int?, done: Int = 0) -> ProgressMeter {
        var meter = ProgressMeter(total: total, title: "disks", at: .zero)
        meter.step(done)
        return meter
    }

    @Test(
        arguments: [
            (40, 12, "disks: 12/40 (30%)"), (nil, 12, "disks: 12"), (0, 0, "disks: 0/0"),
            (3, 3, "disks: 3/3 (100%)"), (3, 5, "disks: 5/3 (100%)"), (3, -5, "disks: 0/3 (0%)"),
            (Int.max, Int.max, "disks: \(Int.max)/\(Int.max) (100%)"),
        ] as [(Int?, Int, String)]
    ) func `a line says how far it is`(
        _ total: Int?,
        _ done: Int,
        _ line: String
    ) {
        #expect(meter(total, done: done).line == line)
    }

    @Test func `there is a line for each tenth and no more`() {
        var counted = meter(1000)
        var lines = 0
        for _ in 0..<1000 {
            counted.step(1)
            if counted.isLineDue(at: .zero) { lines += 1 }
        }
        #expect(lines == 10)
    }

    @Test func `where the size is not known there is a line every ten seconds`() {
        var counted = meter(nil)
        let due = (0..<100).filter { second in
            counted.step(1)
            return counted.isLineDue(at: .seconds(second))
        }
        #expect(due == [10, 20, 30, 40, 50, 60, 70, 80, 90])
    }

    @Test func `a bar is drawn ten times a second, and when all is done`() {
        var counted = meter(1000)
        let drawn = (0..<999).count { millisecond in
            counted.step(1)
            return counted.isBarDue(at: .milliseconds(millisecond))
        }
        #expect(drawn == 10)
        counted.step(1)
        let isDue = counted.isBarDue(at: .milliseconds(999))
        #expect(isDue)
    }

    @Test(arguments: [
        (60, "disks [#########.....................] 12/40 30% 4m40s left"),
        (40, "disks [###.......] 12/40 30% 4m40s left"),
        (12, "disks 12/4…"),
        (20, "disks 12/40 30%"),
    ]) func `a bar fits its width`(_ width: Int, _ bar: String) {
        let shown = meter(40, done: 12).bar(width: width, at: .seconds(120))
        #expect(shown == bar)
        #expect(DisplayWidth.of(shown) < width)
    }

    @Test func `a title commands no terminal`() {
        let meter = ProgressMeter(total: 1, title: "\u{1B}[2J", at: .zero)
        #expect(!meter.line.contains("\u{1B}"))
        #expect(!meter.bar(width: 60, at: .zero).contains("\u{1B}"))
    }
}
