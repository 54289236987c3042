internal import Posix
internal import Text
internal import VSphere

/// The metrics of a run for Prometheus.
final class RunMetrics {
    /// The counts of a run and how it ended: the data for the text.
    struct Summary {
        /// Distinguishes this file from others in a folder that is collected as a whole.
        var name: String
        /// Since 1970-01-01T00:00:00Z.
        var started: Duration
        /// Since 1970-01-01T00:00:00Z.
        var ended: Duration
        /// On a monotonic clock.
        var lasted: Duration
        /// The exit code; for a signal 128 plus its number, as in a shell.
        var exitCode: Int32
        var requests = 0
        var operations: [Operation: Int] = [:]
        var unknownOutcomes = 0
        /// The end of the last run that ended with 0, in seconds; nil if there was none.
        var lastSuccess: String?
    }

    /// The labels of a separate count.
    struct Operation: Hashable, Comparable {
        let name: String
        let outcome: String

        static func < (left: Operation, right: Operation) -> Bool {
            (left.name, left.outcome) < (right.name, right.outcome)
        }
    }

    private let path: String
    private let world: World
    private let warn: (String) -> Void
    private let started: Duration
    private let began: Duration
    private var requests = 0
    private var operations: [Operation: Int] = [:]
    private var unknownOutcomes = 0

    /// Refuses a file that is not ours, before a run that would replace it at its end.
    static func check(_ options: RunOptions, _ world: World) throws(SettingsError) {
        guard let path = options.metricsFile, !world.isNoRegularFile(path) else { return }
        guard path != "-" else {
            throw SettingsError(
                "--metrics-file: - is no file",
                hint: "name one; ./- is a file of that name",
                exitCode: .usage
            )
        }
        do throws(PosixError) {
            try world.checkOurs(path, "replace", isOurs)
        } catch {
            throw SettingsError(
                "--metrics-file: \(error)",
                hint: "it names a new file, or one of an earlier run; was its value forgotten?",
                exitCode: .usage
            )
        }
    }

    private static func isOurs(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: "# HELP vmoon_".utf8)
    }

    /// Starts to count.
    /// - Parameters:
    ///   - path: The file to write at the end.
    ///   - world: The surroundings.
    ///   - warn: Tells why it cannot be written.
    init(_ path: String, _ world: World, warn: @escaping (String) -> Void) {
        self.path = path
        self.world = world
        self.warn = warn
        started = world.wallTime()
        began = world.monotonicTime()
    }

    /// Counts a request.
    func count(_ event: TraceEvent) { requests += 1 }

    /// Counts an operation.
    func count(_ event: OperationEvent) {
        operations[Operation(name: event.operation, outcome: event.outcome), default: 0] += 1
        if event.isChanging, event.outcome == "unknown" { unknownOutcomes += 1 }
    }

    /// Writes the file; a failure is only a warning.
    /// - Parameter ending: How the run ends.
    func write(_ ending: World.Ending) {
        // A pipe would block, a device would be replaced: neither is ours.
        if world.isNoRegularFile(path) {
            let name = Display.escape(path)
            return warn("--metrics-file: \(name) is not a regular file; nothing is written")
        }
        let old = (try? world.readFile(path, 1 << 20))?.text ?? ""
        let summary = Summary(
            name: path.fileStem,
            started: started,
            ended: world.wallTime(),
            lasted: world.monotonicTime() - began,
            exitCode: ending.shellStatus,
            requests: requests,
            operations: operations,
            unknownOutcomes: unknownOutcomes,
            lastSuccess: Self.lastSuccess(in: old)
        )
        do throws(PosixError) {
            // Checked again: a run takes long, and one whose start failed comes here as well.
            try world.checkOurs(path, "replace", Self.isOurs)
            try world.replaceFile(path, Array(Self.text(summary).utf8))
        } catch {
            warn("--metrics-file: \(Display.escape(error.description))")
        }
    }

    /// The time of the last success in an earlier file.
    static func lastSuccess(in text: String) -> String? {
        let line = text.split(separator: "\n").last { $0.hasPrefix(lastSuccessName) }
        guard let value = line?.split(separator: " ").last, Double(value) != nil else { return nil }
        return String(value)
    }

    /// The text format, version 0.0.4.
    static func text(_ summary: Summary) -> String {
        let name = "name=\"\(escaped(summary.name))\""
        var text = ""
        func add(_ metric: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += "# HELP \(metric) \(help)\n# TYPE \(metric) gauge\n"
            for sample in samples { text += "\(metric){\(sample.labels)} \(sample.value)\n" }
        }
        func add(_ metric: String, _ help: String, _ value: String) {
            add(metric, help, [(name, value)])
        }
        add(
            "vmoon_run_exit_code",
            "How the last run ended; 128 and more stands for a signal.",
            "\(summary.exitCode)"
        )
        add(
            "vmoon_run_start_timestamp_seconds",
            "When the last run began.",
            summary.started.secondsText
        )
        add(
            "vmoon_run_end_timestamp_seconds",
            "When the last run ended.",
            summary.ended.secondsText
        )
        add("vmoon_run_duration_seconds", "How long the last run took.", summary.lasted.secondsText)
        add("vmoon_run_requests", "Requests of the last run to vCenters.", "\(summary.requests)")
        add(
            "vmoon_run_unknown_outcomes",
            "Changes of the last run whose outcome is unknown; see vmoon reconcile.",
            "\(summary.unknownOutcomes)"
        )
        let operations = summary.operations.sorted { $0.key < $1.key }.map { operation, count in
            let labels =
                "\(name),operation=\"\(escaped(operation.name))\",outcome=\"\(operation.outcome)\""
            return (labels: labels, value: "\(count)")
        }
        if !operations.isEmpty {
            add("vmoon_run_operations", "Operations of the last run by their outcome.", operations)
        }
        let success = summary.exitCode == 0 ? summary.ended.secondsText : summary.lastSuccess
        if let success {
            add(lastSuccessName, "When a run last ended with exit code 0.", success)
        }
        return text
    }

    private static let lastSuccessName = "vmoon_last_success_timestamp_seconds"

    /// The value of a label: backslashes, quotes and line breaks are escaped.
    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}

extension World.Ending {
    /// The exit status as a shell shows it.
    var shellStatus: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let number): 128 + number
        }
    }
}

extension String {
    /// The name of a file without its folder and its extension.
    fileprivate var fileStem: String {
        let name = split(separator: "/").last.map(String.init) ?? self
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}
