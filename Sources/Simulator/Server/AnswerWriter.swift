internal import NIOCore
internal import NIOHTTP1

/// Sends one answer, whole or damaged as a fault wants it.
struct AnswerWriter {
    private let request: HTTPRequestHead
    private let edge: SocketEdge
    private let context: ChannelHandlerContext

    init(_ request: HTTPRequestHead, edge: SocketEdge, _ context: ChannelHandlerContext) {
        self.request = request
        self.edge = edge
        self.context = context
    }

    /// Sends an answer.
    ///
    /// Whether the connection ends behind it is the request's to say, unless given.
    func send(_ reply: Reply, closing: Bool? = nil) {
        guard context.channel.isActive else { return }
        let closes = closing ?? !request.isKeepAlive
        write(head: reply, length: reply.body.readableBytes, closes: closes)
        if reply.body.readableBytes > 0, request.method != .HEAD { write(reply.body) }
        end(closes: closes)
    }

    /// Sends an answer as a fault damages it.
    func send(_ reply: Reply, damaged effect: Fault.Effect?) {
        guard context.channel.isActive else { return }
        var reply = reply
        switch effect {
        case .resetAfterApply: edge.reset()
        case .malformedJSON:
            reply.body = ByteBuffer(string: #"{"value": {"time": 2026-11-21, user: ]"#)
            send(reply.readable)
        case .truncate(let bytes):
            reply.body =
                reply.body.getSlice(at: 0, length: min(bytes, reply.body.readableBytes))
                ?? ByteBuffer()
            send(reply.readable)
        case .wrongLength:
            reply = reply.readable
            write(head: reply, length: reply.body.readableBytes + 100, closes: false)
            write(reply.body)
            context.flush()
            context.close(promise: nil)
        case .resetMidBody: resetMidBody(reply.readable)
        case .closeAfterBody: send(reply, closingWithoutNotice: true)
        case .slowBody(let rate): sendSlowly(reply.readable, rate)
        case .oversize(let bytes): sendPadded(reply.readable, upTo: bytes)
        default: send(reply)
        }
    }

    private func send(_ reply: Reply, closingWithoutNotice: Bool) {
        write(head: reply, length: reply.body.readableBytes, closes: false)
        if reply.body.readableBytes > 0 { write(reply.body) }
        end(closes: closingWithoutNotice)
    }

    private func resetMidBody(_ reply: Reply) {
        let length = max(reply.body.readableBytes, 2)
        write(head: reply, length: length, closes: false)
        let half = reply.body.getSlice(at: 0, length: reply.body.readableBytes / 2)
        let edge = edge
        context.writeAndFlush(part(.body(.byteBuffer(half ?? ByteBuffer()))))
            .assumeIsolated().whenComplete { _ in edge.reset() }
    }

    private func sendSlowly(_ reply: Reply, _ bytesPerSecond: Int) {
        write(head: reply, length: reply.body.readableBytes, closes: false)
        context.flush()
        // A byte at a time, or as many as make ten steps a second.
        let step = max(1, bytesPerSecond / 10)
        sendSteps(
            reply.body,
            step,
            .nanoseconds(Int64(step) * 1_000_000_000 / Int64(bytesPerSecond))
        )
    }

    private func sendSteps(_ body: ByteBuffer, _ step: Int, _ pause: TimeAmount) {
        var body = body
        guard context.channel.isActive else { return }
        guard body.readableBytes > 0,
            let piece = body.readSlice(length: min(step, body.readableBytes))
        else { return end(closes: !request.isKeepAlive) }
        write(piece)
        context.flush()
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            sendSteps(body, step, pause)
        }
    }

    private func sendPadded(_ reply: Reply, upTo bytes: Int?) {
        let own = reply.body.readableBytes
        write(head: reply, length: bytes.map { max($0, own) }, closes: false)
        write(reply.body)
        sendSpaces(bytes.map { max($0 - own, 0) })
    }

    /// Sends white space, each piece when the one before has left: a slow reader is not buffered for.
    private func sendSpaces(_ left: Int?) {
        guard context.channel.isActive else { return }
        guard left != 0 else { return end(closes: !request.isKeepAlive) }
        let count = min(left ?? .max, 64 << 10)
        let spaces = ByteBuffer(repeating: UInt8(ascii: " "), count: count)
        context.writeAndFlush(part(.body(.byteBuffer(spaces)))).assumeIsolated().whenSuccess {
            sendSpaces(left.map { $0 - count })
        }
    }

    /// Without a length the body comes in chunks.
    private func write(head reply: Reply, length: Int?, closes: Bool) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(reply.headers.count + 3)
        if let type = reply.contentType { headers.add(name: "content-type", value: type) }
        if let length, reply.status != 204 {
            headers.add(name: "content-length", value: String(length))
        }
        for (name, value) in reply.headers { headers.add(name: name, value: value) }
        if closes {
            headers.replaceOrAdd(name: "connection", value: "close")
        } else if request.version == .http1_0 {
            headers.add(name: "connection", value: "keep-alive")
        }
        let head = HTTPResponseHead(
            version: request.version,
            status: HTTPResponseStatus(statusCode: reply.status),
            headers: headers
        )
        context.write(part(.head(head)), promise: nil)
    }

    private func write(_ body: ByteBuffer) {
        context.write(part(.body(.byteBuffer(body))), promise: nil)
    }

    private func end(closes: Bool) {
        guard closes else {
            return context.writeAndFlush(part(.end(nil)), promise: nil)
        }
        let context = context
        context.writeAndFlush(part(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    private func part(_ part: HTTPServerResponsePart) -> NIOAny { NIOAny(part) }
}

extension Reply {
    /// The answer with a body, so that there is something to damage: 204 becomes 200.
    fileprivate var readable: Reply {
        var copy = self
        if status == 204 { copy.status = 200 }
        return copy
    }
}
