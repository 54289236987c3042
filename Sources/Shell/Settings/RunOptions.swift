public import Bindings
internal import Changes

/// The settings of the whole run, for any vCenter.
public struct RunOptions: Sendable, Equatable {
    /// How log records look on standard error.
    public enum LogFormat: String, Sendable, CaseIterable {
        case text, json

        static let usual = Self.text
    }

    /// The level of a log record.
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
    /// The file with the inventory that its simulators begin with.
    public let inventoryFile: String?
    /// The file to which the traffic of sessions is recorded.
    public let recordFile: String?
    /// The file that is played back in place of vCenters.
    public let replayFile: String?
    /// The changes that the run may make; if both are asked for, refusing takes precedence over planning.
    public let changes: ChangePolicy
    /// The file for the plan of a dry run.
    public let planOutFile: String?
    /// The plan that the run is held to.
    public let planFile: String?
    /// Whether Lua has only the functions of an allow-list.
    public let isSandboxed: Bool
    /// The most memory Lua may use, in bytes; nil for no limit.
    public let memoryLimit: Int?
    /// The time limit of the run; nil for none.
    public let deadline: Duration?
    /// The time to clean up once the run is stopped.
    public let grace: Duration
    /// The time for which a doubtful change is observed.
    public let settle: Duration
    /// How many times a doubtful change may be sent again.
    public let resends: Int
    /// The time after which a change that was not seen counts as lost.
    public let giveUp: Duration
    /// The lock that only one run holds at a time.
    public let lock: String?
    /// The longest wait for the lock, or for another run that changes the same item.
    public let lockWait: Duration
    /// Which of several copies of the run this is, `I/N`; nil if the environment decides.
    public let shard: String?
    /// The name that all copies of the run have.
    public let name: String?
    /// Whether questions of the script are answered with yes.
    public let answersYes: Bool
    /// The step after which the run stops.
    public let lastStep: String?
    /// The format of log records on standard error.
    public let logFormat: LogFormat
    /// The lowest level that is written.
    public let logLevel: LogLevel
    /// Whether the log was asked for: then it has the program's own operations too, not only the records of a
    /// script.
    public let logsOperations: Bool
    /// The file for the metrics of the run.
    public let metricsFile: String?
    /// The program that is told how the run ended.
    public let onEnd: String?
    /// The program that is told where it failed.
    public let onFailure: String?
    /// The address to ping at the start and the end of the run; a secret.
    public let pingURL: String?
    /// The option or the variable that gave it.
    public let pingSource: String
    /// The file to which log records are also appended.
    public let logFile: String?
    /// Whether the prompt runs its start-up file.
    public let runsInit: Bool
    private let color: ColorUse
    private let terminalHasColor: Bool

    init(_ invocation: Invocation, environment: [String: String]) {
        usesSimulator = invocation[.sim]?.toggle ?? false
        inventoryFile = invocation[.inventory]?.text
        recordFile = invocation[.record]?.text
        replayFile = invocation[.replay]?.text
        let isReadOnly = invocation[.readOnly]?.toggle ?? false
        let isDryRun = invocation[.dryRun]?.toggle ?? false
        changes = isReadOnly ? .refused : isDryRun ? .planned : .allowed
        planOutFile = invocation[.planOut]?.text
        planFile = invocation[.plan]?.text
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
        lastStep = invocation[.until]?.text
        name = invocation[.runName]?.text ?? environment.nonEmpty("VMOON_RUN_NAME")
        answersYes = invocation[.yes]?.toggle ?? false
        lockWait = invocation[.lockWait]?.duration ?? ChangeSettings.usualLockWait
        logFormat = invocation[.logFormat]?.text.flatMap(LogFormat.init) ?? .usual
        logLevel = invocation[.logLevel]?.text.flatMap(LogLevel.init) ?? .usual
        let logOptions: [Option] = [.logFormat, .logLevel, .logFile]
        logsOperations = logOptions.contains { invocation[$0] != nil }
        // A dry run has not done the work that is monitored.
        metricsFile = changes == .planned ? nil : invocation[.metricsFile]?.text
        onEnd = changes == .planned ? nil : invocation[.onEnd]?.text
        onFailure = changes == .planned ? nil : invocation[.onFailure]?.text
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
    /// - Parameter isTerminal: Whether it is a terminal.
    /// - Returns: Whether to use them.
    public func usesColor(isTerminal: Bool) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: isTerminal && terminalHasColor
        }
    }
}
