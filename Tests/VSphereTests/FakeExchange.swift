import Buffers
import Testing
import Transport

@testable import VSphere

/// An exchange whose answers and clock the test holds in its hands.
final class FakeExchange: Exchange {
    struct Sent {
        let number: Int
        let request: Request
        let complete: (Result<Response, TransportError>) -> Void

        /// `POST /rest/… {"spec":…}`: method, path and body.
        var line: String {
            let url = request.url.text
            let path = url.dropFirst("https://vc.example".count)
            let body = request.body.map { " " + $0.text } ?? ""
            return "\(request.method.rawValue) \(path)\(body)"
        }
    }

    final class TransferNumber {
        let number: Int
        init(number: Int) { self.number = number }
    }
    struct TimerNumber { let number: Int }

    private(set) var inFlight: [Sent] = []
    private(set) var lines: [String] = []
    private(set) var requests: [Request] = []
    private(set) var mostInFlight = 0
    private(set) var now: Duration = .zero
    private var timers: [(number: Int, due: Duration, action: () -> Void)] = []
    private var count = 0

    func start(
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

    func cancel(_ transfer: TransferNumber) {
        inFlight.removeAll { $0.number == transfer.number }
    }

    func after(_ delay: Duration, _ action: @escaping () -> Void) -> TimerNumber {
        count += 1
        timers.append((count, now + delay, action))
        return TimerNumber(number: count)
    }

    func cancel(_ timer: TimerNumber) { timers.removeAll { $0.number == timer.number } }

    /// How many timers are set.
    var timerCount: Int { timers.count }

    /// Lets time pass; timers that become due go off in order.
    func advance(by duration: Duration) {
        let end = now + duration
        while let next = timers.filter({ $0.due <= end }).min(by: { $0.due < $1.due }) {
            timers.removeAll { $0.number == next.number }
            now = next.due
            next.action()
        }
        now = end
    }

    /// Answers the oldest request in flight.
    func answer(_ status: Int, _ body: String = "", headers: String = "") {
        answer(with: .success(.make(status, body, headers: headers)))
    }

    /// Answers the oldest request in flight with bytes that may be no text.
    func answer(_ status: Int, bytes: [UInt8], headers: String) {
        let body = ByteBuffer()
        body.append(bytes)
        let block = ByteBuffer("HTTP/1.1 \(status) X\r\n" + headers + "\r\n")
        answer(with: .success(Response(status: status, headerBlock: block, body: body)))
    }

    /// Fails the oldest request in flight.
    func fail(_ kind: TransportError.Kind, mayHaveBeenSent: Bool) {
        answer(with: .failure(TransportError(kind, "no luck", mayHaveBeenSent: mayHaveBeenSent)))
    }

    private func answer(with result: Result<Response, TransportError>) {
        guard !inFlight.isEmpty else {
            Issue.record("an answer, and nothing was asked")
            return
        }
        inFlight.removeFirst().complete(result)
    }
}

extension Response {
    static func make(_ status: Int, _ body: String, headers: String = "") -> Response {
        let block = "HTTP/1.1 \(status) X\r\n" + headers + "\r\n"
        return Response(status: status, headerBlock: ByteBuffer(block), body: ByteBuffer(body))
    }
}

extension Dialect {
    /// A good answer around a result; nil for an operation without one.
    func success(_ result: String?) -> (status: Int, body: String) {
        switch (self, result) {
        case (.rest, nil): (200, "")
        case (.rest, let result?): (200, "{\"value\":\(result)}")
        case (.api, nil): (204, "")
        case (.api, let result?): (200, result)
        }
    }

    /// An error as this dialect spells it.
    func error(_ kind: String, _ text: String = "no") -> String {
        let type = kind.uppercased()
        let messages = #"[{"id":"a.b","default_message":"\#(text)","args":["x"]}]"#
        return switch self {
        case .rest:
            #"{"type":"com.vmware.vapi.std.errors.\#(kind)","value":{"messages":\#(messages),"error_type":"\#(type)"}}"#
        case .api: #"{"error_type":"\#(type)","messages":\#(messages)}"#
        }
    }

    var choice: ConnectionProfile.DialectChoice { self == .rest ? .rest : .api }
}
