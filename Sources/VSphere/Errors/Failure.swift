internal import JSON
internal import Text
internal import Transport

/// One attempt without a result: the error, and how far the request is known to have come.
struct Failure: Error {
    /// The point that a request reached.
    enum Evidence: Sendable, Equatable, CaseIterable {
        /// No byte of it was sent.
        case notSent
        /// The server refused it, completely and in the form of its API.
        case answered
        /// It was refused with a status that servers return before they look at a request.
        case turnedAway
        /// Anything else: it may have been carried out.
        case unclear
    }

    /// The error.
    var error: VSphereError
    /// How far the request came.
    var evidence: Evidence
    /// Whether a read may be tried again soon.
    var isTransient = false
    /// Whether the server itself reports that it cannot answer yet: that may take minutes, as for a restart.
    var isBusy = false
    /// The time after which the server wants to be asked again.
    var retryAfter: Duration?

    /// Whether the server's certificate, or its key, was not taken.
    var isAboutProof = false
    /// Whether the certificate is good and for another host.
    var isOtherHost = false
    /// The HTTP status of a proxy that refused the tunnel.
    var proxyStatus: Int?
    /// Whether no connection came about.
    var isOnTheWay = false

    /// The failure of a request that got no complete answer.
    init(_ cause: TransportError) {
        error = VSphereError(ErrorKind(cause), Display.escape(cause.message))
        error.hint = cause.hint
        isAboutProof = cause.kind == .tls && cause.code != 0 && cause.hint == nil
        proxyStatus = cause.proxyStatus
        isOtherHost = cause.isOtherHost
        isOnTheWay = [.connect, .timeout].contains(cause.kind) && !cause.mayHaveBeenSent
        if cause.kind == .connect, error.hint == nil {
            error.hint = "is the vCenter up, and its address right? --vcenter names it"
        }
        evidence = cause.mayHaveBeenSent ? .unclear : .notSent
        switch cause.kind {
        // A proxy that refuses will refuse again: it wants a password, or forbids the host.
        case .connect: isTransient = cause.proxyStatus.map { $0 >= 500 || $0 == 429 } ?? true
        case .timeout, .broken: isTransient = true
        case .tls, .protocolViolation, .invalidRequest, .unavailable, .noMemory: break
        }
    }

    /// Makes the failure of a request that was answered.
    init(_ error: VSphereError, evidence: Evidence, isTransient: Bool = false) {
        self.error = error
        self.evidence = evidence
        self.isTransient = isTransient
    }

    /// Tells whether the request may have been carried out although it failed.
    ///
    /// Only a complete error of vCenter refuses a change: a status without one may come from a proxy
    /// that has passed the request on before.
    func isDoubtful(isChanging: Bool) -> Bool {
        switch evidence {
        case .notSent: false
        case .turnedAway: isChanging
        case .answered: Self.doubtfulKinds.contains(error.kind)
        case .unclear: true
        }
    }

    /// Kinds that vCenter also uses for work that continues, or stopped half-way.
    private static let doubtfulKinds: Set<ErrorKind> = [
        .timedOut, .internalServerError, .error, .canceled,
    ]

    /// Statuses that a server returns before it looks at a request.
    static func isTurnedAway(status: Int) -> Bool {
        [400, 401, 403, 404, 405, 407, 410, 411, 413, 414, 415, 417, 426, 429, 431].contains(status)
    }

    /// The error for the caller of an operation: with its outcome, and a hint.
    ///
    /// A change that may have happened always has the same kind, whatever the cause: only reading
    /// the state of the vCenter shows what to do next.
    func settled(isChanging: Bool) -> VSphereError {
        var settled = error
        guard isChanging else {
            settled.outcome = evidence == .answered ? .rejected : .none
            settled.isRetryable = error.isTransientKind || isTransient
            return settled
        }
        if isDoubtful(isChanging: true) {
            settled.kind = .unknownOutcome
            settled.cause = error.kind
            settled.causeMessage = error.message
            settled.outcome = .unknown
            settled.message =
                "sent, and whether it happened is not known: \(error.kind): \(error.message)"
            return settled
        }
        settled.outcome = evidence == .notSent ? .none : .rejected
        settled.isRetryable = error.isTransientKind || isTransient
        return settled
    }
}

extension VSphereError {
    /// Whether errors of the kind are temporary.
    fileprivate var isTransientKind: Bool {
        switch kind {
        case .unableToAllocateResource: !isTooManyMatches
        case .serviceUnavailable, .resourceBusy, .resourceInaccessible, .timedOut, .timeout: true
        default: data?["is_transient"]?.boolean == true
        }
    }
}
