internal import Buffers
internal import Testing
public import Transport
public import VSphere

/// An exchange whose answers and clock the test holds in its hands.
public final class FakeExchange: Exchange {
    /// A request in flight.
    public struct Sent {
        /// Its number; timers count among them.
        public let number: Int
        /// What was sent.
        public let request: Request
        /// Ends it, also after it was cancelled: answers and cancellations may cross.
        public let complete: (Result<Response, TransportError>) -> Void

        /// `POST /rest/… {"spec":…}`: method, path and body.
        public var line: String {
            let url = request.url.text
            let path = url.dropFirst("https://vc.example".count)
            let body = request.body.map { " " + $0.text } ?? ""
            return "\(request.method.rawValue) \(path)\(body)"
        }
    }

    /// Names a transfer.
    public final class TransferNumber {
        let number: Int
        /// Names a transfer by its request.
        public init(number: Int) { self.number = number }
    }
    /// Names a timer.
    public struct TimerNumber { let number: Int }

    /// What was sent and not answered, oldest first.
    public private(set) var inFlight: [Sent] = []
    /// All that was ever sent.
    public private(set) var requests: [Request] = []
    /// The lines of all that was ever sent.
    public private(set) var lines: [String] = []
    /// The most that were in flight at once.
    public private(set) var mostInFlight = 0
    /// The time, which only the test moves.
    public private(set) var now: Duration = .zero
    private var timers: [(number: Int, due: Duration, action: () -> Void)] = []
    private var count = 0

    /// Makes one at time zero.
    public init() {}

    /// Takes a request; the test answers it.
    public func start(
        _ request: Request,
        completion: @escaping (Result<Response, TransportError>) -> Void
    ) -> TransferNumber {
        count += 1
        let sent = Sent(number: count, request: request, complete: completion)
        inFlight.append(sent)
        lines.append(sent.line)
        requests.append(request)
        mostInFlight = max(mostInFlight, inFlight.count)
        return TransferNumber(number: count)
    }

    /// Forgets a request.
    public func cancel(_ transfer: TransferNumber) {
        inFlight.removeAll { $0.number == transfer.number }
    }

    /// Sets a timer.
    @discardableResult
    public func after(_ delay: Duration, _ action: @escaping () -> Void) -> TimerNumber {
        count += 1
        timers.append((count, now + delay, action))
        return TimerNumber(number: count)
    }

    /// Forgets a timer.
    public func cancel(_ timer: TimerNumber) { timers.removeAll { $0.number == timer.number } }

    /// How many timers are set.
    public var timerCount: Int { timers.count }

    /// When the next timer is due; nil where none is set.
    public var nextTimer: Duration? { timers.lazy.map(\.due).min() }

    /// Forgets all that is in flight and all timers, as if the process had been killed.
    public func forgetAll() {
        inFlight = []
        timers = []
    }

    /// Lets time pass; timers that become due go off in order.
    public func advance(by duration: Duration) {
        let end = now + duration
        while let next = timers.filter({ $0.due <= end }).min(by: { $0.due < $1.due }) {
            timers.removeAll { $0.number == next.number }
            now = next.due
            next.action()
        }
        now = end
    }

    /// Answers the oldest request in flight.
    public func answer(_ status: Int, _ body: String = "", headers: String = "") {
        answer(with: .success(.make(status, body, headers: headers)))
    }

    /// Answers the oldest request in flight with bytes that may be no text.
    public func answer(_ status: Int, bytes: [UInt8], headers: String) {
        let body = ByteBuffer()
        body.append(bytes)
        let block = ByteBuffer("HTTP/1.1 \(status) X\r\n" + headers + "\r\n")
        answer(with: .success(Response(status: status, headerBlock: block, body: body)))
    }

    /// Fails the oldest request in flight.
    public func fail(_ kind: TransportError.Kind, mayHaveBeenSent: Bool) {
        answer(with: .failure(TransportError(kind, "no luck", mayHaveBeenSent: mayHaveBeenSent)))
    }

    /// Ends one request; nothing happens where it was cancelled.
    public func end(_ number: Int, with result: Result<Response, TransportError>) {
        guard let place = inFlight.firstIndex(where: { $0.number == number }) else { return }
        inFlight.remove(at: place).complete(result)
    }

    private func answer(with result: Result<Response, TransportError>) {
        guard let oldest = inFlight.first else {
            Issue.record("an answer, and nothing was asked")
            return
        }
        end(oldest.number, with: result)
    }
}

extension Response {
    /// An answer of a status, a body and header lines that end in CR LF each.
    public static func make(_ status: Int, _ body: String, headers: String = "") -> Response {
        let block = "HTTP/1.1 \(status) X\r\n" + headers + "\r\n"
        return Response(status: status, headerBlock: ByteBuffer(block), body: ByteBuffer(body))
    }
}

extension Dialect {
    /// A good answer around a result; nil for an operation without one.
    public func success(_ result: String?) -> (status: Int, body: String) {
        switch (self, result) {
        case (.rest, nil): (200, "")
        case (.rest, let result?): (200, "{\"value\":\(result)}")
        case (.api, nil): (204, "")
        case (.api, let result?): (200, result)
        }
    }

    /// An error as this dialect spells it.
    public func error(_ kind: String, _ text: String = "no") -> String {
        let type = kind.uppercased()
        let messages = #"[{"id":"a.b","default_message":"\#(text)","args":["x"]}]"#
        return switch self {
        case .rest:
            #"{"type":"com.vmware.vapi.std.errors.\#(kind)","value":{"messages":\#(messages),"error_type":"\#(type)"}}"#
        case .api: #"{"error_type":"\#(type)","messages":\#(messages)}"#
        }
    }

    /// The profile's choice of it alone.
    public var choice: ConnectionProfile.DialectChoice { self == .rest ? .rest : .api }
}
