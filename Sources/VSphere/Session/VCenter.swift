public import Buffers
internal import Text
internal import Transport

/// One vCenter as one user: the session that all its handles share, and the calls made in it.
///
/// Everything happens on one thread; completions are called once, from the exchange's loop, or before
/// the function that caused them returns. What to do is decided by `Session` and `RetryPolicy`; this
/// class does it.
public final class VCenter {
    /// How it is reached.
    public let profile: ConnectionProfile
    /// Told of every request that was answered, or was not; for logs.
    public var trace: ((TraceEvent) -> Void)?

    /// Told of every read that has its verdict.
    ///
    /// Of changes nothing is told here: what became of one is not known from its calls alone.
    public var observe: ((OperationEvent) -> Void)?

    /// Told what a person should hear of beside results, such as that the vCenter cannot answer for now:
    /// one line, safe to show.
    public var notice: ((String) -> Void)?

    /// Told how to log out of a session that has begun; nil when it has ended.
    public var onSession: ((LogOutPlan?) -> Void)?

    let wire: Wire
    let clock: () -> Duration
    let random: () -> Double
    let policy: RetryPolicy
    let keepAliveInterval: Duration
    let reader = AnswerReader()
    /// What takes secrets out of errors.
    let redaction: Redaction
    let baseURL: ByteBuffer
    let name: String

    var session: Session
    /// The dialect that an operation was found in, where that is not, or was not, the session's.
    ///
    /// One session serves both dialects, and releases differ in what they have in each.
    var routes: [ObjectIdentifier: Dialect] = [:]
    /// Whether the last answer was that there is none for now.
    var isOut = false
    /// The header fields of the session's requests; nil while there is none.
    var headers: HeaderList?
    /// Those of the requests without a body, which are most: each field costs the client and the server.
    var bodilessHeaders: HeaderList?
    /// The password, once it was asked for.
    public internal(set) var password: Secret?
    /// When the log-in under way began, and how often it was sent.
    var logInProgress: (began: Duration, attempts: Int)?
    /// Takes back the next attempt to log in, while one is only waiting.
    var logInWait: Wire.Cancellation?
    var keepAlive: Wire.Cancellation?
    var isClosing = false
    /// The date of an answer, and when it came.
    private var lastDate: (milliseconds: Int64, at: Duration)?
    private var handles = 0
    private var openers: [(VSphereError?) -> Void] = []
    private var closers: [(VSphereError?) -> Void] = []

    var queue = CallQueue()
    /// The calls that were sent and have no verdict, those between two attempts among them.
    var underWay: [PendingCall] = []
    var inFlight = 0
    var changesInFlight = 0

    /// Makes a client; nothing is sent before the first call.
    /// - Parameters:
    ///   - profile: How the vCenter is reached.
    ///   - exchange: What sends requests and keeps time.
    ///   - clock: A time that never goes back.
    ///   - random: Numbers from 0 to 1; they spread retries.
    ///   - redaction: What takes the secrets of the run out of errors.
    ///   - keepAlive: How often a session is used while changes are under way that take long. vCenter
    ///     ends sessions that idle; half an hour is usual.
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
        name = profile.endpoint.description
        session = Session(profile.dialect, policy: policy)
    }

    /// The dialect spoken; nil before the first log-in.
    public var dialect: Dialect? { session.dialect }

    /// Whether a session is open.
    public var isOpen: Bool { session.isOpen }

    /// The server's own clock, in milliseconds since 1970-01-01T00:00:00Z, by the last date that it told;
    /// nil where it tells none.
    public var serverTime: Int64? {
        lastDate.map { $0.milliseconds + (clock() - $0.at).wholeMilliseconds }
    }

    /// Takes note of the date of a good answer (`Date`, RFC 9110 §6.6.1).
    ///
    /// An error page may be of something on the way, whose clock is another one.
    func note(dateOf response: Response) {
        guard let date = response.header("date"), let seconds = HTTPDate.seconds(of: date) else {
            return
        }
        lastDate = (Int64(seconds) * 1000, clock())
    }

    /// Whether there was a log-in with another password than this, and it did not fail.
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

    /// Makes a call, once the session is open and fewer calls than the limit are in flight.
    /// - Parameters:
    ///   - call: What is to be done.
    ///   - result: The result is appended to it; nothing where there is none, or an error.
    ///   - tellsTime: Whether the answer's date is read, for `serverTime`.
    ///   - argumentsStay: Whether the buffer that the call's arguments lie in is left alone up to the
    ///     completion; else they are copied, so that an error can still say what it was about.
    ///   - completion: Called with nil, or with why there is no result.
    /// - Returns: What to cancel the call with.
    @discardableResult
    public func perform(
        _ call: Call,
        into result: ValueBuffer,
        tellsTime: Bool = false,
        argumentsStay: Bool = false,
        completion: @escaping (VSphereError?) -> Void
    ) -> PendingCall {
        let kept = argumentsStay ? call : call.detached()
        let pending = PendingCall(kept, into: result, completion: completion)
        pending.tellsTime = tellsTime
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

    /// Gives a call up.
    ///
    /// Its completion is called, with kind `cancelled`, or `unknown_outcome` for a change that is
    /// on the way; a call that has its verdict is left alone.
    public func cancel(_ pending: PendingCall) {
        abandon(pending)
        if isClosing { endIfIdle() } else { pump() }
    }

    private func abandon(_ pending: PendingCall) {
        var evidence = Failure.Evidence.notSent
        switch pending.state {
        case .finished: return
        case .queued: break
        case .waiting(let cancel): cancel()
        case .sent(let transfer):
            wire.cancel(transfer)
            evidence = .unclear
            landed(pending)
        }
        let error = VSphereError(.cancelled, "given up before an answer came")
        let failure = Failure(error, evidence: evidence)
        finish(pending, failure.settled(isChanging: pending.call.operation.isChanging))
    }

    /// Gives a handle back; with the last one the session ends.
    ///
    /// Then queued calls and reads are cancelled, changes in flight are waited for, and the log-out is
    /// sent, once. The client can be opened again later.
    /// - Parameters:
    ///   - all: Whether all handles are given back.
    ///   - completion: Called when nothing is left to do, with why the log-out failed if it did.
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

    /// Does what the session's rules say.
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

    /// Tells all who waited for the log-out.
    func finishClosing(_ error: VSphereError?) {
        headers = nil
        bodilessHeaders = nil
        onSession?(nil)
        logInProgress = nil
        isClosing = false
        tell(&openers, sessionClosed(operation: VSphereError.login))
        tell(&closers, error)
    }

    /// Fails all who wait for a session there will not be.
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

    /// The time since an arbitrary start; it goes on while the machine sleeps.
    public static func uptime() -> Duration { BootClock.now() }
}
