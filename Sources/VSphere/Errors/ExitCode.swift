/// The exit codes of vmoon, each listed once; a script's own `os.exit(n)` may be any number.
///
/// The numbers 64 to 78 are those of `sysexits.h`, so that a caller can distinguish "try again" from "never".
public enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case scriptError = 1
    case usage = 64
    case invalidInput = 65
    case notFound = 66
    case unavailable = 69
    case internalError = 70
    case cannotCreateState = 73
    case outputFailed = 74
    case tryAgain = 75
    case protocolViolation = 76
    case notPermitted = 77
    case configuration = 78
    case outcomeUnknown = 80
    case conflict = 81
    case deadline = 124

    /// The meaning, as in the manual.
    public var meaning: String {
        switch self {
        case .done: "done"
        case .scriptError:
            "error in the script: syntax, a Lua error, an error value of its own; or a change of the plan was "
                + "not made"
        case .usage: "the command line, or the arguments of an operation, are wrong"
        case .invalidInput:
            "vCenter refused the input (invalid_*, unexpected_input, unsupported), a name is ambiguous, or "
                + "a file is no plan, or was edited"
        case .notFound: "not found: an object of vCenter, or the file of a script or a plan"
        case .unavailable:
            "not reachable, timed out, or an error of the server: nothing was changed"
        case .internalError: "an error in vmoon itself"
        case .cannotCreateState: "the journal cannot be written; refused before changing anything"
        case .outputFailed: "output could not be written"
        case .tryAgain:
            "try again later: a lock is held, the session limit is reached, a resource is busy"
        case .protocolViolation: "an answer to a read was malformed, truncated or too large"
        case .notPermitted:
            "not logged in, not permitted, or forbidden by an option or the plan of this run"
        case .configuration: "configuration, TLS trust, or a vCenter without this operation"
        case .outcomeUnknown: "the outcome of a change is unknown: look first, never retry blindly"
        case .conflict:
            "conflict: the object's state, a change by someone else, or another script than was planned, "
                + "forbids it"
        case .deadline: "the deadline of the run was reached"
        }
    }
}
