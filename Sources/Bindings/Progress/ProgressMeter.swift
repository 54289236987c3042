internal import Text

/// How far a piece of work has come, and when it is time to say so: pure, its clock is given to it.
struct ProgressMeter {
    /// How many steps the work has; nil where nobody knows.
    let total: Int?
    /// What the work is called, safe to show.
    let title: String
    /// How many steps are done.
    private(set) var done = 0
    private let start: Duration
    private var lastShown: Duration?
    private var lastTenth = 0

    /// Begins.
    init(total: Int?, title: String, at start: Duration) {
        self.total = total
        self.title = Display.escape(title)
        self.start = start
    }

    /// Whether all is done.
    var isComplete: Bool { total.map { done >= $0 } ?? false }

    /// Counts steps.
    mutating func step(_ count: Int) {
        done = max(0, done.addingReportingOverflow(count).partialValue)
    }

    /// Whether a bar is due to be drawn again: at most ten times a second, and at the end.
    mutating func isBarDue(at now: Duration) -> Bool {
        if let lastShown, now - lastShown < .milliseconds(100), !isComplete { return false }
        lastShown = now
        return true
    }

    /// Whether a line is due: after each tenth of the work, and every ten seconds where its size is not known.
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

    /// A bar of a width: `check-outs [######..............] 12/40 30% 1m20s left`.
    func bar(width: Int, at now: Duration) -> String {
        let known = " " + count + (percent.map { " \($0)%" } ?? "")
        let left = secondsLeft(at: now).map { " " + SpanText.length(seconds: $0) + " left" } ?? ""
        // The last column stays free: some terminals wrap when it is written.
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
