internal import Buffers
internal import JSON
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// Sends spans to a collector, beside the run and never in its way.
///
/// At most `queueLimit` of them wait; what comes above is dropped and counted.
final class TraceExport {
    /// How many spans one request has at most.
    static var batchLimit: Int { 512 }
    /// How many spans wait at most.
    static var queueLimit: Int { 8192 }
    /// How long the end of a run waits at most.
    static var endLimit: Duration { .seconds(1) }

    private let target: HTTPTarget
    private let headers: HeaderList
    private let settings: TraceSettings
    private let document: TraceDocument
    private let multi: Multi
    private let warn: (String) -> Void
    private var waiting: [TraceSpan] = []
    private var transfers: [ObjectIdentifier: (transfer: Transfer, count: Int)] = [:]
    private var hasFailed = false
    /// How many spans have not reached the collector.
    private(set) var dropped = 0

    /// Prepares the way to a collector.
    /// - Parameters:
    ///   - settings: Where it is.
    ///   - document: Writes the spans.
    ///   - multi: The loop that sends them.
    ///   - warn: Called once, with why spans were not taken.
    /// - Throws: For a header field that cannot be sent.
    init(
        _ settings: TraceSettings,
        _ document: TraceDocument,
        _ multi: Multi,
        warn: @escaping (String) -> Void
    ) throws(TraceSettings.Problem) {
        let fields = settings.headers.map { ($0.name, $0.value) }
        do {
            target = try HTTPTarget(settings.url, allowsPlain: true)
            headers = try HeaderList(
                [("Content-Type", "application/json"), ("User-Agent", "vmoon")] + fields
            )
        } catch {
            throw TraceSettings.Problem(message: "OTEL_EXPORTER_OTLP_HEADERS: \(error)")
        }
        self.settings = settings
        self.document = document
        self.multi = multi
        self.warn = warn
    }

    /// Takes a span; a full batch is sent at once.
    func add(_ span: TraceSpan) {
        guard waiting.count < Self.queueLimit else {
            dropped += 1
            return
        }
        waiting.append(span)
        // While one batch is on its way the next ones gather.
        if waiting.count >= Self.batchLimit, transfers.isEmpty { sendBatch() }
    }

    /// Sends what is left, and waits until it has arrived.
    /// - Parameter last: The last span.
    func end(with last: TraceSpan) {
        defer { multi.tidy() }
        waiting.append(last)
        let deadline = multi.now + Self.endLimit
        let interrupts = RunWatch.stopCount
        repeat {
            while !waiting.isEmpty, transfers.count < 4 { sendBatch() }
            let rest = min(deadline - multi.now, .milliseconds(100))
            guard rest > .zero, (try? multi.turn(waitingAtMost: rest)) != nil else { break }
            // A person who stops the run does not want to wait for this.
        } while !(transfers.isEmpty && waiting.isEmpty) && RunWatch.stopCount == interrupts
        let late = transfers.values.reduce(waiting.count) { $0 + $1.count }
        waiting = []
        for (transfer, _) in transfers.values { multi.cancel(transfer) }
        transfers = [:]
        dropped += late
        if late > 0 { fail("no answer came in time") }
    }

    private func sendBatch() {
        let batch = Array(waiting.prefix(Self.batchLimit))
        waiting.removeFirst(batch.count)
        let trust = Trust(settings.authorities.map { .files([$0]) } ?? .system)
        var request = Request(
            .post,
            ByteBuffer(target.url),
            headers: headers,
            body: document.body(batch),
            trust: trust
        )
        request.timeout = settings.timeout
        request.connectTimeout = min(settings.timeout, Request.Usual.connectTimeout)
        request.answerLimit = 1 << 20
        var key: ObjectIdentifier?
        let transfer = multi.start(request) { [self] result in
            if let key { transfers[key] = nil }
            switch result {
            case .success(let response) where !(200..<300).contains(response.status):
                refuse(batch.count, "the answer was HTTP \(response.status)")
            case .success(let response): look(at: response)
            case .failure(let error): refuse(batch.count, Display.escape(error.message))
            }
            if waiting.count >= Self.batchLimit { sendBatch() }
        }
        key = ObjectIdentifier(transfer)
        transfers[ObjectIdentifier(transfer)] = (transfer, batch.count)
    }

    /// A collector may take only a part.
    private func look(at response: Response) {
        let text = String(decoding: response.body.bytes, as: UTF8.self)
        guard let part = (try? JSONValue(parsing: text))?["partialSuccess"] else { return }
        let count = part["rejectedSpans"]
        let rejected = count?.integer ?? count?.string.flatMap { Int($0) } ?? 0
        guard rejected > 0 else { return }
        let reason = Display.escape(
            bytes: Array((part["errorMessage"]?.string ?? "").utf8),
            limit: 200
        )
        refuse(rejected, "the collector has rejected spans" + (reason.isEmpty ? "" : ": \(reason)"))
    }

    private func refuse(_ count: Int, _ problem: String) {
        dropped += count
        fail(problem)
    }

    private func fail(_ problem: String) {
        if !hasFailed { warn("the trace: \(target.host): \(problem)") }
        hasFailed = true
    }
}
