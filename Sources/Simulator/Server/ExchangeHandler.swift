internal import NIOCore
internal import NIOHTTP1
internal import Synchronization
internal import Text

/// Collects requests, passes them to the simulation, and lets `AnswerWriter` send the answers.
///
/// One request at a time: pipelined requests wait, and nothing more is read meanwhile.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The largest body of a request, and of an inventory.
    static let bodyLimit = 7 << 20
    static let inventoryLimit = 512 << 20

    private let simulation: Simulation
    private let edge: SocketEdge
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// Whether the rest of the request is ignored: it is already answered.
    private var isDiscarding = false
    /// The number of bytes ignored since.
    private var discarded = 0
    /// Whether a request is complete and its answer is not.
    private var isAnswering = false
    /// The parts that arrived after the request that is being answered.
    private var waiting: [HTTPServerRequestPart] = []
    private var isDraining = false
    /// Whether the last bytes were not HTTP.
    private var isMalformed = false
    /// Whether the channel wanted to read while an answer was pending.
    private var wantsToRead = false
    /// The memory for answers; both buffers are reused.
    private var gathered: WireBytes = []
    private var outgoing = ByteBuffer()
    /// The simulated second of the last answer, and its text for the `Date` field.
    private var lastDate: (second: Int, text: WireBytes) = (.min, [])

    /// Whether only `/sim/` is answered.
    private let isAdministrative: Bool

    /// The number of the connection.
    private let number: Int

    init(_ simulation: Simulation, edge: SocketEdge, isAdministrative: Bool) {
        self.simulation = simulation
        number = simulation.connectionCount.add(1, ordering: .relaxed).newValue
        self.isAdministrative = isAdministrative
        self.edge = edge
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !isAnswering else { return waiting.append(part) }
        take(part, context)
    }

    func read(context: ChannelHandlerContext) {
        if isAnswering { wantsToRead = true } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        simulation.withState { $0.delays.leave(number) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After a failed handshake, or when the peer is gone, no answer is possible.
        guard error is HTTPParserError, context.channel.isActive else {
            return context.close(promise: nil)
        }
        isMalformed = true
        if !isAnswering { refuseMalformed(context) }
    }

    /// Builds an answer in reused memory.
    func gather(_ write: (inout WireBytes) -> Void) -> ByteBuffer {
        gathered.removeAll(keepingCapacity: gathered.capacity < 1 << 20)
        write(&gathered)
        outgoing.clear(minimumCapacity: min(gathered.count, 1 << 20))
        outgoing.writeBytes(gathered)
        return outgoing
    }

    /// The simulated time in the form of the `Date` field; formatted once a second.
    func date() -> WireBytes {
        let now = simulation.now
        let second = now.milliseconds / 1000
        if second != lastDate.second { lastDate = (second, WireBytes(now.httpText.utf8)) }
        return lastDate.text
    }

    /// Records that an answer was sent, and continues with parts that arrived meanwhile.
    func finish(_ context: ChannelHandlerContext) {
        isAnswering = false
        guard !isDraining else { return }
        if !waiting.isEmpty { drain(context) }
        guard !isAnswering else { return }
        if isMalformed { return refuseMalformed(context) }
        if wantsToRead {
            wantsToRead = false
            context.read()
        }
    }

    private func drain(_ context: ChannelHandlerContext) {
        isDraining = true
        defer { isDraining = false }
        let parts = waiting
        waiting = []
        for (index, part) in parts.enumerated() {
            guard !isAnswering else { return waiting = Array(parts[index...]) }
            take(part, context)
        }
    }

    private func refuseMalformed(_ context: ChannelHandlerContext) {
        isAnswering = true
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        AnswerWriter(head, edge: edge, context, self).send(Reply(status: 400), closing: true)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): begin(head, context)
        case .body(let part):
            if isDiscarding {
                discarded += part.readableBytes
                // Too much was ignored: a client that sends this much does not read the answer.
                if discarded > Self.inventoryLimit >> 4 { context.close(promise: nil) }
            }
            guard !isDiscarding, let head else { return }
            body.append(contentsOf: part.readableBytesView)
            if body.count > limit(for: head) { refuseBody(context) }
        case .end:
            guard let head, !isDiscarding else {
                if isDiscarding { context.close(promise: nil) }
                return
            }
            isAnswering = true
            let request = WireRequest(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers,
                body: body
            )
            if !body.isEmpty { body = [] }
            answer(request, AnswerWriter(head, edge: edge, context, self), context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.head = head
        isDiscarding = false
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }),
            length > limit(for: head)
        {
            return refuseBody(context)
        }
        if simulation.hasEarlyFaults.load(ordering: .relaxed), !isAdmin(head),
            simulation.resetsEarly(
                WireRequest(method: head.method.rawValue, target: head.uri, headers: head.headers)
            )
        {
            isDiscarding = true
            return edge.reset()
        }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            let go = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(go), promise: nil)
        }
    }

    private func isAdmin(_ head: HTTPRequestHead) -> Bool { head.uri.hasPrefix("/sim/") }

    private func limit(for head: HTTPRequestHead) -> Int {
        RequestTarget(head.uri).path == "/sim/state" ? Self.inventoryLimit : Self.bodyLimit
    }

    /// Answers 413 and reads to the end of the request: closing with unread bytes would reset the
    /// connection, and lose the answer.
    private func refuseBody(_ context: ChannelHandlerContext) {
        guard let head else { return }
        isDiscarding = true
        discarded = 0
        body = []
        let writer = AnswerWriter(head, edge: edge, context, self)
        writer.send(Reply(status: 413, headers: [("connection", "close")]), closing: false)
        // A client cannot keep the connection by sending forever.
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(10)) {
            context.close(promise: nil)
        }
    }

    private func answer(
        _ request: WireRequest,
        _ writer: AnswerWriter,
        _ context: ChannelHandlerContext
    ) {
        if request.target.hasPrefix("/sim/") {
            return writer.send(AdminService(simulation: simulation).answer(request))
        }
        if isAdministrative { return writer.send(Reply(status: 404)) }
        let (exchange, reply) = simulation.accept(request)
        if let reply { return writer.send(reply) }
        var wait = simulation.settings.latency
        if case .delay(let milliseconds) = exchange.effect { wait += .milliseconds(milliseconds) }
        later(wait, context) { self.proceed(exchange, writer, context) }
    }

    /// The step after the waiting time: effects of a fault before anything is applied.
    private func proceed(
        _ exchange: Exchange,
        _ writer: AnswerWriter,
        _ context: ChannelHandlerContext
    ) {
        switch exchange.effect {
        case .resetBeforeApply: edge.reset()
        case .lateApply(let milliseconds):
            edge.reset()
            let simulation = simulation
            // The user is authorised now; the session may have ended when the operation is carried out.
            var requester: Inventory.Requester?
            if let route = exchange.purpose.route {
                requester = try? simulation.rehearse(exchange, route).get()
            }
            let loop = context.eventLoop
            simulation.later(.milliseconds(milliseconds), on: loop) { [requester] in
                _ = simulation.run(exchange, as: requester)
            }
        case .status(let status, let body, let contentType, let headers):
            var reply = Reply(
                status: status,
                contentType: contentType,
                body: body
            )
            reply.headers = headers.map { ($0.key.lowercased(), $0.value) }
            writer.send(simulation.refuse(exchange, with: reply))
        case .error(let kind):
            writer.send(
                simulation.refuse(exchange, with: simulation.reply(to: exchange, failing: kind))
            )
        case .html503:
            let page =
                "<html><head><title>503 Service Unavailable</title></head>"
                + "<body><h1>503 Service Unavailable</h1></body></html>\n"
            writer.send(
                simulation.refuse(exchange, with: .text(503, page, contentType: "text/html"))
            )
        case .redirect(let location):
            let reply = Reply(status: 302, headers: [("location", location)])
            writer.send(simulation.refuse(exchange, with: reply))
        case .noAnswer:
            _ = simulation.run(exchange)
            let connection = number
            simulation.withState { $0.delays.beSilent(to: connection) }
        case .noRoute:
            let reply = Simulation.missingRoute(exchange.target)
            writer.send(simulation.refuse(exchange, with: reply))
        default: perform(exchange, writer, context)
        }
    }

    private func perform(
        _ exchange: Exchange,
        _ writer: AnswerWriter,
        _ context: ChannelHandlerContext
    ) {
        let cloneTime = simulation.settings.cloneTime
        guard cloneTime > .zero, let route = exchange.purpose.route,
            route.operation?.isCloning == true
        else {
            return writer.send(simulation.run(exchange), damaged: exchange.effect)
        }
        switch simulation.rehearse(exchange, route) {
        case .failure(let refusal): writer.send(refusal.reply, damaged: exchange.effect)
        case .success(let requester):
            later(cloneTime, context) {
                let reply = self.simulation.run(exchange, as: requester)
                writer.send(reply, damaged: exchange.effect)
            }
        }
    }

    /// Runs a step on this connection's loop, at once or when the simulated time has come; also if the peer has gone
    /// by then.
    func later(
        _ wait: Duration,
        _ context: ChannelHandlerContext,
        _ step: @escaping () -> Void
    ) {
        simulation.later(wait, for: number, on: context.eventLoop, step)
    }
}
