internal import Journal
internal import Text

/// The timelines of the page: drawings whose text has the size of text, however narrow they are.
extension HTMLReport {
    func writeTimelines(to page: inout ReportOutput) {
        page.put("<section id=\"timelines\">\n<h2>Timelines</h2>\n")
        let runs = report.runs.filter { !$0.changes.isEmpty }
        guard !runs.isEmpty else {
            return page.put("<p>There is nothing to draw.</p>\n</section>\n")
        }
        writeLegend(to: &page)
        for run in runs { write(run, to: &page) }
        page.put("</section>\n")
    }

    private func writeLegend(to page: inout ReportOutput) {
        page.put("<ul class=\"legend\" aria-label=\"Legend\">\n")
        for state in ReportChange.State.allCases {
            page.put(
                "<li><svg width=\"\(state.sign == nil ? 24 : 34)\" height=\"12\" aria-hidden=\"true\">"
            )
            page.put(
                "<rect class=\"bar \(state.mark)\" x=\"2\" y=\"2\" width=\"18\" height=\"8\"/>"
            )
            if let sign = state.sign {
                page.put("<text class=\"sign\" x=\"25\" y=\"10\">\(sign)</text>")
            }
            page.put("</svg> \(state.word)</li>\n")
        }
        page.put("<li><svg width=\"34\" height=\"12\" aria-hidden=\"true\">")
        page.put("<rect class=\"wait\" x=\"2\" y=\"5\" width=\"28\" height=\"2\"/></svg> ")
        page.put("waited for another change of the same item</li>\n</ul>\n")
    }

    private func write(_ run: Report.Run, to page: inout ReportOutput) {
        guard let timeline = Timeline(run.changes, ended: run.row.run.ended) else { return }
        page.put("<figure>\n<figcaption><h3><bdi>")
        page.put(run.row.script, .markup)
        page.put("</bdi></h3>\n<p>Run <a href=\"#changes-\(run.number)\">")
        page.put(run.row.short, .markup)
        page.put("</a>, ")
        page.time(timeline.from, .full)
        page.put(" to ")
        page.time(timeline.to, timeline.isOneDay ? .clock : .full)
        page.put(": \(run.counts.text).")
        let waits = run.changes.count { $0.wait != nil }
        if waits > 0 {
            page.put(" \(Report.count(waits, "of them has", "of them have")) waited for another.")
        }
        page.put("</p>\n")
        if timeline.before + timeline.after > 0 {
            page.put("<p class=\"folded\">\(foldText(timeline))</p>\n")
        }
        page.put("</figcaption>\n")
        draw(timeline, of: run, to: &page)
        page.put("</figure>\n")
    }

    /// Says what is not drawn: nothing is left out silently.
    private func foldText(_ timeline: Timeline) -> String {
        let drawn = timeline.lanes.reduce(0) { $0 + $1.bars.count }
        let parts = [(timeline.before, "before"), (timeline.after, "after")]
        let folded = parts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
        return "Drawn are the \(drawn.grouped) changes of its busiest part; folded are "
            + "\(folded.joined(separator: " and ")) it, which stand in the list of all changes."
    }

    private func draw(_ timeline: Timeline, of run: Report.Run, to page: inout ReportOutput) {
        let height = timeline.height
        page.put(
            "<svg class=\"timeline\" width=\"100%\" height=\"\(height)\" role=\"img\">\n<title>"
        )
        page.put("Changes of run ")
        page.put(run.row.short, .markup)
        page.put(" over time</title>\n<desc>")
        page.put("\(Report.count(timeline.lanes.count, "line")), one for each item: ")
        page.put("\(run.counts.text).</desc>\n")
        for tick in timeline.ticks {
            let x = Self.percent(tick.place)
            let anchor = tick.place < 0.1 ? "start" : tick.place > 0.9 ? "end" : "middle"
            page.put("<line class=\"tick\" x1=\"\(x)\" y1=\"16\" x2=\"\(x)\" y2=\"\(height)\"/>")
            page.put("<text class=\"tick\" x=\"\(x)\" y=\"12\" text-anchor=\"\(anchor)\">")
            page.put("\(tick.text)</text>\n")
        }
        var top = Timeline.axisHeight
        for lane in timeline.lanes {
            page.put("<text class=\"lane\" x=\"0.4%\" y=\"\(top + 12)\">")
            page.put(DisplayWidth.cut(Escaping.visible(lane.name), to: 52), .markup)
            page.put("</text>\n")
            top += Timeline.nameHeight
            for bar in lane.bars { draw(bar, run.changes[bar.change], top, to: &page) }
            top += lane.rows * Timeline.rowHeight
        }
        page.put("</svg>\n")
    }

    private func draw(
        _ bar: Timeline.Bar,
        _ change: ReportChange,
        _ top: Int,
        to page: inout ReportOutput
    ) {
        page.put("<g><title>")
        page.put("\(change.operation) of \(change.thing), \(change.state.word)", .markup)
        if let wait = change.wait {
            page.put(", waited for ", .markup)
            page.put("\(wait.operation) \(wait.change)", .markup)
        }
        page.put("</title>")
        let y = top + bar.row * Timeline.rowHeight
        let begins = Self.percent(bar.begins)
        if let waits = bar.waits {
            page.put("<rect class=\"wait\" x=\"\(Self.percent(waits))\" y=\"\(y + 3)\" ")
            page.put("width=\"\(Self.percent(length: max(bar.begins - waits, 0)))\" height=\"2\"/>")
            if let row = bar.waitedFor {
                page.put("<line class=\"wait\" x1=\"\(begins)\" x2=\"\(begins)\" ")
                page.put("y1=\"\(top + row * Timeline.rowHeight + 4)\" y2=\"\(y + 4)\"/>")
            }
        }
        page.put("<rect class=\"bar \(change.state.mark)\" x=\"\(begins)\" y=\"\(y)\" ")
        page.put("width=\"\(Self.percent(length: max(bar.ends - bar.begins, 0)))\" height=\"8\"/>")
        if let sign = change.state.sign {
            // At the right edge there is no room behind it.
            let (x, offset, anchor) =
                bar.ends < 0.94 ? (bar.ends, 6, "start") : (bar.begins, -6, "end")
            page.put("<text class=\"sign\" x=\"\(Self.percent(x))\" dx=\"\(offset)\" ")
            page.put("y=\"\(y + 8)\" text-anchor=\"\(anchor)\">\(sign)</text>")
        }
        page.put("</g>\n")
    }

    /// A place from 0 to 1 as a part of the width; a margin is left for what is drawn around it.
    private static func percent(_ place: Double) -> String { hundredths(40 + place * 9920) }

    private static func percent(length: Double) -> String { hundredths(length * 9920) }

    private static func hundredths(_ number: Double) -> String {
        let whole = Int(number.rounded())
        let rest = whole % 100
        return "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }
}

extension ReportChange.State {
    /// What tells it from others where colours do not.
    fileprivate var sign: String? {
        switch self {
        case .refused: "×"
        case .unknown: "?"
        case .done, .notSent, .running: nil
        }
    }
}

extension Timeline {
    fileprivate var isOneDay: Bool { from / 86_400_000 == to / 86_400_000 }
}

extension Report.Run {
    /// How its changes have ended.
    var counts: ReportCounts {
        changes.reduce(into: ReportCounts()) { $0.add($1) }
    }
}
