internal import JSON
internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// A run that begins, as the log tells it.
struct RunStart: Equatable {
    /// A UUID.
    var identifier: String
    var script: String
    /// Those that look like a secret are `***`.
    var arguments: [String]
    var process: Int32
    var host: String
    var version: String

    init(_ invocation: Invocation, identifier: String, _ world: World) {
        self.identifier = identifier
        script = SystemText.shown(invocation.scriptName)
        arguments = invocation.scriptArguments.withoutTelltaleSecrets.map(SystemText.shown)
        process = world.processNumber
        host = world.hostName
        version = Program.version
    }

    /// The fields of its record.
    var fields: [JSONValue.Member] {
        [
            .init("event", "run_begin"), .init("script", .string(script)),
            .init("arguments", .array(arguments.map { .string($0) })),
            .init("pid", .integer(Int(process))), .init("host", .string(host)),
            .init("version", .string(version)),
        ]
    }
}

/// Why a run did not reach its end, on one line, with what helps to find the reason.
struct RunProblem: Equatable {
    /// As in error tables of scripts; nil where the script itself raised something, or the system did.
    var kind: String?
    var message: String
    /// The advice, in lines for a person.
    var advice: [String] = []
    /// The way there, innermost first.
    var frames: [String] = []

    init(_ message: String, kind: String? = nil) { (self.message, self.kind) = (message, kind) }

    /// The end of a run that leaves changes of which nobody knows whether they happened.
    static func doubt(_ changes: Int) -> RunProblem {
        let changes = Report.count(changes, "change is", "changes are")
        return RunProblem(
            "the outcome of \(changes) not known",
            kind: ErrorKind.unknownOutcome.rawValue
        )
    }

    /// The fields of its record.
    var fields: [JSONValue.Member] {
        var fields = [JSONValue.Member("event", "error")]
        if let kind { fields.append(.init("kind", .string(kind))) }
        let hint = advice.map { line in
            let text = line.drop { $0 == " " }
            return String(text.hasPrefix("try: ") ? text.dropFirst(5) : text)
        }
        if !hint.isEmpty { fields.append(.init("hint", .string(hint.joined(separator: "; ")))) }
        if !frames.isEmpty {
            let lines = frames.map { JSONValue.string(String($0.drop { $0 == "\t" })) }
            fields.append(.init("traceback", .array(lines)))
        }
        return fields
    }
}

/// The end of a run: for logs, for the programs that are told, and for traces.
struct RunEnd: Equatable {
    /// As a shell shows it: for a signal 128 and its number.
    var exitCode: Int32
    /// The signal that ended it; nil for none.
    var signal: Int32?
    /// The kind of the error: that of a script's error table, else by how it ended; nil if it reached its end.
    var kind: String?
    /// The error, or how it ended, on one line.
    var message: String
    /// On a monotonic clock.
    var duration: Duration
    var changes: ChangeCounts

    init(
        _ ending: World.Ending,
        _ problem: RunProblem?,
        duration: Duration,
        changes: ChangeCounts
    ) {
        exitCode = ending.shellStatus
        if case .signal(let number) = ending { signal = number }
        kind = exitCode == 0 ? nil : problem?.kind ?? Self.kind(ending)
        let words = signal.map { "ended by signal \($0)" } ?? "ended with exit code \(exitCode)"
        message = exitCode == 0 ? "done" : problem?.message ?? words
        self.duration = duration
        self.changes = changes
    }

    /// The kind of an end without an error table: `script` where the script chose the code, or raised something else.
    private static func kind(_ ending: World.Ending) -> String {
        guard case .code(let number) = ending else { return "signal" }
        let kind: ErrorKind? =
            switch ExitCode(rawValue: number) {
            case .usage: .usage
            case .notFound: .notFound
            case .tryAgain: .resourceBusy
            case .configuration: .configuration
            case .cannotCreateState: .journal
            case .outputFailed: .output
            case .outcomeUnknown: .unknownOutcome
            case .conflict: .conflict
            default: nil
            }
        return kind?.rawValue ?? (number == ExitCode.deadline.rawValue ? "deadline" : "script")
    }

    /// Whether the run did not do its work.
    var isFailure: Bool { exitCode != 0 }

    /// The fields of its record; `message` is that of the record.
    func fields(of start: RunStart) -> [JSONValue.Member] {
        var fields: [JSONValue.Member] = [
            .init("event", "run_end"), .init("script", .string(start.script)),
            .init("host", .string(start.host)), .init("exit_code", .integer(Int(exitCode))),
        ]
        if let signal { fields.append(.init("signal", .integer(Int(signal)))) }
        if let kind { fields.append(.init("kind", .string(kind))) }
        fields.append(.init("duration_ms", .integer(Int(duration.wholeMilliseconds))))
        fields.append(.init("changes", changes.document))
        return fields
    }
}
