internal import Buffers
internal import JSON
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// The sessions of a run: one for each vCenter and user, shared by all handles.
final class Connections {
    /// One vCenter as one user.
    final class Connection {
        let vcenter: VCenter
        /// How many handles scripts hold open.
        var handles = 0
        /// Whether a bare operation opened it: then it stays open until the end.
        var isImplicit = false

        init(_ vcenter: VCenter) { self.vcenter = vcenter }

        var isInUse: Bool { handles > 0 || isImplicit }

        /// Tells whether its log-in failed, and this password is another one: it begins anew.
        func isReplaced(by profile: ConnectionProfile) -> Bool {
            guard handles == 0, vcenter.isRefused,
                case .success(let given)? = profile.givenPassword?()
            else { return false }
            return vcenter.password != given
        }

        /// The reason why the existing session is refused to the caller with this password; nil if it is
        /// not, or no password is given.
        ///
        /// No request is sent: a failed log-in could lock the account.
        func refusal(of profile: ConnectionProfile) -> VSphereError? {
            let (user, vcenter) = (Display.escape(profile.user), "\(profile.endpoint)")
            func refusal(_ message: String, _ hint: String) -> VSphereError {
                VSphereError(
                    .unauthenticated,
                    message,
                    operation: "session",
                    subject: "user \(user)",
                    vcenter: vcenter,
                    hint: hint
                )
            }
            switch profile.givenPassword?() {
            case .failure(let problem)?: return refusal(problem.message, problem.hint)
            case .success(let given)? where self.vcenter.hasUsedAnotherPassword(than: given):
                return refusal(
                    "this run has logged in as this user with another password",
                    "without a password in session{…} the session is shared; is the one given right?"
                )
            case .success?, nil: return nil
            }
        }
    }

    /// A session object of a script.
    private struct Handle {
        let connection: Connection
        var isClosed = false
    }

    /// The sessions to log out when nothing else works any more.
    let openSessions = OpenSessions()

    private let multi: Multi
    private let configuration: Runtime.Configuration
    private var byKey: [String: Connection] = [:]
    private var handles = NumberedTable<Handle>()
    /// The connection that bare operations used last, while it is the only one; avoids the look-
    /// up.
    private var only: Connection?

    init(multi: Multi, configuration: Runtime.Configuration) {
        self.multi = multi
        self.configuration = configuration
    }

    /// Opens a handle, and the session if there is none yet.
    /// - Parameters:
    ///   - options: The options of `session{…}`.
    ///   - completion: Called with the handle's number, or the error.
    func open(_ options: Value?, completion: @escaping (Result<UInt64, VSphereError>) -> Void) {
        let connection: Connection
        do throws(VSphereError) {
            connection = try self.connection(options)
        } catch {
            return completion(.failure(error))
        }
        connection.handles += 1
        only = nil
        connection.vcenter.open { [self] error in
            if let error {
                connection.handles -= 1
                return completion(.failure(error))
            }
            completion(.success(handles.add(Handle(connection: connection))))
        }
    }

    /// The vCenters with an open session.
    var open: [VCenter] { byKey.values.map(\.vcenter).filter(\.isOpen) }

    /// Forgets log-ins that failed, but for passwords that were read somewhere and refused.
    /// - Returns: Whether one of these is left.
    func forgetRefusals() -> Bool {
        for connection in byKey.values { connection.vcenter.forgetRefusal() }
        return byKey.values.contains { $0.vcenter.isRefused }
    }

    /// Forgets every connection; they are closed.
    func forgetAll() {
        byKey = [:]
        handles.removeAll()
        only = nil
    }

