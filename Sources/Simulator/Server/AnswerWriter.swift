internal import NIOCore
internal import NIOHTTP1

/// Sends one answer, complete or damaged by a fault.
struct AnswerWriter {
    private let method: HTTPMethod
    private let isVersion10: Bool
    private let isKeepAlive: Bool
    private let edge: SocketEdge
    private let context: ChannelHandlerContext
    /// Called when the last byte was passed to NIO: then the next request may start.
    private let handler: ExchangeHandler

    init(
        _ request: HTTPRequestHead,
        edge: SocketEdge,
        _ context: ChannelHandlerContext,
        _ handler: ExchangeHandler
    ) {
        method = request.method
        isVersion10 = request.version == .http1_0
        isKeepAlive = request.isKeepAlive
        self.edge = edge
        self.context = context
        self.handler = handler
    }

    /// Sends an answer.
    ///
    /// Unless given, the request decides whether the connection ends afterwards.
    func send(_ reply: Reply, closing: Bool? = nil) {
        guard context.channel.isActive else { return }
        let closes = closing ?? !isKeepAlive
        let answer = AnswerHead(
            status: reply.status,
            framing: .length(reply.body.count),
            isLast: closes,
            isVersion10: isVersion10,
            date: handler.date()
        )
        let bytes = handler.gather { bytes in
            answer.write(reply, into: &bytes)
            if hasBody(reply) { bytes.append(contentsOf: reply.body) }
        }
        end(with: NIOAny(bytes), closes: closes)
    }

    /// Sends an answer with the damage of a fault.
    func send(_ reply: Reply, damaged effect: Fault.Effect?) {
        guard let effect else { return send(reply) }
        guard context.channel.isActive else { return }
        var reply = reply
        switch effect {
        case .resetAfterApply: edge.reset()
        case .malformedJSON:
            reply.body = WireBytes(#"{"value": {"time": 2026-11-21, user: ]"#.utf8)
            send(reply.readable)
        case .truncate(let bytes):
            reply.body = WireBytes(reply.body.prefix(bytes))
            send(reply.readable)
        case .wrongLength:
            reply = reply.readable
            write(head(of: reply, .length(reply.body.count + 100), closes: false) + reply.body)
            context.flush()
            context.close(promise: nil)
        case .resetMidBody: resetMidBody(reply.readable)
        case .closeAfterBody:
            let bytes = head(of: reply, .length(reply.body.count), closes: false)
            end(with: bytes + reply.body, closes: true)
        case .slowBody(let rate): sendSlowly(reply.readable, rate)
        case .oversize(let bytes): sendPadded(reply.readable, upTo: bytes)
        default: send(reply)
        }
    }

    private func resetMidBody(_ reply: Reply) {
        let bytes = head(of: reply, .length(max(reply.body.count, 2)), closes: false)
        let edge = edge
        context.writeAndFlush(part(bytes + reply.body.prefix(reply.body.count / 2)))
            .assumeIsolated().whenComplete { _ in edge.reset() }
    }

    private func sendSlowly(_ reply: Reply, _ bytesPerSecond: Int) {
        write(head(of: reply, .length(reply.body.count), closes: false))
        context.flush()
        // One byte at a time, or the number that makes ten steps a second.
        let step = max(1, bytesPerSecond / 10)
        sendSteps(
            reply.body[...],
            step,
            .milliseconds(max(1, step * 1000 / bytesPerSecond))
        )
    }

    private func sendSteps(_ body: ArraySlice<UInt8>, _ step: Int, _ pause: Duration) {
        guard context.channel.isActive else { return }
        guard !body.isEmpty else { return end(with: [], closes: !isKeepAlive) }
        write(WireBytes(body.prefix(step)))
        context.flush()
        handler.later(pause, context) { sendSteps(body.dropFirst(step), step, pause) }
    }

    private func sendPadded(_ reply: Reply, upTo bytes: Int?) {
        let own = reply.body.count
        guard let bytes else {
            let framing: AnswerHead.Framing = isVersion10 ? .connection : .chunks
            write(head(of: reply, framing, closes: isVersion10))
            write(isVersion10 ? reply.body : Self.chunk(reply.body))
            return sendSpaces(nil)
        }
        write(head(of: reply, .length(max(bytes, own)), closes: false) + reply.body)
        sendSpaces(max(bytes - own, 0))
    }

    /// Sends white space, each piece after the previous one was sent: it is not buffered for a slow reader.
    private func sendSpaces(_ left: Int?) {
        guard context.channel.isActive else { return }
        guard left != 0 else { return end(with: [], closes: !isKeepAlive) }
        let count = min(left ?? .max, 64 << 10)
        let spaces = WireBytes(repeating: UInt8(ascii: " "), count: count)
        let bytes = left == nil && !isVersion10 ? Self.chunk(spaces) : spaces
        context.writeAndFlush(part(bytes)).assumeIsolated().whenSuccess {
            sendSpaces(left.map { $0 - count })
        }
    }

    private static func chunk(_ bytes: WireBytes) -> WireBytes {
        WireBytes((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes
            + WireBytes("\r\n".utf8)
    }

    private func hasBody(_ reply: Reply) -> Bool {
        !reply.body.isEmpty && method != .HEAD && !AnswerHead.isBodiless(reply.status)
    }

    private func head(
        of reply: Reply,
        _ framing: AnswerHead.Framing,
        closes: Bool
    ) -> WireBytes {
        var bytes: WireBytes = []
        bytes.reserveCapacity(256 + reply.body.count)
        AnswerHead(
            status: reply.status,
            framing: framing,
            isLast: closes,
            isVersion10: isVersion10,
            date: handler.date()
        ).write(reply, into: &bytes)
        return bytes
    }

    private func write(_ bytes: WireBytes) { context.write(part(bytes), promise: nil) }

    /// Sends the last bytes of the answer.
    private func end(with bytes: WireBytes, closes: Bool) { end(with: part(bytes), closes: closes) }

    private func end(with bytes: NIOAny, closes: Bool) {
        guard closes else {
            context.writeAndFlush(bytes, promise: nil)
            return handler.finish(context)
        }
        let context = context
        context.writeAndFlush(bytes).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    private func part(_ bytes: WireBytes) -> NIOAny {
        NIOAny(context.channel.allocator.buffer(bytes: bytes))
    }
}

extension Reply {
    /// The answer with a body, so that it can be damaged: 204 becomes 200.
    fileprivate var readable: Reply {
        var copy = self
        if status == 204 { copy.status = 200 }
        return copy
    }
}
