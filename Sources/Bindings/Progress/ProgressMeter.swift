internal import Text

/// The progress of some work, and when it is time to show it: pure, the time is passed in.
struct ProgressMeter {
    /// The number of steps of the work; nil if unknown.
    let total: Int?
    /// The title of the work, safe to show.
    let title: String
    /// The number of steps done.
    private(set) var done = 0
    private let start: Duration
    private var lastShown: Duration?
    private var lastTenth = 0

    /// Starts a meter.
    init(total: Int?, title: String, at start: Duration) {
        self.total = total
        self.title = Display.escape(title)
        self.start = start
    }

    /// Whether all steps are done.
    var isComplete: Bool { total.map { done >= $0 } ?? false }

    /// Counts steps.
    mutating func step(_ count: Int) {
        done = max(0, done.addingReportingOverflow(count).partialValue)
    }

    /// Tells whether the bar should be drawn again: at most ten times a second, and at the end.
    mutating func isBarDue(at now: Duration) -> Bool {
        if let lastShown, now - lastShown < .milliseconds(100), !isComplete { return false }
        lastShown = now
        return true
    }

    /// Tells whether a line is due: after each tenth of the work, and every ten seconds if its size is unknown.
    mutating func isLineDue(at now: Duration) -> Bool {
        guard let total, total > 0 else {
            guard now - (lastShown ?? start) >= .seconds(10) else { return false }
            lastShown = now
            return true
        }
        let tenth = Int(Double(min(done, total)) / Double(total) * 10)
        defer { lastTenth = max(tenth, lastTenth) }
        return tenth > lastTenth
    }

    /// One line: `check-outs: 12/40 (30%)`.
    var line: String { "\(title): \(count)\(percent.map { " (\($0)%)" } ?? "")" }

    /// A bar of the given width: `check-outs [######..............] 12/40 30% 1m20s left`.
    func bar(width: Int, at now: Duration) -> String {
        let known = " " + count + (percent.map { " \($0)%" } ?? "")
        let left = secondsLeft(at: now).map { " " + SpanText.length(seconds: $0) + " left" } ?? ""
        // The last column stays empty: some terminals wrap when it is written.
        let room = width - 1 - (known + left).count
        let name = DisplayWidth.cut(title, to: max(room - 12, min(room, 12)))
        let length = room - DisplayWidth.of(name) - 3
        guard let total, total > 0, length >= 5 else {
            return DisplayWidth.cut(title + known, to: width - 1)
        }
        let filled = Int(Double(min(done, total)) / Double(total) * Double(length))
        let bar = String(repeating: "#", count: filled)
        return "\(name) [\(bar)\(String(repeating: ".", count: length - filled))]\(known)\(left)"
    }

    private var count: String { total.map { "\(done)/\($0)" } ?? "\(done)" }

    private var percent: Int? {
        guard let total, total > 0 else { return nil }
        return Int(Double(min(done, total)) / Double(total) * 100)
    }

    private func secondsLeft(at now: Duration) -> Double? {
        guard let total, done > 0, done < total else { return nil }
        let elapsed = Double((now - start).wholeMilliseconds) / 1000
        guard elapsed >= 1 else { return nil }
        return elapsed / Double(done) * Double(total - done)
    }
}
