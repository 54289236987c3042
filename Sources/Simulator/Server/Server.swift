internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Listens, and gives each connection its handlers. Its threads are its own.
final class Server {
    /// `HOST:PORT`, as it stands in a URL.
    let address: String
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    /// Starts to listen.
    /// - Parameter certificates: Nil for plain HTTP.
    /// - Throws: `ProgramError` with code 69 when the address cannot be had.
    init(_ simulation: Simulation, _ certificates: Certificates?) throws(ProgramError) {
        let settings = simulation.settings
        let context = certificates?.context
        group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, 4))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let edge = SocketEdge()
                    try pipeline.addHandler(edge)
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(ExchangeHandler(simulation, edge: edge))
                }
            }
        do {
            channel = try bootstrap.bind(host: settings.host, port: settings.port).wait()
        } catch {
            throw ProgramError(69, "cannot listen on \(settings.host):\(settings.port): \(error)")
        }
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        address = "\(host):\(channel.localAddress?.port ?? settings.port)"
    }

    /// Stops listening and closes all connections.
    func stop() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }
}
