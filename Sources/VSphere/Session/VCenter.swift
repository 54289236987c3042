public import Buffers
internal import Text
internal import Transport

/// One vCenter as one user: the session that all its handles share, and the calls in it.
///
/// Everything happens on one thread; completions are called once, from the exchange's loop, or before
/// the function that caused them returns. `Session` and `RetryPolicy` decide what to do; this
/// class does it.
public final class VCenter {
    /// The connection data.
    public let profile: ConnectionProfile
    /// Called with every request that has ended, with or without an answer; for logs.
    public var trace: ((TraceEvent) -> Void)?
    /// Asked each time before a request that changes something is given to the transport: with an error it is not sent.
    public var mayChange: (() -> VSphereError?)?
    /// Asked at the same time: until when that request may be written to its connection, by `uptime`; nil for any time.
    public var changesEnd: (() -> Duration?)?
    /// Called with every call that is accepted, before it is sent.
    public var noteCall: ((Call) -> Void)?

    /// Called with every read that has its verdict.
    ///
    /// Not for changes: the outcome of one is not known from its calls alone.
    public var observe: ((OperationEvent) -> Void)?

    /// Called with messages for a person besides results, such as that the vCenter cannot answer now:
    /// one line, safe to show.
    public var notice: ((String) -> Void)?

    /// Called with the way to log out of a session that has begun; nil when it has ended.
    public var onSession: ((LogOutPlan?) -> Void)?

    let wire: Wire
    let clock: () -> Duration
    let random: () -> Double
    let policy: RetryPolicy
    let keepAliveInterval: Duration
    let reader = AnswerReader()
    /// Removes secrets from errors.
    let redaction: Redaction

    /// Tells whether a text is a secret of the run, as a whole.
    public func isSecret(_ text: String) -> Bool { redaction.isSecret(text) }

    let baseURL: ByteBuffer
    /// Where every call by JSON-RPC goes.
    let remoteURL: ByteBuffer
    let name: String

    var session: Session
    /// The dialect in which an operation was found, if that is not, or was not, the session's.
    ///
    /// One session serves both dialects, and releases differ in the routes of each.
    var routes: [ObjectIdentifier: Dialect] = [:]
    /// Whether the last answer was that the vCenter cannot answer now.
    var isOut = false
    /// The names of items, as far as answers have told them.
    public internal(set) var names = NameBook()
    /// The header fields of the session's requests; nil without a session.
    var headers: HeaderList?
    /// Those of requests without a body, which are the most: each field costs the client and the server time.
    var bodilessHeaders: HeaderList?
    /// The end of the bodies that have the session in them; nil without a session.
    var remoteEnding: ByteBuffer?
    /// The header fields of operations of the whole API.
    var remoteFields: [ObjectIdentifier: HeaderList] = [:]
    /// The password, once it was asked for.
    public internal(set) var password: Secret?
    /// When the log-in under way began, and how often it was sent.
    var logInProgress: (began: Duration, attempts: Int)?
    /// Cancels the next log-in attempt, while it is only waiting.
    var logInWait: Wire.Cancellation?
    var keepAlive: Wire.Cancellation?
    var isClosing = false
    /// The date of an answer, and the time when it came.
    private var lastDate: (milliseconds: Int64, at: Duration)?
    private var handles = 0
    private var openers: [(VSphereError?) -> Void] = []
    private var closers: [(VSphereError?) -> Void] = []

    var queue = CallQueue()
    /// The calls that were sent and have no verdict, including those between two attempts.
    var underWay: [PendingCall] = []
    var inFlight = 0
    var changesInFlight = 0

