internal import Buffers
internal import Posix
internal import Text
internal import Transport
public import VSphere

/// Tells a dead man's switch that a run starts and how it ended, as healthchecks.io has it.
///
/// Shape: GET `URL/start?rid=RUN`, then GET `URL/STATUS?rid=RUN`; what stands behind a `?` in the address stays
/// behind it. The address is a secret: nothing shows more of it than the host. A failure is told and changes
/// nothing else.
public final class Ping {
    /// How long one request may take, and a run may wait for both.
    public static let limit: Duration = .seconds(10)

    private let target: HTTPTarget
    private let runID: String
    private let multi: Multi
    private let warn: (String) -> Void
    private var transfer: Transfer?
    private var hasFailed = false
    private var timeAtStart: Duration = .zero

    /// Reads the address.
    /// - Parameters:
    ///   - url: `https://…`, or `http://…` on this machine.
    ///   - runID: The run, a UUID.
    ///   - runtime: Whose loop sends it; nil for a run that has none.
    ///   - warn: Told, once, why a ping failed.
    /// - Throws: kind `usage`, without the address.
    public init(
        _ url: String,
        runID: String,
        _ runtime: Runtime?,
        warn: @escaping (String) -> Void
    ) throws(VSphereError) {
        do throws(HTTPTarget.Problem) {
            target = try HTTPTarget(url)
        } catch {
            throw VSphereError(.usage, error.message)
        }
        self.runID = runID
        self.warn = warn
        CurrentProcess.surviveBrokenPipes()
        multi = runtime?.multi ?? Multi()
    }

    /// Tells that the run starts.
    ///
    /// A service that is quick has heard it then: a script may first of all do something long outside the
    /// loop. With one that is slow the request goes on beside the run.
    public func start() {
        send("start")
        let began = multi.now
        wait(until: began + .seconds(1))
        timeAtStart = multi.now - began
    }

    /// Tells how the run ended, after the start has arrived or failed.
    /// - Parameters:
    ///   - status: The exit code as a shell shows it.
    ///   - limit: How long the run may wait for both together.
    public func end(status: Int32, within limit: Duration) {
        defer { multi.tidy() }
        let deadline = multi.now + limit - timeAtStart
        wait(until: deadline)
        if transfer == nil, multi.now < deadline {
            send("\(status)")
            wait(until: deadline)
        }
        guard let transfer else { return }
        multi.cancel(transfer)
        fail("no answer came in time")
    }

    private func wait(until deadline: Duration) {
        // Whoever stops the run does not want to wait for this either.
        let interrupts = RunWatch.stopCount
        while transfer != nil, multi.now < deadline, RunWatch.stopCount == interrupts {
            let rest = min(deadline - multi.now, .milliseconds(100))
            guard (try? multi.turn(waitingAtMost: rest)) != nil else { return }
        }
    }

    private func send(_ event: String) {
        guard let headers = try? HeaderList([("User-Agent", "vmoon")]) else { return }
        let address = Self.address(target.url, event, runID)
        var request = Request(.get, ByteBuffer(address), headers: headers, trust: Trust())
        request.timeout = Self.limit
        request.answerLimit = 1 << 20
        // In a later turn, never before `start` returns.
        transfer = multi.start(request) { [self] result in
            transfer = nil
            switch result {
            case .success(let response) where !(200..<300).contains(response.status):
                fail("the answer was HTTP \(response.status)")
            case .success: break
            case .failure(let error): fail(Display.escape(error.message))
            }
        }
    }

    private func fail(_ problem: String) {
        if !hasFailed { warn("\(target.host): \(problem)") }
        hasFailed = true
    }

    /// The address with one more step of its path, and the run behind its query.
    static func address(_ url: String, _ event: String, _ runID: String) -> String {
        let path = url.prefix { $0 != "?" }
        let query = url.dropFirst(path.count + 1)
        let base = path.hasSuffix("/") ? path.dropLast() : path
        return "\(base)/\(event)?" + (query.isEmpty ? "" : "\(query)&") + "rid=\(runID)"
    }
}
