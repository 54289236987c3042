/// The open sessions, and the rules by which they end.
///
/// Time is always an argument: the clock is the caller's.
struct SessionTable: Sendable {
    /// When a session expires, and how many there may be.
    struct Limits: Sendable {
        /// The longest time without a request; nil for no limit.
        var idle: Duration?
        /// The longest time since it was opened; nil for no limit.
        var absolute: Duration?
        /// The most sessions open at once; nil for no limit.
        var count: Int?
    }

    struct Session: Sendable {
        let user: String
        let created: Instant
        var lastAccessed: Instant
    }

    private let limits: Limits
    private var sessions: [String: Session] = [:]

    init(limits: Limits) { self.limits = limits }

    /// The number of open sessions.
    var count: Int { sessions.count }

    /// Whether there is a session of this identifier.
    func has(_ id: String) -> Bool { sessions[id] != nil }

    /// Opens a session.
    /// - Throws: `service_unavailable` if there are too many.
    mutating func open(for user: String, at now: Instant) throws(VAPIError) -> String {
        let limits = limits
        sessions = sessions.filter { Self.isAlive($0.value, under: limits, at: now) }
        if let most = limits.count, sessions.count >= most {
            throw VAPIError(
                .serviceUnavailable,
                known: "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached",
                "User session count is limited to \(most). Existing session count is "
                    + "\(sessions.count) for user \(user).",
                [String(most), String(sessions.count), user]
            )
        }
        let id = Self.newID()
        sessions[id] = Session(user: user, created: now, lastAccessed: now)
        return id
    }

    /// Uses a session: its idle time starts again.
    /// - Returns: The session as it was before; nil if there is none, or it has expired.
    mutating func use(_ id: String, at now: Instant) -> Session? {
        guard let place = sessions.index(forKey: id) else { return nil }
        let session = sessions.values[place]
        guard Self.isAlive(session, under: limits, at: now) else {
            sessions.remove(at: place)
            return nil
        }
        sessions.values[place].lastAccessed = now
        return session
    }

    /// Ends a session.
    mutating func close(_ id: String) { sessions[id] = nil }

    /// Ends all sessions.
    mutating func closeAll() { sessions = [:] }

    private static func isAlive(
        _ session: Session,
        under limits: Limits,
        at now: Instant
    ) -> Bool {
        if let idle = limits.idle, session.lastAccessed + idle <= now { return false }
        if let absolute = limits.absolute, session.created + absolute <= now { return false }
        return true
    }

    /// 32 hexadecimal digits, as on real servers.
    private static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let hex = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - hex.utf8.count) + hex
        }.joined()
    }
}