    /// Makes a client; nothing is sent before the first call.
    /// - Parameters:
    ///   - profile: The connection data of the vCenter.
    ///   - exchange: Sends requests and keeps time.
    ///   - clock: A monotonic time.
    ///   - random: Numbers from 0 to 1; they spread retries.
    ///   - redaction: Removes the secrets of the run from errors.
    ///   - keepAlive: The interval in which a session is used while long changes are under way. vCenter
    ///     ends idle sessions; half an hour is usual.
    public init(
        profile: ConnectionProfile,
        exchange: some Exchange,
        clock: @escaping () -> Duration = VCenter.uptime,
        random: @escaping () -> Double = { Double.random(in: 0..<1) },
        redaction: Redaction = Redaction(),
        keepAlive: Duration = .seconds(240)
    ) {
        self.redaction = redaction
        self.profile = profile
        self.clock = clock
        self.random = random
        wire = Wire(exchange)
        policy = RetryPolicy()
        keepAliveInterval = keepAlive
        baseURL = ByteBuffer(profile.endpoint.url)
        remoteURL = ByteBuffer(profile.endpoint.url + "/api")
        name = profile.endpoint.description
        session = Session(profile.dialect, policy: policy)
    }

    /// The dialect in use; nil before the first log-in.
    public var dialect: Dialect? { session.dialect }

    /// Whether a session is open.
    public var isOpen: Bool { session.isOpen }

    /// The server's own clock, in milliseconds since 1970-01-01T00:00:00Z, by the last date that it reported;
    /// nil if it reports none.
    public var serverTime: Int64? {
        lastDate.map { $0.milliseconds + (clock() - $0.at).wholeMilliseconds }
    }

    /// Records the date of a success answer (`Date`, RFC 9110 §6.6.1).
    ///
    /// An error page may come from a proxy, which has another clock.
    func note(dateOf response: Response) {
        guard let date = response.header("date"), let seconds = HTTPDate.seconds(of: date) else {
            return
        }
        lastDate = (Int64(seconds) * 1000, clock())
    }

    /// Tells whether a log-in with another password than this was made, and did not fail.
    public func hasUsedAnotherPassword(than given: Secret) -> Bool {
        guard session.generation > 0 || logInProgress != nil else { return false }
        return password != given
    }

    /// Whether a log-in has failed, and that is remembered.
    public var isRefused: Bool { session.refusal != nil }

    /// Forgets a log-in that failed, where another one harms nobody: a password that was read somewhere and
    /// then refused would be refused again, and lock the account in the end.
    /// - Returns: Whether the next call logs in anew.
    @discardableResult
    public func forgetRefusal() -> Bool {
        guard let refusal = session.refusal else { return false }
        let isSure = refusal.kind == .unauthenticated && refusal.status != nil
        if isSure, password?.isTyped != true { return false }
        session.forgetRefusal()
        if isSure { password = nil }
        return true
    }

    /// Adds a handle, and logs in where nobody has.
    /// - Parameter completion: Called with nil once the session is open, or with why it is not; the
    ///   handle then does not count.
    public func open(completion: @escaping (VSphereError?) -> Void) {
        guard !isClosing else { return completion(sessionClosed(operation: VSphereError.login)) }
        handles += 1
        openers.append(completion)
        advance(session.need())
    }

    /// Adds a handle without a log-in: the first call makes it.
    public func hold() { handles += 1 }

    /// Makes a call, when the session is open and fewer calls than the limit are in flight.
    /// - Parameters:
    ///   - call: The call.
    ///   - result: The result is appended to it; nothing without a result, or after an error.
    ///   - tellsTime: Whether the answer's date is read, for `serverTime`.
    ///   - argumentsStay: Whether the buffer with the call's arguments is not changed before the
    ///     completion; else they are copied, so that an error can still name them.
    ///   - isAside: Whether it only explains something: no script asked for it. It is not noted, and sent once.
    ///   - span: Its place in the trace of the run.
    ///   - completion: Called with nil, or with the error.
    /// - Returns: The handle for cancelling the call.
    @discardableResult
    public func perform(
        _ call: Call,
        into result: ValueBuffer,
        tellsTime: Bool = false,
        argumentsStay: Bool = false,
        isAside: Bool = false,
        span: Span? = nil,
        completion: @escaping (VSphereError?) -> Void
    ) -> PendingCall {
        if !isAside { noteCall?(call) }
        let kept = argumentsStay ? call : call.detached()
        let pending = PendingCall(kept, at: self, into: result, completion: completion)
        pending.tellsTime = tellsTime
        pending.isAside = isAside
        pending.span = span
        guard !isClosing else {
            finish(pending, sessionClosed(operation: call.operation.name))
            return pending
        }
        if session.isOpen, inFlight < profile.requestLimit, queue.isEmpty {
            send(pending)
        } else {
            queue.append(pending)
            advance(session.need())
        }
        return pending
    }

