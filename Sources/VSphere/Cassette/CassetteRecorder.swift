internal import JSON
internal import Transport

/// Records the requests of a run and the answers of its vCenters, without secrets.
///
/// Header fields of requests are never recorded, those of answers only if they matter. The password and
/// each session identifier are replaced wherever they appear.
public final class CassetteRecorder {
    private let write: (String) -> Void
    private var redactor = CassetteRedactor()
    private var sessions = 0
    /// The names of servers in the recording, by their URLs.
    private var names: [String: String] = [:]

    /// Starts a recording.
    /// - Parameters:
    ///   - time: The time of day for the first line.
    ///   - write: Appends a line, its newline included.
    public init(at time: String, write: @escaping (String) -> Void) {
        self.write = write
        write(Cassette.head(at: time))
    }

    /// The beginning of every cassette.
    public static var beginning: String { Cassette.beginning }

    /// Sets the name by which the script calls a server: simulators have different addresses each time.
    /// - Parameters:
    ///   - server: The server.
    ///   - endpoint: The name in the recording.
    public func name(_ server: Endpoint, _ endpoint: Endpoint) { names[server.url] = endpoint.url }

    /// Registers a secret of a script.
    func hide(_ secret: Secret) { redactor.hide(secret.reveal(), as: "***") }

    /// Registers a password before a request that may contain it is sent.
    func hide(_ password: Secret, of user: String) {
        redactor.hide(password.reveal(), as: "***", of: user)
    }

    func add(
        _ request: Request,
        _ result: Result<Response, TransportError>,
        user: String
    ) {
        var entry = CassetteEntry(request, result)
        entry.server = names[entry.server] ?? entry.server
        if Dialect.isLogIn(entry) {
            entry.user = user
            hideSession(in: &entry)
        }
        write(JSONEncoder().encode(redactor.cleaned(entry).document) + "\n")
    }

    /// Registers the session identifier in the answer to a log-in as a secret.
    private func hideSession(in entry: inout CassetteEntry) {
        guard case .answer(let status, let headers, let body) = entry.outcome,
            (200..<300).contains(status)
        else { return }
        let answer = try? JSONValue(parsing: String(decoding: body, as: UTF8.self))
        guard let identifier = answer?.string ?? answer?["value"]?.string, !identifier.isEmpty
        else {
            // An answer that cannot be read may contain one.
            entry.outcome = .answer(status: status, headers: headers, body: [])
            return
        }
        sessions += 1
        redactor.hide(identifier, as: "session-\(sessions)")
    }
}

extension Dialect {
    /// Tells whether an entry is a log-in, in either dialect.
    static func isLogIn(_ entry: CassetteEntry) -> Bool {
        allCases.contains { dialect in
            let (method, path) = dialect.session(.create)
            return entry.method == method.rawValue && entry.path == path
        }
    }
}

/// Passes requests on and records their outcomes.
final class RecordingExchange<Base: Exchange>: Exchange {
    weak var vcenter: VCenter?
    private let base: Base
    private let recorder: CassetteRecorder

    init(_ base: Base, _ recorder: CassetteRecorder) {
        self.base = base
        self.recorder = recorder
    }

    func start(
        _ request: Request,
        completion: @escaping (Result<Response, TransportError>) -> Void
    ) -> Base.TransferHandle {
        let user = vcenter?.profile.user ?? ""
        if let password = vcenter?.password { recorder.hide(password, of: user) }
        return base.start(request) { [recorder] result in
            recorder.add(request, result, user: user)
            completion(result)
        }
    }

    func cancel(_ transfer: Base.TransferHandle) { base.cancel(transfer) }

    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Base.TimerHandle {
        base.after(delay, action)
    }

    func cancel(_ timer: Base.TimerHandle) { base.cancel(timer) }
}
