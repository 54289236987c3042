internal import Buffers
internal import Posix
internal import Text
internal import Transport
public import VSphere

/// Reports the start and the end of a run to a monitoring service, in the form of healthchecks.io.
///
/// Shape: GET `URL/start?rid=RUN`, then GET `URL/STATUS?rid=RUN`; a query in the address is kept after
/// them. The address is a secret: only its host is shown. A failure is reported and has no other
/// effect.
public final class Ping {
    /// How long one request may take, and how long a run may wait for both.
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
    ///   - url: `https://…`, or `http://…` on this computer.
    ///   - runID: The run, a UUID.
    ///   - runtime: The run whose loop sends it; nil for a run without one.
    ///   - warn: Called once with why a ping failed.
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
        CurrentProcess.ignoreBrokenPipes()
        multi = runtime?.multi ?? Multi()
    }

    /// Reports that the run starts.
    ///
    /// A fast service has received it when this returns: a script may begin with a long action outside the
    /// loop. With a slow one the request continues beside the run.
    public func start() {
        send("start")
        let began = multi.now
        wait(until: began + .seconds(1))
        timeAtStart = multi.now - began
    }

    /// Reports how the run ended, after the start has arrived or failed.
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
        // A person who stops the run does not want to wait for this either.
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

    /// The address with one more step in its path, and the run's identifier in its query.
    static func address(_ url: String, _ event: String, _ runID: String) -> String {
        let path = url.prefix { $0 != "?" }
        let query = url.dropFirst(path.count + 1)
        let base = path.hasSuffix("/") ? path.dropLast() : path
        return "\(base)/\(event)?" + (query.isEmpty ? "" : "\(query)&") + "rid=\(runID)"
    }
}
