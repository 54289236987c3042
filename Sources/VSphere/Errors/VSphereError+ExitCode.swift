extension VSphereError {
    /// The exit status of a run that this error ends; `exitCode(of:atLogin:)` is the
    /// table.
    ///
    /// A list that is too long will be too long again: the input has to change.
    public var exitCode: Int32 {
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
    /// A server that is too busy for a log-in, or has no session left, will have one later (75); if it is busy
    /// later in the run, that is one of the failures that changed nothing (69).
    /// - Parameters:
    ///   - kind: The kind; an unlisted one is treated by its family, then counts as `error`.
    ///   - isLogin: Whether it happened at log-in.
    /// - Returns: One of the statuses 1, 64, 65, 66, 69, 73, 75, 76, 77, 78, 80, 81.
    public static func exitCode(of kind: ErrorKind, atLogin isLogin: Bool = false) -> Int32 {
        switch kind {
        case .cancelled: 1
        case .usage: 64
        case .unexpectedInput, .unsupported, .ambiguous: 65
        case .notFound: 66
        case .serviceUnavailable where isLogin: 75
        case .transport, .timeout, .timedOut, .error, .internalServerError, .serviceUnavailable,
            .canceled:
            69
        case .journal: 73
        case .resourceBusy, .resourceInaccessible, .unableToAllocateResource: 75
        case .protocolViolation: 76
        case .unauthenticated, .unauthorized, .forbiddenByPolicy: 77
        case .configuration, .tls, .unverifiedPeer, .noSuchRoute, .operationNotFound: 78
        case .unknownOutcome: 80
        case .conflict, .notAllowedInCurrentState, .concurrentChange: 81
        case _ where kind.rawValue.hasPrefix("invalid_"): 65
        case _ where kind.rawValue.hasPrefix("already_"): 81
        case _ where kind.rawValue.hasSuffix("_in_use"): 81
        default: 69
        }
    }
}
