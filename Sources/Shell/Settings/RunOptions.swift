public import Bindings
internal import Changes

/// What holds for the whole run, whichever vCenter it talks to.
public struct RunOptions: Sendable, Equatable {
    /// How log records look on standard error.
    public enum LogFormat: String, Sendable, CaseIterable {
        case text, json

        static let usual = Self.text
    }

    /// How important a log record is.
    public enum LogLevel: String, Sendable, CaseIterable, Comparable {
        case trace, debug, info, warn, error

        static let usual = Self.info

        /// Orders by importance.
        public static func < (left: LogLevel, right: LogLevel) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// When colours are used.
    public enum ColorUse: String, Sendable, CaseIterable {
        case auto, always, never

        static let usual = Self.auto
    }

    /// Every session goes to a private simulator.
    public let usesSimulator: Bool
    /// The file that the traffic of sessions is written to.
    public let recordFile: String?
    /// The file that answers in place of vCenters.
    public let replayFile: String?
    /// What the run may change; where both are asked for, refusing is stricter than planning.
    public let changes: ChangePolicy
    /// Lua has an allow-list of functions only.
    public let isSandboxed: Bool
    /// The most memory Lua may use, in bytes; nil for no limit.
    public let memoryLimit: Int?
    /// How long the run may last; nil for no limit.
    public let deadline: Duration?
    /// How long cleaning up may take once the run is stopped.
    public let grace: Duration
    /// How long a doubtful change is observed.
    public let settle: Duration
    /// How often a doubtful change may be sent again.
    public let resends: Int
    /// After how long a change that was not seen is taken to be lost.
    public let giveUp: Duration
    /// The lock that only one run holds at a time.
    public let lock: String?
    /// How long to wait for the lock, or for another run that holds the same item.
    public let lockWait: Duration
    /// Which of several copies of the run this is, `I/N`; nil where the environment decides.
    public let shard: String?
    /// How log records look on standard error.
    public let logFormat: LogFormat
    /// The least important records that are written.
    public let logLevel: LogLevel
    /// Whether the log was asked for: then it tells of the program's own operations too, not only what a
    /// script says.
    public let logsOperations: Bool
    /// Where the metrics of the run go.
    public let metricsFile: String?
    /// Who is told that the run starts and how it ends; a secret.
    public let pingURL: String?
    /// What says so: the option or the variable.
    public let pingSource: String
    /// The file that log records are appended to as well.
    public let logFile: String?
    /// Whether the prompt runs its start-up file.
    public let runsInit: Bool
    private let color: ColorUse
    private let terminalHasColor: Bool

    init(_ invocation: Invocation, environment: [String: String]) {
        usesSimulator = invocation[.sim]?.toggle ?? false
        recordFile = invocation[.record]?.text
        replayFile = invocation[.replay]?.text
        let isReadOnly = invocation[.readOnly]?.toggle ?? false
        let isDryRun = invocation[.dryRun]?.toggle ?? false
        changes = isReadOnly ? .refused : isDryRun ? .planned : .allowed
        isSandboxed = invocation[.sandbox]?.toggle ?? false
        memoryLimit = invocation[.memoryLimit]?.size
        deadline = invocation[.deadline]?.duration
        grace = invocation[.grace]?.duration ?? Runtime.usualGrace
        let limits = ChangeCourse.Limits()
        settle = invocation[.settle]?.duration ?? limits.settle
        resends = invocation[.resends]?.count ?? limits.resends
        giveUp = invocation[.giveUp]?.duration ?? limits.giveUp
        lock = invocation[.lock]?.text
        shard = invocation[.shard]?.text
        lockWait = invocation[.lockWait]?.duration ?? ChangeSettings.usualLockWait
        logFormat = invocation[.logFormat]?.text.flatMap(LogFormat.init) ?? .usual
        logLevel = invocation[.logLevel]?.text.flatMap(LogLevel.init) ?? .usual
        let logOptions: [Option] = [.logFormat, .logLevel, .logFile]
        logsOperations = logOptions.contains { invocation[$0] != nil }
        // What only plans has not done the work that somebody waits for.
        metricsFile = changes == .planned ? nil : invocation[.metricsFile]?.text
        pingURL =
            changes == .planned
            ? nil : invocation[.pingURL]?.text ?? environment.nonEmpty("VMOON_PING_URL")
        pingSource = invocation[.pingURL] == nil ? "VMOON_PING_URL" : "--ping-url"
        logFile = invocation[.logFile]?.text
        runsInit = invocation[.noInit] == nil
        color = invocation[.color]?.text.flatMap(ColorUse.init) ?? .usual
        // no-color.org: the variable counts when it is present and not empty.
        terminalHasColor = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Whether to use colours on a stream.
    /// - Parameter isTerminal: Whether a terminal shows it.
    /// - Returns: Whether to use them.
    public func usesColor(isTerminal: Bool) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: isTerminal && terminalHasColor
        }
    }
}
