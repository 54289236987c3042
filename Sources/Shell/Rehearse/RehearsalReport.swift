internal import JSON
internal import Posix
internal import Text

/// The findings of a rehearsal.
struct RehearsalReport {
    /// The result of one case.
    struct Outcome {
        let point: RehearsalCase
        /// How it ended, in words.
        let summary: String
        let stages: [CaseEvidence.Stage]
        /// How often the fault has hit, by the simulator's record.
        let injected: Int
        /// The findings, each a sentence.
        let findings: [String]
    }

    let plan: RehearsalPlan
    let base: CaseEvidence
    let seed: UInt64
    var baseFindings: [String] = []
    /// How many cases there are; a sample may be less.
    var possible = 0
    var outcomes: [Outcome] = []
    var isComplete = true
    var took: Duration = .zero

    /// Whether everything is as it should be.
    var isGood: Bool {
        baseFindings.isEmpty && isComplete && outcomes.allSatisfy(\.findings.isEmpty)
    }

    private var wrong: [Outcome] { outcomes.filter { !$0.findings.isEmpty } }

    /// The report for a person: what is not as it should be, and how it is shown again.
    func text(showsAll: Bool) -> String {
        var lines: [String] = []
        if !baseFindings.isEmpty {
            lines.append("without a fault   \(base.summary)")
            lines += baseFindings.map { "    \($0)" }
        }
        if showsAll {
            for outcome in outcomes { lines += sheet(outcome) }
        } else {
            for group in groups { lines += sheet(group) }
        }
        lines.append(conclusion)
        return lines.joined(separator: "\n") + "\n"
    }

    /// One case with all that is known of it.
    private func sheet(_ outcome: Outcome) -> [String] {
        var lines = [heading(outcome)]
        lines += outcome.findings.map { "    \(Display.escape($0))" }
        if outcome.findings.isEmpty { lines.append("    as it should be") }
        return lines
            + outcome.stages.filter { !$0.message.isEmpty }
            .map { "    \($0.kind.rawValue): \($0.message)" }
    }

    /// Cases with which the same is wrong: the first with its command, the others by their names.
    private func sheet(_ group: [Outcome]) -> [String] {
        let first = group[0]
        var lines = [heading(first)]
        lines += first.findings.map { "    \(Display.escape($0))" }
        lines.append("    \(Display.escape(plan.command(for: first.point)))")
        if group.count > 1 {
            let others = group.dropFirst().map { Display.escape($0.point.name) }
            lines.append("    and so in \(others.count) more: \(others.joined(separator: ", "))")
        }
        return lines
    }

    private func heading(_ outcome: Outcome) -> String {
        "\(Display.escape(outcome.point.name))   ended with \(outcome.summary)"
    }

    /// The cases that are not as they should be, those with the same findings together.
    private var groups: [[Outcome]] {
        var groups: [[Outcome]] = []
        var places: [String: Int] = [:]
        for outcome in wrong {
            let key = ([outcome.summary] + outcome.findings).joined(separator: "\n")
            if let place = places[key] {
                groups[place].append(outcome)
            } else {
                places[key] = groups.count
                groups.append([outcome])
            }
        }
        return groups
    }

    private var conclusion: String {
        let seconds = took / .seconds(1)
        let time = SpanText.length(seconds: seconds)
        let cases = outcomes.count == 1 ? "1 case" : "\(outcomes.count) cases"
        let part = outcomes.count < possible ? " of \(possible) (seed \(seed))" : ""
        let wrong = wrong.count
        let verdict =
            wrong == 0
            ? "all as they should be" : "\(wrong) not as \(wrong == 1 ? "it" : "they") should be"
        return
            "\(cases)\(part) in \(time): \(verdict)\(isComplete ? "" : "; stopped before the end")"
    }

    /// How often each fault was really met, by operation and fault.
    var injections: [String: [String: Int]] {
        var counts: [String: [String: Int]] = [:]
        for outcome in outcomes {
            counts[outcome.point.operation, default: [:]][outcome.point.fault, default: 0] +=
                outcome.injected
        }
        return counts
    }

    /// The report for programs.
    var document: JSONValue {
        let commits = CaseList.commits(base.writes)
        func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
        let table = injections.sorted { $0.key < $1.key }.map { operation, counts in
            JSONValue.Member(
                operation,
                .object(
                    counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }
                )
            )
        }
        return [
            "script": .string(plan.script), "arguments": texts(plan.arguments),
            "seed": .integer(Int(truncatingIfNeeded: seed)), "possible": .integer(possible),
            "complete": .boolean(isComplete), "seconds": .double(took / .seconds(1)),
            "requests": .integer(base.requests.count),
            "journal": [
                "writes": .integer(commits.reduce(0) { $0 + $1.count }),
                "commits": .integer(commits.count),
            ],
            "findings": .integer(wrong.count + (baseFindings.isEmpty ? 0 : 1)),
            "without_fault": [
                "ended": .string(base.summary), "findings": texts(baseFindings),
            ],
            "cases": .array(
                outcomes.map { outcome in
                    [
                        "case": .string(outcome.point.name), "ended": .string(outcome.summary),
                        "injected": .integer(outcome.injected),
                        "findings": texts(outcome.findings),
                        "command": .string(plan.command(for: outcome.point)),
                    ]
                }
            ), "injected": .object(table),
        ]
    }
}
