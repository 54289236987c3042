internal import Journal
internal import Text

/// The tables of the page.
extension HTMLReport {
    /// A column; its width is in hundredths of that of the table.
    typealias Column = (name: String, width: Int)

    /// The columns of each table; on a narrow screen they are the labels in a card.
    static let tableColumns: [(table: String, columns: [Column])] = [
        (
            "items",
            [
                ("Item", 22), ("vCenter", 16), ("Before → after", 10), ("Purged", 12),
                ("Changes", 13), ("Last", 13), ("Who", 14),
            ]
        ),
        (
            "changes",
            [
                ("Item", 18), ("Change", 10), ("Version", 8), ("Outcome", 16), ("Who", 14),
                ("Message", 13), ("When", 8), ("Operation", 13),
            ]
        ),
        (
            "runs",
            [
                ("Run", 19), ("Began", 11), ("Took", 6), ("Ended", 11), ("Changes", 13),
                ("vCenter", 18), ("Script", 22),
            ]
        ),
    ]

    func writeItems(to page: inout ReportOutput) {
        page.put("<section id=\"items\">\n<h2>Before and after</h2>\n")
        guard !report.items.isEmpty else {
            return page.put("<p>Nothing was changed.</p>\n</section>\n")
        }
        page.begin(
            "items",
            "The latest version of each item, before its first change and after its last"
        )
        page.put("<tbody>\n")
        for item in report.items {
            page.put("<tr><th scope=\"row\">")
            page.name(item.name, item.identifier)
            page.put("</th>")
            page.cell(item.vcenter)
            page.put("<td>")
            page.versions(item.before, item.after, isInDoubt: item.isInDoubt)
            page.put("</td>")
            page.cell(item.purged.joined(separator: ", "))
            page.put("<td>")
            page.put(item.counts.text)
            page.put("</td><td>")
            page.time(item.last, .full)
            page.put("</td>")
            page.cell(item.users.joined(separator: ", "))
            page.put("</tr>\n")
        }
        page.put("</tbody>\n</table>\n</section>\n")
    }

    func writeChanges(to page: inout ReportOutput) {
        page.put("<section id=\"changes\">\n<h2>All changes</h2>\n")
        let runs = report.runs.filter { !$0.changes.isEmpty }
        guard !runs.isEmpty else { return page.put("<p>There is none.</p>\n</section>\n") }
        page.begin("changes", "Each change, by run")
        for run in runs {
            page.put("<tbody id=\"changes-\(run.number)\">\n<tr class=\"group\">")
            page.put("<th scope=\"rowgroup\" colspan=\"8\"><a href=\"#run-\(run.number)\">")
            page.put(run.row.short, .markup)
            page.put("</a> <bdi>")
            page.put(run.row.script, .markup)
            page.put("</bdi> ")
            page.time(run.row.run.started, .full)
            page.put("</th></tr>\n")
            for change in run.changes { write(change, to: &page) }
            page.put("</tbody>\n")
        }
        page.put("</table>\n</section>\n")
    }

    private func write(_ change: ReportChange, to page: inout ReportOutput) {
        page.put("<tr><th scope=\"row\">")
        page.name(change.thing, change.item)
        page.put("</th><td>")
        page.put(change.operation, .markup)
        page.note(change.step, before: "step ")
        page.note(change.made, before: "made ")
        page.put("</td><td>")
        page.versions(
            change.before,
            change.after,
            isInDoubt: change.hasUnknownVersion
        )
        if !change.purged.isEmpty {
            let verb = change.isInDoubt ? "purges, if it happened, " : "purged "
            page.note(change.purged.joined(separator: ", "), before: verb)
        }
        page.put("</td><td>")
        page.state(change.state)
        page.note(change.outcomeNote, before: "")
        if change.explanation != change.outcomeNote { page.note(change.explanation, before: "") }
        page.put("</td><td><bdi>")
        page.put(change.user, .markup)
        page.put("</bdi>")
        page.note(change.vcenter, before: "")
        page.put("</td>")
        page.cell(change.message ?? "")
        page.put("<td>")
        page.time(change.began, .clock)
        if let settled = change.settled {
            page.put(" – ")
            page.time(settled, .clock)
        }
        if change.attempts > 1 { page.note("\(change.attempts)", before: "requests: ") }
        if let wait = change.wait {
            page.put("<small>waited until ")
            page.time(wait.until, .clock)
            page.put(" for <code title=\"")
            page.put(wait.change, .markup)
            page.put("\">")
            page.put(RecordName.short(wait.change), .markup)
            page.put("</code></small>")
        }
        page.put("</td><td><code>")
        page.put(change.identifier, .markup)
        page.put("</code></td></tr>\n")
    }

