internal import Changes
internal import Journal
internal import Text

/// A report as one page of HTML: styles inside, no script, and nothing that is fetched.
struct HTMLReport {
    /// The beginning of every such file.
    static let beginning = "<!DOCTYPE html>\n<!-- vmoon report -->\n"

    let report: Report

    /// Writes the page.
    func write(to page: inout ReportOutput) {
        writeHead(to: &page)
        page.put("<body>\n")
        writeHeader(to: &page)
        page.put("<main>\n")
        writeOpen(to: &page)
        writeItems(to: &page)
        writeTimelines(to: &page)
        writeChanges(to: &page)
        writeRuns(to: &page)
        page.put("</main>\n<footer><p>Written by vmoon ")
        page.put(Release.version)
        page.put(" from its journal. Times are UTC.</p></footer>\n</body>\n</html>\n")
    }

    private func writeHead(to page: inout ReportOutput) {
        page.put(Self.beginning)
        page.put(
            """
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>
            """
        )
        page.put(headline, .markup)
        page.put(" – vmoon report</title>\n<style>\n")
        page.put(Self.style)
        page.put("</style>\n</head>\n")
    }

    /// `2,000 changes, 5 in doubt`.
    private var headline: String {
        let changes = Report.count(report.counts.total, "change")
        let doubts = report.counts.unknown
        return doubts == 0 ? changes : "\(changes), \(doubts.grouped) in doubt"
    }

    private func writeHeader(to page: inout ReportOutput) {
        let made = ReportOutput.markup(of: report.made, .full)
        page.say(
            """
            <header>
            <h1>What changed</h1>
            <p>\(report.summary).</p>
            <p class="quiet">\(report.scope), from the journal of \(report.host). Written \(ours: made) UTC.</p>
            <ul class="figures">

            """,
            .markup
        )
        let counts = report.counts
        let gone = report.items.count { $0.after == VersionEffect.deleted }
        let purged = report.items.reduce(0) { $0 + $1.purged.count { $0 != VersionEffect.all } }
        let figures: [(String, Int, String)] = [
            ("in doubt", counts.unknown, counts.unknown > 0 ? "unknown" : ""),
            ("done", counts.done, ""), ("refused", counts.refused, ""),
            ("not sent", counts.notSent, ""), ("under way", counts.running, ""),
            ("deleted", gone, ""), ("versions purged", purged, ""),
        ]
        for (name, number, mark) in figures where number > 0 || name == "in doubt" {
            page.put("<li><b class=\"\(mark)\">\(number.grouped)</b> \(name)</li>\n")
        }
        page.put("</ul>\n<nav aria-label=\"Parts of this page\">")
        for (name, title) in [
            ("open", "What is open"), ("items", "Before and after"), ("timelines", "Timelines"),
            ("changes", "All changes"), ("runs", "Runs"),
        ] { page.put("<a href=\"#\(name)\">\(title)</a> ") }
        page.put("</nav>\n</header>\n")
    }

    // MARK: What is open

    private func writeOpen(to page: inout ReportOutput) {
        let doubts = report.doubts
        let resumable = report.resumable
        let died = report.died
        guard !doubts.isEmpty || !resumable.isEmpty || !died.isEmpty else {
            page.put("<section id=\"open\" class=\"calm\">\n<h2>Nothing is open</h2>\n")
            page.put("<p>Each change has its outcome, and no run is to be continued.</p>\n")
            return page.put("</section>\n")
        }
        page.put("<section id=\"open\" class=\"alarm\">\n")
        if !doubts.isEmpty {
            page.put(
                "<h2>\(Report.count(doubts.count, "change is", "changes are")) in doubt</h2>\n"
            )
            page.put("<p>Nobody knows whether they happened. Do not repeat them: ")
            page.put("the command below each of them looks first.</p>\n")
        }
        for (run, change) in doubts { writeDoubt(change, run, to: &page) }
        if !resumable.isEmpty {
            page.put("<h2>\(Report.count(resumable.count, "run")) can go on</h2>\n")
        }
        for run in resumable { writeEnd(of: run, to: &page) }
        if !died.isEmpty {
            page.put("<h2>\(Report.count(died.count, "run")) died</h2>\n")
            page.put(
                "<p>The process is gone and has not said how it ended, and the script has no steps "
            )
            page.put("to go on from: look what it had left to do.</p>\n")
        }
        for run in died { writeEnd(of: run, to: &page) }
        page.put("</section>\n")
    }

    private func writeDoubt(
        _ change: ReportChange,
        _ run: Report.Run,
        to page: inout ReportOutput
    ) {
        let began = ReportOutput.markup(of: change.began, .full)
        let explanation = change.explanation ?? "its run has left no word about it"
        page.say(
            """
            <article>
            <h3>\(change.operation) of <bdi>\(change.thing)</bdi></h3>
            <p>At <bdi>\(change.vcenter)</bdi> as <bdi>\(change.user)</bdi>, \(ours: began), \
            by run <a href="#run-\(ours: "\(run.number)")">\(run.row.short)</a>:<br>\(explanation).</p>

            """,
            .markup
        )
        if !change.canBeObserved {
            page.put("<p>Look by hand, then type the one that is true:</p>\n")
        }
        page.commands(change.commands)
        page.put("</article>\n")
    }

    private func writeEnd(of run: Report.Run, to page: inout ReportOutput) {
        let began = ReportOutput.markup(of: run.row.run.started, .full)
        let end = run.row.end == .died ? "died" : "ended with \(run.row.end.text)"
        page.say(
            """
            <article>
            <h3><bdi>\(run.row.script)</bdi></h3>
            <p>Run <a href="#run-\(ours: "\(run.number)")">\(run.row.short)</a> began \(ours: began) and \
            \(end): \(run.counts.text).</p>

            """,
            .markup
        )
        page.commands(run.wayOn.map { [$0] } ?? [])
        page.put("</article>\n")
    }
}

extension ReportOutput {
    enum TimeStyle {
        /// `2026-11-21 10:11:12`
        case full
        /// `10:11:12`
        case clock
    }

    /// Adds a time.
    mutating func time(_ milliseconds: Int64, _ style: TimeStyle) {
        put(Self.markup(of: milliseconds, style))
    }

    /// Spells a time; what is not shown of it is in the markup.
    static func markup(of milliseconds: Int64, _ style: TimeStyle) -> String {
        let text = Timestamp.text(milliseconds)
        let bytes = Array(text.utf8)
        let day = style == .full ? String(decoding: bytes.prefix(10), as: UTF8.self) + " " : ""
        let clock = String(decoding: bytes.dropFirst(11).prefix(8), as: UTF8.self)
        return "<time datetime=\"\(text)\">\(day)\(clock)</time>"
    }

    /// Adds what somebody is to type.
    mutating func commands(_ lines: [String]) {
        for line in lines {
            put("<pre><code>")
            put(line, .markup)
            put("</code></pre>\n")
        }
    }
}
