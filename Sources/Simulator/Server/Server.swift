internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Listens, and sets up the handlers of each connection, on threads of its own.
final class Server {
    /// `HOST:PORT`, as in a URL.
    let address: String
    /// The same for the listener of `/sim/`, if there is one.
    let adminAddress: String?
    private let group: MultiThreadedEventLoopGroup
    private var channels: [any Channel] = []

    /// Starts to listen; without certificates, for plain HTTP.
    init(_ simulation: Simulation, _ certificates: Certificates?) throws(ProgramError) {
        let settings = simulation.settings
        group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, 4))
        var listener = Listener(simulation: simulation, context: certificates?.context)
        let main = try listener.listen(on: settings.host, settings.port, group)
        channels.append(main.channel)
        address = main.address
        guard let host = settings.adminHost else {
            adminAddress = nil
            return
        }
        listener.context = nil
        listener.isAdministrative = true
        let second = try listener.listen(on: host, settings.adminPort, group)
        channels.append(second.channel)
        adminAddress = second.address
    }

    /// Stops listening; the connections end with the process.
    ///
    /// Closing them here would wait for each client's close message, which a busy or vanished client does not send; the
    /// process that ends the simulator would wait too. Nothing is lost: a change is on the disk before it is answered.
    func stop() {
        for channel in channels { try? channel.close().wait() }
    }
}

/// One listening socket.
private struct Listener: Sendable {
    let simulation: Simulation
    var context: NIOSSLContext?
    /// Whether it serves only `/sim/`.
    var isAdministrative = false

    func listen(
        on host: String,
        _ port: Int,
        _ group: MultiThreadedEventLoopGroup
    ) throws(ProgramError) -> (channel: any Channel, address: String) {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel) }
            }
        let shown = host.contains(":") ? "[\(host)]" : host
        let channel: any Channel
        do {
            channel = try bootstrap.bind(host: host, port: port).wait()
        } catch {
            throw ProgramError(69, "cannot listen on \(shown):\(port): \(reason(error))")
        }
        return (channel, "\(shown):\(channel.localAddress?.port ?? port)")
    }

    /// The system's message for an error, without the name of the call.
    private func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: World.text(ofError: error.errnoCode)
        case is SocketAddressError.UnknownHost: "there is no such host"
        default: "\(error)"
        }
    }

    private func addHandlers(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let edge = SocketEdge()
        try pipeline.addHandler(edge)
        if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try pipeline.addHandler(
            ExchangeHandler(simulation, edge: edge, isAdministrative: isAdministrative)
        )
    }
}
