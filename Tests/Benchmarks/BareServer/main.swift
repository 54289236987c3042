// The yardstick for vmoon-sim: a SwiftNIO server that answers every request with the same bytes.
//
// It has NIO's own pipeline and nothing else, so what the simulator takes beyond it is what routing,
// sessions, state and the request log cost. Prints its port and serves until it is killed.
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers what a getCheckOut answers.
private final class SameAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let body = ByteBuffer(
        string: #"{"value":{"time":"2026-11-21T10:11:12.345Z","user":"VSPHERE.LOCAL\\alice"}}"#
    )

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "content-length", value: String(Self.body.readableBytes))
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(Self.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, 4))
let channel = try ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 1024)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(SameAnswer())
        }
    }
    .bind(host: "127.0.0.1", port: 0).wait()
print(channel.localAddress?.port ?? 0)
// Standard output is a pipe when a script reads the port from it.
fflush(nil)
try channel.closeFuture.wait()
