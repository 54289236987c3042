internal import Buffers
internal import Text
internal import Transport

/// Answers requests from a cassette, without a network.
///
/// Requests are matched by method, path, query and body; each answer is given once, those to the same request in
/// recorded order. A repeated read beyond the recorded ones gets its last answer again: the number of
/// looks depends on timing. Every other request that was not recorded fails.
public final class CassettePlayer {
    private struct Track {
        var entries: [CassetteEntry] = []
        var played = 0
    }

    private let name: String
    private let cassette: Cassette
    private let isShared: Bool
    private var tracks: [String: Track] = [:]
    /// Applied to requests too: the recording contains no secrets.
    private var redactor = CassetteRedactor()
    /// The recorded marks of operations, with their marks in this run.
    private var marks: [(recorded: [UInt8], now: [UInt8])] = []

    /// Loads a cassette.
    /// - Parameters:
    ///   - cassette: The recording.
    ///   - name: The file, for messages.
    public init(_ cassette: Cassette, named name: String) {
        self.cassette = cassette
        self.name = name
        // If it has only one vCenter, its present name does not matter.
        isShared = cassette.servers.count < 2
        for entry in cassette.entries {
            let key = CassetteKey(method: entry.method, path: entry.path, body: entry.body).text
            tracks[track(key, entry.server), default: Track()].entries.append(entry)
        }
    }

    /// The recorded vCenters, in the order of their first answers.
    public var endpoints: [Endpoint] {
        cassette.servers.compactMap { try? Endpoint.parse($0).endpoint }
    }

    /// The profile of the vCenter that a script names, or of the recorded one; it needs no secret.
    /// - Parameter endpoint: The vCenter named; nil for none.
    /// - Returns: The profile, or the error.
    public func profile(for endpoint: Endpoint?) -> Result<ConnectionProfile, VSphereError> {
        let recorded = cassette.servers.first.flatMap { try? Endpoint.parse($0).endpoint }
        guard let endpoint = endpoint ?? recorded else {
            return .failure(
                VSphereError(
                    .configuration,
                    "the cassette \(Display.escape(name)) holds no request",
                    hint: "--record writes one"
                )
            )
        }
        let server = isShared ? cassette.servers.first ?? "" : endpoint.url
        let user = cassette.entries.first { $0.server == server && $0.user != nil }?.user
        return .success(
            ConnectionProfile(
                endpoint: endpoint,
                user: user ?? "nobody",
                password: { .success(Secret("none")) }
            )
        )
    }

    /// Registers a secret of a script.
    func hide(_ secret: Secret) { redactor.hide(secret.reveal(), as: "***") }

    /// The recorded answer to a request.
    func answer(_ request: Request) -> Result<Response, TransportError> {
        let (server, asked) = CassetteEntry.parts(of: request.url.text)
        let path = redactor.cleaned(path: asked)
        let body = request.body.map { redactor.cleaned(request: $0.bytes) }
        let method = request.method.rawValue
        let name = track(CassetteKey(method: method, path: path, body: body).text, server)
        guard var track = tracks[name] else {
            return .failure(unknown(method, path, body))
        }
        if track.played == track.entries.count, request.connection == .fresh {
            let count = track.played == 1 ? "once" : "\(track.played) times"
            let what = CassetteKey.title(method: method, path: path)
            // Only a change uses a new connection.
            return .failure(
                refusal("it has \(what) \(count), and that was asked once more")
            )
        }
        let entry = track.entries[min(track.played, track.entries.count - 1)]
        track.played = min(track.played + 1, track.entries.count)
        tracks[name] = track
        for (recorded, now) in zip(CassetteKey.marks(in: entry.body), CassetteKey.marks(in: body)) {
            marks.append((Array(recorded.utf8), Array(now.utf8)))
        }
        return inThisRun(entry).result
    }

    /// An answer with the marks of this run, as the server would have given it.
    private func inThisRun(_ entry: CassetteEntry) -> CassetteEntry {
        guard case .answer(let status, let headers, let body) = entry.outcome, !marks.isEmpty
        else { return entry }
        var entry = entry
        let renamed = marks.reduce(body) { text, mark in
            CassetteRedactor.replace(mark.recorded, with: mark.now, in: text)
        }
        entry.outcome = .answer(status: status, headers: headers, body: renamed)
        return entry
    }

    private func track(_ key: String, _ server: String) -> String {
        isShared ? key : "\(server) \(key)"
    }

    /// The error for a request that was not recorded, with the most similar one.
    private func unknown(_ method: String, _ path: String, _ body: [UInt8]?) -> TransportError {
        let asked = CassetteKey.title(method: method, path: path)
        let text = body.map { " with " + String(decoding: $0.prefix(200), as: UTF8.self) } ?? ""
        let same = cassette.entries.filter { $0.method == method && $0.path == path }
        let route = path.prefix { $0 != "?" }
        let near = cassette.entries.filter {
            $0.method == method && $0.path.prefix { $0 != "?" } == route
        }
        var has: String
        if let other = same.first {
            let body = other.body.map { String(decoding: $0.prefix(200), as: UTF8.self) }
            has = "it has that with \(body ?? "no body")"
        } else if let other = near.first {
            has = "it has \(other.method) \(other.path)"
        } else {
            let titles = cassette.entries.prefix(3).map { "\($0.method) \($0.path)" }
            has = "it has \(cassette.entries.count) requests"
            if !titles.isEmpty { has += ", first " + titles.joined(separator: ", ") }
        }
        has = has.replacing("\n", with: " ")
        return refusal("\(asked)\(text) is not in it; \(has)")
    }

    private func refusal(_ text: String) -> TransportError {
        TransportError(.unavailable, "the cassette \(name): \(text)", mayHaveBeenSent: false)
    }
}

/// Plays a cassette instead of using the network; time remains real.
final class PlayingExchange<Base: Exchange>: Exchange {
    private let base: Base
    private let player: CassettePlayer

    init(_ base: Base, _ player: CassettePlayer) {
        self.base = base
        self.player = player
    }

    /// An answer that will be delivered in the next turn.
    final class Playing {
        let timer: Base.TimerHandle

        init(_ timer: Base.TimerHandle) { self.timer = timer }
    }

    func start(
        _ request: Request,
        completion: @escaping (Result<Response, TransportError>) -> Void
    ) -> Playing {
        let result = player.answer(request)
        return Playing(base.after(.zero) { completion(result) })
    }

    func cancel(_ transfer: Playing) { base.cancel(transfer.timer) }

    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Base.TimerHandle {
        base.after(delay, action)
    }

    func cancel(_ timer: Base.TimerHandle) { base.cancel(timer) }
}
