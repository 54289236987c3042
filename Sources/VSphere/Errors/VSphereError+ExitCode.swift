extension VSphereError {
    /// The exit status of a run that this error ends; `exitCode(of:atLogin:)` is the
    /// table.
    ///
    /// A list that is too long is as long the next time: it is the input that has to change.
    public var exitCode: ExitCode {
        let counted: ErrorKind = isTooManyMatches ? .unexpectedInput : kind
        return Self.exitCode(of: counted, atLogin: operation == Self.login)
    }

    /// Whether the vCenter has more objects than it returns in one list.
    public var isTooManyMatches: Bool {
        kind == .unableToAllocateResource
            && messages.contains { $0.id.hasSuffix("too_many_matches") }
    }

    /// The operation named in the errors of a log-in.
    public static let login = "login"

    /// The exit status for a kind.
    ///
    /// A server that is too busy for a log-in, or has no session left, will have one later; busy in the
    /// middle of the work, it is one of the failures that changed nothing.
    /// - Parameters:
    ///   - kind: What went wrong; one that is not listed goes by its family, then counts as `error`.
    ///   - isLogin: Whether it went wrong at log-in.
    /// - Returns: The code.
    public static func exitCode(of kind: ErrorKind, atLogin isLogin: Bool = false) -> ExitCode {
        switch kind {
        case .cancelled: .scriptError
        case .usage: .usage
        case .unexpectedInput, .unsupported, .ambiguous: .invalidInput
        case .notFound: .notFound
        case .serviceUnavailable where isLogin: .tryAgain
        case .transport, .timeout, .timedOut, .error, .internalServerError, .serviceUnavailable,
            .canceled:
            .unavailable
        case .journal: .cannotCreateState
        case .output: .outputFailed
        case .resourceBusy, .resourceInaccessible, .unableToAllocateResource: .tryAgain
        case .protocolViolation: .protocolViolation
        case .unauthenticated, .unauthorized, .forbiddenByPolicy: .notPermitted
        case .configuration, .tls, .unverifiedPeer, .noSuchRoute, .operationNotFound: .configuration
        case .unknownOutcome: .outcomeUnknown
        case .conflict, .diverged, .notAllowedInCurrentState, .concurrentChange: .conflict
        case _ where kind.rawValue.hasPrefix("invalid_"): .invalidInput
        case _ where kind.rawValue.hasPrefix("already_"): .conflict
        case _ where kind.rawValue.hasSuffix("_in_use"): .conflict
        default: .unavailable
        }
    }
}