    func writeRuns(to page: inout ReportOutput) {
        page.put("<section id=\"runs\">\n<h2>Runs</h2>\n")
        guard !report.runs.isEmpty else { return page.put("<p>There is none.</p>\n</section>\n") }
        page.begin("runs", "Each run, the newest first")
        page.put("<tbody>\n")
        for run in report.runs {
            let record = run.row.run
            page.put("<tr id=\"run-\(run.number)\"><th scope=\"row\"><code>")
            page.put(record.identifier, .markup)
            page.put("</code>")
            page.note(record.continues, before: "continues ")
            page.put("</th><td>")
            page.time(record.started, .full)
            page.put("</td><td>")
            page.put(run.row.took.map(SpanText.brief) ?? "")
            page.put("</td><td>")
            page.put(run.row.end.text, .markup)
            if let ended = record.ended {
                page.put("<small>")
                page.time(ended, .full)
                page.put("</small>")
            }
            page.put("</td><td>")
            if run.changes.isEmpty {
                page.put(run.counts.text)
            } else {
                page.put("<a href=\"#changes-\(run.number)\">\(run.counts.text)</a>")
            }
            page.put("</td>")
            page.cell(run.row.vcenters.joined(separator: ", "))
            page.put("<td><bdi>")
            page.put(run.row.script, .markup)
            page.put("</bdi>")
            page.note("\(record.host), pid \(record.process)", before: "on ")
            page.put("</td></tr>\n")
        }
        page.put("</tbody>\n</table>\n</section>\n")
    }
}

extension ReportChange {
    /// The outcome, where its state does not say all of it.
    var outcomeNote: String? {
        switch outcome {
        case "conflict": "somebody else was first"
        case "not_seen": "taken to be lost"
        case "resolved_done", "resolved_not_applied": "settled by hand"
        default: nil
        }
    }
}

extension ReportOutput {
    fileprivate mutating func begin(_ table: String, _ caption: String) {
        put("<table class=\"\(table)\">\n<caption>\(caption)</caption>\n<thead><tr>")
        let columns = HTMLReport.tableColumns.first { $0.table == table }?.columns ?? []
        for column in columns { put("<th scope=\"col\">\(column.name)</th>") }
        put("</tr></thead>\n")
    }

    fileprivate mutating func cell(_ text: String) {
        put("<td>")
        if !text.isEmpty {
            put("<bdi>")
            put(text, .markup)
            put("</bdi>")
        }
        put("</td>")
    }

    fileprivate mutating func name(_ name: String, _ identifier: String) {
        put("<bdi>")
        put(name, .markup)
        put("</bdi>")
        if !identifier.isEmpty, identifier != name { note(identifier, before: "") }
    }

    /// Adds a line in small type, if there is something to say.
    fileprivate mutating func note(_ text: String?, before words: String) {
        guard let text, !text.isEmpty else { return }
        put("<small>\(words)<bdi>")
        put(text, .markup)
        put("</bdi></small>")
    }

    /// Adds `1 → 3`, or `2` where nothing is different.
    fileprivate mutating func versions(_ before: String?, _ after: String?, isInDoubt: Bool) {
        guard before != nil || after != nil || isInDoubt else { return }
        let last = isInDoubt ? "?" : after ?? "?"
        put("<bdi>")
        put(before ?? "?", .markup)
        put("</bdi>")
        guard last != before else { return }
        put(" → <bdi class=\"\(isInDoubt ? "unknown" : "new")\">")
        put(last, .markup)
        put("</bdi>")
    }

    fileprivate mutating func state(_ state: ReportChange.State) {
        put("<span class=\"state \(state.mark)\">\(state.word)</span>")
    }
}

extension ReportChange.State {
    /// Its name among the styles.
    var mark: String { self == .notSent ? "not-sent" : rawValue }

    /// Its name for people.
    var word: String {
        switch self {
        case .unknown: "in doubt"
        case .running: "under way"
        default: rawValue
        }
    }
}

extension SpanText {
    /// `0.8 s` below ten seconds, else as `length` has it.
    static func brief(_ span: Duration) -> String {
        let tenths = max(0, span.wholeMilliseconds + 50) / 100
        return tenths < 100
            ? "\(tenths / 10).\(tenths % 10) s" : SpanText.length(seconds: span / .seconds(1))
    }
}