    /// Cancels a call.
    ///
    /// Its completion is called, with kind `cancelled`, or `unknown_outcome` for a change in
    /// flight; a call that has its verdict is not affected.
    public func cancel(_ pending: PendingCall) {
        abandon(pending)
        if isClosing { endIfIdle() } else { pump() }
    }

    private func abandon(_ pending: PendingCall) {
        var evidence = Failure.Evidence.notSent
        let givenUp = "given up before an answer came"
        switch pending.state {
        case .finished: return
        case .queued: break
        case .waiting(let cancel): cancel()
        case .sent(let transfer):
            wire.cancel(transfer)
            evidence = .unclear
            landed(pending)
            tellTrace(pending, .failure(TransportError(.broken, givenUp, mayHaveBeenSent: true)))
        }
        let error = VSphereError(.cancelled, givenUp)
        let failure = Failure(error, evidence: evidence)
        finish(pending, failure.settled(isChanging: pending.call.operation.isChanging))
    }

    /// Releases a handle; with the last one the session ends.
    ///
    /// Then queued calls and reads are cancelled, changes in flight are waited for, and the log-out is
    /// sent, once. The client can be opened again later.
    /// - Parameters:
    ///   - all: Whether all handles are released.
    ///   - completion: Called when nothing is left to do, with the error of a failed log-out.
    public func close(all: Bool = false, completion: @escaping (VSphereError?) -> Void) {
        handles = all ? 0 : max(0, handles - 1)
        guard handles == 0 else { return completion(nil) }
        closers.append(completion)
        guard !isClosing else { return }
        isClosing = true
        while let pending = queue.next() { abandon(pending) }
        for pending in underWay {
            if case .sent = pending.state, pending.call.operation.isChanging { continue }
            abandon(pending)
        }
        endIfIdle()
    }

    /// Ends the session of a client that is closing, once no change is in flight.
    func endIfIdle() {
        guard isClosing, changesInFlight == 0 else { return }
        let wait = logInWait
        logInWait = nil
        wait?()
        advance(session.end(isWaiting: wait != nil))
    }

    /// Carries out an action of the session.
    func advance(_ action: Session.Action) {
        switch action {
        case .wait: break
        case .proceed:
            tell(&openers, nil)
            pump()
        case .logIn(let dialect): logIn(dialect)
        case .logInLater(let dialect, let delay):
            logInWait = wire.after(delay) { [self] in
                logInWait = nil
                logIn(dialect)
            }
        case .fail(let error):
            logInProgress = nil
            refuse(error)
        case .logOut(let dialect): logOut(dialect)
        case .finish: finishClosing(nil)
        }
    }

    /// Calls all completions that waited for the log-out.
    func finishClosing(_ error: VSphereError?) {
        headers = nil
        bodilessHeaders = nil
        remoteEnding = nil
        onSession?(nil)
        logInProgress = nil
        isClosing = false
        tell(&openers, sessionClosed(operation: VSphereError.login))
        tell(&closers, error)
    }

    /// Fails all callers that wait for a session that cannot be opened.
    private func refuse(_ error: VSphereError) {
        handles = max(0, handles - openers.count)
        tell(&openers, error)
        while let pending = queue.next() { finish(pending, error) }
        if isClosing { endIfIdle() }
    }

    private func tell(_ waiting: inout [(VSphereError?) -> Void], _ error: VSphereError?) {
        let told = waiting
        waiting = []
        for completion in told { completion(error) }
    }

    private func sessionClosed(operation: String) -> VSphereError {
        VSphereError(.usage, "the session is closed", operation: operation, vcenter: name)
    }

    /// The time since an arbitrary start; it continues while the computer sleeps.
    public static func uptime() -> Duration { BootClock.now() }
}
