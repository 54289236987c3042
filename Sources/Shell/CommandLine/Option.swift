internal import Text

/// The options, by name.
///
/// Their descriptions are the rows of the table `Flag.all`.
public enum Option: String, Sendable, Hashable, CaseIterable {
    // As in lua(1).
    case execute, require, interactive, showVersion, ignoreEnvironment, warnings
    case help, version, completions, manual, licenses

    case vcenter, user, passwordFile, passwordCommand, profile, api
    case caFile, pin, insecure
    case timeout, connectTimeout, operationTimeout, maxAnswer, limit
    case sim, dryRun, planOut, plan, readOnly, sandbox, yes
    case memoryLimit, deadline, grace
    case settle, resends, giveUp, lock, lockWait
    case logFormat, logLevel, logFile, color, noInit, record, replay
    case journal, lease, runName
    case cron, metricsFile, pingURL, onEnd, onFailure, shard, until
    // Of sub-commands.
    case json, keep, importFile, resend, resolve, steps, showPlan
    case failed, open, since, item, atVCenter, rows
    case htmlFile, csvFile, markdownFile, junitFile
    case scriptName, acceptChanges
    case checkFormat, checkOptions, markdown, manualPage
    case report, reportFile, filter, testLimit
    case mask, role, libraries, inventory
    case faults, caseLimit, seed, cases
}

/// The value of an option, parsed but not yet combined with other sources.
public enum OptionValue: Sendable, Equatable {
    case toggle(Bool)
    case text(String)
    /// The values of a repeatable option, in order.
    case texts([String])
    case duration(Duration)
    /// A number of bytes.
    case size(Int)
    case count(Int)

    /// The value as somebody writes it.
    var spelled: String {
        switch self {
        case .toggle(let isOn): isOn ? "1" : "0"
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: ", ")
        case .duration(let duration): SpanText.spelled(duration)
        case .size(let size): SizeText.spelled(size)
        case .count(let count): "\(count)"
        }
    }

    /// The text of a text option.
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    /// The texts of a repeatable option.
    public var texts: [String]? { if case .texts(let value) = self { value } else { nil } }
    /// Whether a toggle is on.
    public var toggle: Bool? { if case .toggle(let value) = self { value } else { nil } }
    /// The length of time.
    public var duration: Duration? { if case .duration(let value) = self { value } else { nil } }
    /// The number of bytes.
    public var size: Int? { if case .size(let value) = self { value } else { nil } }
    /// The number.
    public var count: Int? { if case .count(let value) = self { value } else { nil } }
}
