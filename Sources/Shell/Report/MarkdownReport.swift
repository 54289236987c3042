internal import Journal
internal import Text

/// A report as Markdown, for a ticket.
struct MarkdownReport {
    /// The beginning of every such file.
    static let beginning = "# What changed\n\n<!-- vmoon report -->\n"

    let report: Report

    /// Writes the text.
    func write(to file: inout ReportOutput) {
        file.put(Self.beginning)
        file.say(
            """
            \(report.summary).
            \(report.scope), from the journal of \(report.host), written \(ours: Self.time(report.made)). Times are UTC.

            """,
            .markdown
        )
        writeOpen(to: &file)
        writeItems(to: &file)
        writeChanges(to: &file)
        writeRuns(to: &file)
    }

    private func writeOpen(to file: inout ReportOutput) {
        let doubts = report.doubts
        file.put("\n## What is open\n\n")
        if doubts.isEmpty, report.resumable.isEmpty, report.died.isEmpty {
            file.put("Nothing.\n")
        }
        for (run, change) in doubts {
            let began = Self.time(change.began)
            let said = change.explanation.map { ": \($0)" } ?? ""
            let or = change.canBeObserved ? "" : " Look by hand, then:"
            file.say(
                """
                - **In doubt: \(change.operation) of \(change.thing)** at \(change.vcenter), \(ours: began), by run \
                \(run.row.short)\(said).\(ours: or) \(ours: Self.code(change.commands))

                """,
                .markdown
            )
        }
        for run in report.resumable + report.died {
            let word = run.wayOn == nil ? "Died" : "Not at its end"
            let way = run.wayOn.map { " " + Self.code([$0]) } ?? ""
            file.say(
                "- **\(ours: word): run \(run.row.short)**, \(run.row.script), \(run.counts.text).\(ours: way)\n",
                .markdown
            )
        }
    }

    private func writeItems(to file: inout ReportOutput) {
        guard !report.items.isEmpty else { return }
        file.put("\n## Before and after\n\n")
        Self.head(["item", "vCenter", "before", "after", "purged", "changes", "who"], to: &file)
        for item in report.items {
            let cells = [
                Self.name(item.name, item.identifier), item.vcenter, item.before ?? "",
                item.isInDoubt ? "?" : item.after ?? "", item.purged.joined(separator: ", "),
                item.counts.text, item.users.joined(separator: ", "),
            ]
            Self.row(cells, to: &file)
        }
    }

    private func writeChanges(to file: inout ReportOutput) {
        guard report.counts.total > 0 else { return }
        file.put("\n## All changes\n\n")
        Self.head(
            [
                "began", "run", "item", "change", "from", "to", "outcome", "who", "message",
                "operation",
            ],
            to: &file
        )
        for run in report.runs {
            for change in run.changes {
                let notes = [change.outcomeNote, change.explanation].compactMap { $0 }
                let word = ([change.state.word] + notes).joined(separator: ": ")
                let doubt = change.hasUnknownVersion
                Self.row(
                    [
                        Self.time(change.began), run.row.short,
                        Self.name(change.thing, change.item), change.operation,
                        change.before ?? "", doubt ? "?" : change.after ?? "", word, change.user,
                        change.message ?? "", change.identifier,
                    ],
                    to: &file
                )
            }
        }
    }

    private func writeRuns(to file: inout ReportOutput) {
        guard !report.runs.isEmpty else { return }
        file.put("\n## Runs\n\n")
        Self.head(["run", "began", "took", "ended", "changes", "vCenter", "script"], to: &file)
        for run in report.runs {
            let cells = [
                run.row.run.identifier, Self.time(run.row.run.started),
                run.row.took.map(SpanText.brief) ?? "", run.row.end.text, run.counts.text,
                run.row.vcenters.joined(separator: ", "), run.row.script,
            ]
            Self.row(cells, to: &file)
        }
    }

    private static func head(_ names: [String], to file: inout ReportOutput) {
        row(names, to: &file)
        file.put("|" + names.map { _ in " --- |" }.joined() + "\n")
    }

    private static func row(_ cells: [String], to file: inout ReportOutput) {
        file.put("|")
        for cell in cells {
            file.put(" ")
            file.put(cell, .markdown)
            file.put(" |")
        }
        file.put("\n")
    }

    private static func name(_ name: String, _ identifier: String) -> String {
        identifier.isEmpty || identifier == name ? name : "\(name) (\(identifier))"
    }

    /// The text of a time, such as `2026-11-21 10:11:12`.
    private static func time(_ milliseconds: Int64) -> String {
        Timestamp.text(milliseconds).replacing("T", with: " ").prefix(19) + ""
    }

    /// Commands of ours: they have identifiers in them, and no text of others.
    private static func code(_ commands: [String]) -> String {
        commands.map { "`\($0)`" }.joined(separator: " or ")
    }
}
