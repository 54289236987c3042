public import Buffers

/// A complete answer to a request.
public final class Response {
    /// The HTTP status.
    public let status: Int
    /// The body, complete and not over the request's limit.
    public let body: ByteBuffer
    /// The header block as it came, CRLF between lines, parsed on demand.
    private let headerBlock: ByteBuffer

    /// Makes an answer.
    public init(status: Int, headerBlock: ByteBuffer, body: ByteBuffer) {
        self.status = status
        self.headerBlock = headerBlock
        self.body = body
    }
}
