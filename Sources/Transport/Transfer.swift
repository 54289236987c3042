import Buffers

/// One request on its way.
///
/// `Multi.start` makes it; whoever holds it may cancel it.
public final class Transfer {
    let request: Request
    let completion: (Result<Response, TransportError>) -> Void
    let headers = ByteBuffer(limit: 256 << 10)
    let body: ByteBuffer
    /// Which easy handle carries it; nil once it ended, or while it waits to fail.
    var slot: Int?
    /// Limits on the loop's own clock (`Multi.present`).
    var connectDeadline: Int64 = .max
    var deadline: Int64 = .max

    init(
        _ request: Request,
        completion: @escaping (Result<Response, TransportError>) -> Void
    ) {
        body = ByteBuffer(limit: request.answerLimit, isCounted: true)
        self.request = request
        self.completion = completion
    }

    /// Whether what it holds may lie around for a turn; a script may be near its limit of memory.
    var isSmall: Bool { body.count + (request.body?.count ?? 0) < 16 << 10 }
}
