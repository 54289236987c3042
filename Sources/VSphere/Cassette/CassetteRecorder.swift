internal import JSON
internal import Transport

/// Writes down what a run asks its vCenters and what they answer, without secrets.
///
/// Header fields of requests are never written, of answers only those that decide about something. The password and
/// each session identifier have a stand-in, wherever they appear.
public final class CassetteRecorder {
    private let write: (String) -> Void
    private var redactor = CassetteRedactor()
    private var sessions = 0
    /// What servers are called in the recording, by the URL they have.
    private var names: [String: String] = [:]

    /// Begins a recording.
    /// - Parameters:
    ///   - time: The time of day, as the first line has it.
    ///   - write: Appends a line, its newline included.
    public init(at time: String, write: @escaping (String) -> Void) {
        self.write = write
        write(Cassette.head(at: time))
    }

    /// What every cassette begins with.
    public static var beginning: String { Cassette.beginning }

    /// Gives a server the name by which the script calls it: simulators have other ones each time.
    /// - Parameters:
    ///   - server: The server.
    ///   - endpoint: What it stands for.
    public func name(_ server: Endpoint, _ endpoint: Endpoint) { names[server.url] = endpoint.url }

    /// Notes a secret that a script holds.
    func hide(_ secret: Secret) { redactor.hide(secret.reveal(), as: "***") }

    /// Notes a password before anything is sent that may hold it.
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

    /// The identifier that a log-in gives is a secret from now on.
    private func hideSession(in entry: inout CassetteEntry) {
        guard case .answer(let status, let headers, let body) = entry.outcome,
            (200..<300).contains(status)
        else { return }
        let answer = try? JSONValue(parsing: String(decoding: body, as: UTF8.self))
        guard let identifier = answer?.string ?? answer?["value"]?.string, !identifier.isEmpty
        else {
            // Whatever it is, it may hold one.
            entry.outcome = .answer(status: status, headers: headers, body: [])
            return
        }
        sessions += 1
        redactor.hide(identifier, as: "session-\(sessions)")
    }
}

extension Dialect {
    /// Whether an entry is a log-in, in either dialect.
    static func isLogIn(_ entry: CassetteEntry) -> Bool {
        allCases.contains { dialect in
            let (method, path) = dialect.session(.create)
            return entry.method == method.rawValue && entry.path == path
        }
    }
}

/// Hands requests on and has what comes of them written down.
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
