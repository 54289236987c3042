internal import Journal
internal import Text

/// A report as JUnit's XML, for continuous integration: a suite for each run, with a case for the run itself and one for
/// each change.
///
/// A run that did not reach its end and is not continued is an error; a refused change is a failure, one in doubt an
/// error, one that was never sent is skipped.
struct JUnitReport {
    /// The beginning of every such file.
    static let beginning =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vmoon report\""

    let report: Report

    /// Writes the document.
    func write(to file: inout ReportOutput) {
        file.put(Self.beginning)
        file.put("\(Self.numbers(report.counts, of: report.runs))>\n")
        for run in report.runs { write(run, to: &file) }
        file.put("</testsuites>\n")
    }

    private static func numbers(_ counts: ReportCounts, of runs: [Report.Run]) -> String {
        let errors = counts.unknown + runs.count { $0.verdict == .error }
        let skipped = counts.notSent + counts.running + runs.count { $0.verdict == .skipped }
        return " tests=\"\(counts.total + runs.count)\" failures=\"\(counts.refused)\" "
            + "errors=\"\(errors)\" skipped=\"\(skipped)\""
    }

    private func write(_ run: Report.Run, to file: inout ReportOutput) {
        let record = run.row.run
        file.put("  <testsuite name=\"")
        file.put(run.row.script, .markup)
        file.put(
            "\"\(Self.numbers(run.counts, of: [run])) time=\"\((run.row.took ?? .zero).secondsText)\""
        )
        file.put(" timestamp=\"\(Timestamp.text(record.started).prefix(19))\" hostname=\"")
        file.put(record.host, .markup)
        file.put("\">\n    <properties>\n")
        let properties = [
            ("run_id", record.identifier), ("end", run.row.end.text),
            ("continues", record.continues ?? ""), ("go_on", run.wayOn ?? ""),
        ]
        for (name, value) in properties where !value.isEmpty {
            file.put("      <property name=\"\(name)\" value=\"")
            file.put(value, .markup)
            file.put("\"/>\n")
        }
        file.put("    </properties>\n")
        writeCase(of: run, to: &file)
        for change in run.changes { write(change, to: &file) }
        file.put("  </testsuite>\n")
    }

    /// Writes the case of the run itself.
    private func writeCase(of run: Report.Run, to file: inout ReportOutput) {
        file.put("    <testcase classname=\"vmoon\" name=\"")
        file.put(run.row.script, .markup)
        file.put("\" time=\"\((run.row.took ?? .zero).secondsText)\">\n")
        switch run.verdict {
        case .passed: break
        case .skipped: file.put("      <skipped message=\"\(run.skipWord)\"/>\n")
        case .error:
            file.put(
                "      <error type=\"\(run.row.end.word)\" message=\"\(run.row.end.sentence)\""
            )
            guard let wayOn = run.wayOn else {
                file.put("/>\n")
                break
            }
            file.put(">")
            file.put(wayOn, .markup)
            file.put("</error>\n")
        }
        file.put("    </testcase>\n")
    }

    private func write(_ change: ReportChange, to file: inout ReportOutput) {
        file.put("    <testcase classname=\"")
        file.put(change.vcenter, .markup)
        file.put("\" name=\"")
        file.put(change.operation, .markup)
        file.put(" ")
        file.put(change.thing, .markup)
        let took = Duration.milliseconds((change.settled ?? change.began) - change.began)
        file.put("\" time=\"\(took.secondsText)\">\n")
        switch change.state {
        case .done: break
        case .refused: write("failure", change, change.explanation, to: &file)
        case .notSent, .running: write("skipped", change, change.explanation, to: &file)
        case .unknown:
            let words = change.explanation ?? "its outcome is not known"
            write("error", change, words, to: &file, change.commands)
        }
        file.put("      <system-out>")
        for (name, value) in Self.facts(of: change) where !value.isEmpty {
            file.put("\(name): ")
            file.put(value, .markup)
            file.put("\n")
        }
        file.put("</system-out>\n    </testcase>\n")
    }

    private func write(
        _ element: String,
        _ change: ReportChange,
        _ message: String?,
        to file: inout ReportOutput,
        _ commands: [String] = []
    ) {
        file.put("      <\(element)")
        // A skipped case has no type in JUnit's schemas.
        if element != "skipped" {
            file.put(" type=\"")
            file.put(change.outcome, .markup)
            file.put("\"")
        }
        file.put(" message=\"")
        file.put(message ?? change.state.word, .markup)
        guard !commands.isEmpty else { return file.put("\"/>\n") }
        file.put("\">")
        file.put(commands.joined(separator: " or "), .markup)
        file.put("</\(element)>\n")
    }

    private static func facts(of change: ReportChange) -> [(String, String)] {
        [
            ("op_id", change.identifier), ("user", change.user), ("item_id", change.item),
            ("step", change.step ?? ""), ("made", change.made ?? ""),
            ("from_version", change.before ?? ""), ("to_version", change.after ?? ""),
            ("purged", change.purged.joined(separator: " ")), ("message", change.message ?? ""),
            ("began", Timestamp.text(change.began)),
            ("settled", change.settled.map(Timestamp.text) ?? ""),
            ("waited_for", change.wait?.change ?? ""),
        ]
    }
}

extension Report.Run {
    /// The result of the case of a run.
    fileprivate enum Verdict { case passed, skipped, error }

    fileprivate var verdict: Verdict {
        switch row.end {
        case .done, .stopped: .passed
        case .runs: .skipped
        case .failed, .signal, .died: isContinued ? .skipped : .error
        }
    }

    fileprivate var skipWord: String { isContinued ? "continued by a later run" : "at work" }
}

extension RunRow.End {
    /// How a run ended, after the words "the run".
    fileprivate var sentence: String {
        switch self {
        case .done, .stopped, .runs: text
        case .failed(let code): "ended with exit code \(code)"
        case .signal(let number): "was ended by signal \(number)"
        case .died: "died: its process is gone, and has not said how it ended"
        }
    }
}
