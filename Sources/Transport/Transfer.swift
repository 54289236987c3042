import Buffers

/// One request on its way to an answer.
///
/// `Multi.start` makes it; its holder may cancel it.
public final class Transfer {
    let request: Request
    let completion: (Result<Response, TransportError>) -> Void
    let headers = ByteBuffer(limit: 256 << 10)
    let body: ByteBuffer
    /// The index of its easy handle; nil once it has ended, or before its start has failed.
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

    /// Whether its memory may be kept for another turn; a script may be near its memory limit.
    var isSmall: Bool { body.count + (request.body?.count ?? 0) < 16 << 10 }
}
