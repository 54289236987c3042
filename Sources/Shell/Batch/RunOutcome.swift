internal import LuaHost
internal import VSphere

/// What happened in a run, as far as it decides how the process ends.
struct RunOutcome: Equatable {
    /// The error that left the script.
    var error: LuaError?
    /// What `os.exit` was called with.
    var exitStatus: Int?
    /// The signal that stopped it.
    var signal: Int?
    /// Whether another signal came, so that nothing was waited for any more.
    var isHastened = false
    /// Whether the deadline stopped it.
    var reachedDeadline = false
    /// Whether a change was left with an unknown outcome, also where the script caught the
    /// error.
    var hasUnknownOutcome = false
    /// Whether something printed could not be written.
    var lostOutput = false

    /// How the process ends: `os.exit(n)`, a second signal, 80, 124, the signal, the error's code; the first
    /// that holds.
    ///
    /// Output that was lost is said where nothing worse happened.
    var ending: World.Ending {
        if let exitStatus { return .code(Int32(truncatingIfNeeded: exitStatus & 0xFF)) }
        if isHastened, let signal { return .signal(Int32(signal)) }
        if hasUnknownOutcome { return .code(ExitCode.outcomeUnknown.rawValue) }
        if reachedDeadline { return .code(ExitCode.deadline.rawValue) }
        if let signal { return .signal(Int32(signal)) }
        if let error { return .code(error.exitCode) }
        return .code(lostOutput ? ExitCode.outputFailed.rawValue : ExitCode.done.rawValue)
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
