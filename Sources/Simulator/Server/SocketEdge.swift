internal import NIOCore
internal import NIOPosix

/// The handler next to the socket: closes it directly, without the other handlers and TLS.
final class SocketEdge: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Ends the connection with a TCP RST, as a crash or a firewall does: no lingering, no close_notify.
    func reset() {
        guard let context else { return }
        let socket = context.channel as? any SocketOptionProvider
        // Both run immediately: we are on the channel's own loop.
        _ = socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        context.close(promise: nil)
    }
}
