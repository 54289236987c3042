internal import LuaHost
internal import VSphere

/// The events of a run that decide how the process ends.
struct RunOutcome: Equatable {
    /// The uncaught error of the script.
    var error: LuaError?
    /// The argument of `os.exit`.
    var exitStatus: Int?
    /// The signal that stopped it.
    var signal: Int?
    /// Whether the deadline stopped it.
    var reachedDeadline = false
    /// Whether the step of `--until` stopped it.
    var reachedStep = false
    /// Whether another run has taken the lock of this one.
    var lostLock = false
    /// Whether a change was left with an unknown outcome, even if the script caught the
    /// error.
    var hasUnknownOutcome = false
    /// Whether a planned change was not made, in a run that is held to a plan.
    var leftPlanned = false
    /// Whether something printed could not be written.
    var lostOutput = false

    /// Whether the script reached its end.
    var isFinished: Bool { ending == .code(ExitCode.done.rawValue) && !reachedStep }

    /// How the journal says that it ended.
    var record: String { reachedStep ? "\(ending), --until" : "\(ending)" }

    /// How the process ends; the first that applies of: `os.exit(n)`, 80, 124, the signal, 75 for a lost lock, the error's
    /// code.
    ///
    /// Lost output, and what was planned and not done, count only if there was no other failure.
    var ending: World.Ending {
        if let exitStatus { return .code(Int32(truncatingIfNeeded: exitStatus & 0xFF)) }
        if hasUnknownOutcome { return .code(ExitCode.outcomeUnknown.rawValue) }
        if reachedDeadline { return .code(ExitCode.deadline.rawValue) }
        if let signal { return .signal(Int32(signal)) }
        if lostLock { return .code(ExitCode.tryAgain.rawValue) }
        if !reachedStep, let error { return .code(error.exitCode) }
        if lostOutput, !reachedStep { return .code(ExitCode.outputFailed.rawValue) }
        return .code((leftPlanned && !reachedStep ? ExitCode.scriptError : .done).rawValue)
    }
}

extension LuaError {
    /// The code of a run that this error ends.
    var exitCode: Int32 {
        switch kind {
        case .unreadable: ExitCode.notFound.rawValue
        case .syntax, .incomplete, .memory: ExitCode.scriptError.rawValue
        case .raised: Int32(raised?.exitCode ?? Int(ExitCode.scriptError.rawValue))
        }
    }
}
