internal import Text

/// The drawing of a run's changes over time, as numbers: a lane for each thing, a bar for each change.
///
/// Places are parts of the width, from 0 to 1.
struct Timeline: Equatable {
    /// A change.
    struct Bar: Equatable {
        /// Its index among the changes of the run.
        let change: Int
        /// When it asked, if it then had to wait; it begins when that was over.
        let waits: Double?
        let begins: Double
        let ends: Double
        /// Its row in the lane: what overlaps is drawn below one another.
        let row: Int
        /// The row of the change that it waited for; nil where that is not drawn.
        let waitedFor: Int?
    }

    /// A thing.
    struct Lane: Equatable {
        let name: String
        var bars: [Bar] = []
        /// How many rows it has.
        var rows: Int { (bars.map(\.row).max() ?? 0) + 1 }
    }

    /// A time on the axis.
    struct Tick: Equatable {
        let place: Double
        let text: String
    }

    /// The most changes that are drawn: of more, those that began closest together.
    ///
    /// The first number that gives a drawing of at most the tallest height is taken.
    static let limits = [60, 40, 30]
    /// A page of paper has room for this, in pixels as CSS has them.
    static let tallest = 900
    static let axisHeight = 22
    static let nameHeight = 17
    static let rowHeight = 12

    let lanes: [Lane]
    let ticks: [Tick]
    /// When the drawing begins and ends, in milliseconds since 1970-01-01T00:00:00Z.
    let from: Int64
    let to: Int64
    /// How many changes are not drawn, because they began before or after.
    let before: Int
    let after: Int

    /// The height of the drawing.
    var height: Int {
        lanes.reduce(Self.axisHeight + 4) { $0 + Self.nameHeight + $1.rows * Self.rowHeight }
    }

    /// Draws the changes of a run, as many as there is room for.
    /// - Parameters:
    ///   - changes: The changes.
    ///   - ended: When the run ended; what was settled later ends there.
    init?(_ changes: [ReportChange], ended: Int64?) {
        let drawings = Self.limits.lazy.map { Self(changes, ended: ended, limit: $0) }
        let fitting = drawings.first { $0.map { $0.height <= Self.tallest } ?? true }
        guard let drawing = fitting ?? Self(changes, ended: ended, limit: Self.limits[2]) else {
            return nil
        }
        self = drawing
    }

    /// Draws the changes of a run.
    /// - Parameters:
    ///   - changes: The changes.
    ///   - ended: When the run ended.
    ///   - limit: The most that are drawn.
    init?(_ changes: [ReportChange], ended: Int64?, limit: Int) {
        guard !changes.isEmpty else { return nil }
        let order = changes.indices.sorted { (changes[$0].began, $0) < (changes[$1].began, $1) }
        let shown = Self.busiest(order.map { changes[$0].began }, limit)
        before = shown.lowerBound
        after = order.count - shown.upperBound
        let drawn = order[shown]
        let start = changes[drawn[shown.lowerBound]].began
        let last = drawn.reduce(start) { max($0, changes[$1].began, changes[$1].settled ?? start) }
        // A change that was reconciled a day later must not press all others into a corner.
        let latestBegin = changes[drawn[shown.upperBound - 1]].began
        let end = max(min(last, ended ?? last), latestBegin, start &+ 1)
        from = start
        to = end
        let span = Double(end) - Double(start)
        let place = { (time: Int64) in min(max((Double(time) - Double(start)) / span, 0), 1) }
        let first = changes[drawn[shown.lowerBound]].vcenter
        let hasSeveral = drawn.contains { changes[$0].vcenter != first }
        var lanes: [Lane] = []
        var lane: [[String]: Int] = [:]
        for index in drawn {
            let change = changes[index]
            let number = lane[change.key] ?? lanes.count
            if number == lanes.count {
                lane[change.key] = number
                let name = change.thing + (hasSeveral ? " at \(change.vcenter)" : "")
                lanes.append(Lane(name: name))
            }
            let waits = change.wait.map { _ in place(change.began) }
            let begins = place(change.wait?.until ?? change.began)
            let bars = lanes[number].bars
            let before = bars.last { changes[$0.change].identifier == change.wait?.change }
            lanes[number].bars.append(
                Bar(
                    change: index,
                    waits: waits,
                    begins: begins,
                    ends: place(change.settled ?? end),
                    row: Self.freeRow(among: bars, from: waits ?? begins),
                    waitedFor: before?.row
                )
            )
        }
        self.lanes = lanes
        ticks = Self.ticks(from: start, to: end, place)
    }

    /// The part of a sorted list of times, of at most so many, that is closest together; the first one of several.
    private static func busiest(_ times: [Int64], _ limit: Int) -> Range<Int> {
        guard times.count > limit else { return times.indices }
        let spans = (0...times.count - limit).map {
            Double(times[$0 + limit - 1]) - Double(times[$0])
        }
        let best = spans.indices.min { (spans[$0], $0) < (spans[$1], $1) } ?? 0
        return best..<best + limit
    }

    /// The first row in which nothing is drawn from a place on, with room for a sign behind what is.
    private static func freeRow(among bars: [Bar], from place: Double) -> Int {
        var ends: [Double] = []
        for bar in bars {
            while ends.count <= bar.row { ends.append(-1) }
            ends[bar.row] = max(ends[bar.row], bar.ends)
        }
        return ends.firstIndex { $0 + 0.02 < place } ?? ends.count
    }

    private static let steps: [Int64] =
        [1, 2, 5, 10, 20, 50, 100, 200, 500]
        + [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map { $0 * 1000 }
        + [1, 2, 3, 6, 12, 24, 48, 168, 720].map { $0 * 3_600_000 }

    /// At most five round times; none for a span of years.
    private static func ticks(
        from start: Int64,
        to end: Int64,
        _ place: (Int64) -> Double
    ) -> [Tick] {
        let span = Double(end) - Double(start)
        guard start > 0, let step = steps.first(where: { span / Double($0) <= 4 }) else {
            return []
        }
        let first = (start + step - 1) / step * step
        return stride(from: first, through: end, by: Int64.Stride(step)).map { time in
            Tick(place: place(time), text: text(of: time, every: step))
        }
    }

    private static func text(of time: Int64, every step: Int64) -> String {
        let text = Timestamp.text(time)
        let range =
            switch step {
            case ..<1000: 14..<23  // 17:02.250
            case ..<60_000: 11..<19  // 10:11:02
            case ..<86_400_000: 11..<16  // 10:11
            default: 5..<10  // 11-21
            }
        return String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }
}