    /// The connection for these options; a new one if needed.
    private func connection(_ options: Value?) throws(VSphereError) -> Connection {
        let profile = try configuration.profile(options).get()
        let key = "\(profile.user)@\(profile.endpoint.url)"
        if let known = byKey[key], !known.isReplaced(by: profile) {
            if let refusal = known.refusal(of: profile) { throw refusal }
            return known
        }
        let vcenter = VCenter(
            profile: profile,
            exchange: multi,
            tape: configuration.tape,
            redaction: configuration.secrets.redaction
        )
        vcenter.trace = configuration.trace
        vcenter.noteCall = configuration.noteCall
        if configuration.observesReads { vcenter.observe = configuration.observe }
        if let log = configuration.log, log.level <= .warn {
            let fields = [JSONValue.Member("vcenter", .string("\(profile.endpoint)"))]
            vcenter.notice = { [wallTime = configuration.wallTime] text in
                log.write(
                    LogRecord(time: wallTime(), level: .warn, message: text, fields: fields)
                )
            }
        }
        vcenter.onSession = { [openSessions] plan in
            if plan != nil { RunWatch.attend() }
            openSessions.set(plan, for: key)
        }
        let made = Connection(vcenter)
        byKey[key] = made
        return made
    }

    /// Closes a handle; closing the last one of a session sends the log-out.
    func close(_ identifier: UInt64, completion: @escaping (VSphereError?) -> Void) {
        guard let handle = handles[identifier], !handle.isClosed else { return completion(nil) }
        handles[identifier]?.isClosed = true
        handle.connection.handles -= 1
        only = nil
        handle.connection.vcenter.close(completion: completion)
    }

    /// The vCenter of a handle.
    func vcenter(of identifier: UInt64) -> Result<VCenter, VSphereError> {
        guard let handle = handles[identifier], !handle.isClosed else {
            return .failure(
                VSphereError(.usage, "this session was closed", hint: "session() opens a new one")
            )
        }
        return .success(handle.connection.vcenter)
    }

    /// The vCenter for a bare operation: that of the only session, else the default one.
    func defaultVCenter() -> Result<VCenter, VSphereError> {
        if let only { return .success(only.vcenter) }
        let open = byKey.values.filter(\.isInUse)
        guard open.count <= 1 else {
            let error = VSphereError(
                .usage,
                "\(open.count) sessions are open, and the call does not say which one it is for",
                hint: "call it as a method: vc:operation(…)"
            )
            return .failure(error)
        }
        if let connection = open.first {
            only = connection
            return .success(connection.vcenter)
        }
        let connection: Connection
        do throws(VSphereError) {
            connection = try self.connection(nil)
        } catch {
            return .failure(error)
        }
        connection.isImplicit = true
        only = connection
        // A wrong call ends without one: the first that is sent logs in.
        connection.vcenter.hold()
        return .success(connection.vcenter)
    }

    /// Forgets a handle that no script refers to; its session stays counted unless it was closed.
    func forget(_ identifier: UInt64) {
        if handles[identifier]?.isClosed == true { handles[identifier] = nil }
    }

    /// Reads a property of a handle.
    func property(_ name: String, of identifier: UInt64, into result: ValueBuffer) {
        guard let handle = handles[identifier] else { return }
        let vcenter = handle.connection.vcenter
        switch name {
        case "__tostring":
            let state = handle.isClosed ? "closed session" : "session"
            result.put(
                "\(state) \(Display.escape(vcenter.profile.user))@\(vcenter.profile.endpoint)"
            )
        case "vcenter": result.put(vcenter.profile.endpoint.description)
        case "user": result.put(vcenter.profile.user)
        case "dialect": if let dialect = vcenter.dialect { result.put("\(dialect)") }
        default: break
        }
    }

    /// Logs out everywhere.
    /// - Parameters:
    ///   - limit: The longest time for all of it.
    ///   - hurry: Whether it may take at most one more second.
    ///   - turn: Turns the loop, waiting at most the given time.
    /// - Returns: The log-outs that failed.
    func closeAll(
        within limit: Duration,
        hurry: () -> Bool,
        turn: (Duration) -> Void
    ) -> [VSphereError] {
        let left = byKey.values.filter { $0.isInUse || $0.vcenter.isOpen }
        for connection in left {
            connection.handles = 0
            connection.isImplicit = false
        }
        handles.removeAll()
        only = nil
        return VCenter.closeAll(
            left.map(\.vcenter),
            within: limit,
            now: { [multi] in multi.now },
            isHurried: hurry,
            turn: turn
        )
    }
}
