import Journal
import Testing

@testable import Shell

/// The drawing of a run, as numbers.
@Suite struct TimelineTests {
    typealias Fixture = ReportFixture

    private func changes(_ records: [OperationRecord], ended: Double? = 60) -> [ReportChange] {
        Fixture.report([(Fixture.row(ended: ended), records, nil)]).runs.first?.changes ?? []
    }

    @Test func `each thing has a lane, and what overlaps in it a row`() throws {
        let records = [
            Fixture.change("a", "checkIn", at: 0, until: 4),
            Fixture.change("b", "checkIn", at: 1, until: 8),
            Fixture.change("c", "checkIn", item: "item-2", name: "x", at: 2, until: 10),
            Fixture.change("d", "checkIn", at: 9, until: 10),
        ]
        let drawing = try #require(Timeline(changes(records), ended: Fixture.start + 60_000))
        #expect(drawing.lanes.map(\.name) == ["golden/rhel-9", "x"])
        #expect(drawing.lanes.map(\.rows) == [2, 1])
        let bars = drawing.lanes[0].bars
        #expect(bars.map(\.waits) == [nil, 0.1, nil])
        #expect(bars.map(\.begins) == [0, 0.4, 0.9])
        #expect(bars.map(\.ends) == [0.4, 0.8, 1])
        #expect(bars.map(\.row) == [0, 1, 0])
        #expect(bars.map(\.waitedFor) == [nil, 0, nil])
        #expect(drawing.ticks.map(\.text) == ["11:06:40", "11:06:45", "11:06:50"])
    }

    @Test
    func `of more changes than there is room for the busiest part is drawn, and the rest counted`()
        throws
    {
        // One each minute, but thirty within three seconds.
        var times: [Double] = (0..<20).map { Double($0) * 60 }
        times += (0..<30).map { 1200 + Double($0) / 10 }
        times += (1..<16).map { 1260 + Double($0) * 60 }
        let records = times.enumerated().map { place, time in
            Fixture.change("\(place)", "checkIn", item: "i\(place)", at: time, until: time + 1)
        }
        let drawing = try #require(Timeline(changes(records), ended: nil))
        #expect(drawing.before == 20 && drawing.after == 15)
        #expect(drawing.lanes.count == 30 && drawing.height <= Timeline.tallest)
        let few = try #require(Timeline(changes(Array(records.prefix(10))), ended: nil))
        #expect(few.before == 0 && few.after == 0)
        // Few things have room for more.
        let same = times.enumerated().map { place, time in
            Fixture.change(
                "\(place)",
                "checkIn",
                item: "i\(place % 4)",
                at: time * 9,
                until: time * 9 + 0.1
            )
        }
        let wide = try #require(Timeline(changes(same), ended: nil))
        #expect(wide.before + wide.after == 5)
    }

    @Test func `what was settled a day later does not press the others into a corner`() throws {
        let records = [
            Fixture.change("a", "checkIn", at: 0, until: 90_000),
            Fixture.change("b", "checkIn", item: "i", at: 30, until: 40),
        ]
        let drawing = try #require(Timeline(changes(records), ended: Fixture.start + 60_000))
        #expect(drawing.to - drawing.from == 60_000)
        #expect(drawing.lanes[0].bars[0].ends == 1)
    }

    @Test(arguments: [0.25, 7, 600, 7200, 259_200, 8_000_000])
    func `there are a few round times on the axis`(_ end: Double) throws {
        let records = [Fixture.change("a", "checkIn", at: 0, until: end)]
        let drawing = try #require(Timeline(changes(records), ended: nil))
        #expect((1...5).contains(drawing.ticks.count), "\(drawing.ticks)")
        #expect(drawing.ticks.allSatisfy { (0...1).contains($0.place) && $0.text.count <= 9 })
    }

    @Test func `nothing gives no drawing, and one moment a drawing`() {
        #expect(Timeline([], ended: nil) == nil)
        let one = changes([Fixture.change("a", "checkIn", at: 0, until: 0)])
        #expect(Timeline(one, ended: nil)?.lanes.count == 1)
        #expect(Timeline(one, ended: .min)?.lanes.count == 1)
    }
}
