import Glibc
import Synchronization

/// A server on a port of its own that runs one script for each connection, on threads of its own.
///
/// It knows no more of HTTP than where a request ends, so that a script can break every rule.
final class RawServer: Sendable {
    /// One connection.
    struct Peer {
        let descriptor: Int32
        /// 1 for the server's first connection.
        let number: Int
        fileprivate let log: Log

        /// Reads up to the end of a request; nil when the other end closed instead.
        func readRequest() -> String? {
            var bytes: [UInt8] = []
            var length: Int?
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                length = length ?? Self.requestLength(bytes)
                if let length, bytes.count >= length {
                    let text = String(decoding: bytes, as: UTF8.self)
                    log.requests.withLock { $0.append(text) }
                    return text
                }
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0 else { return nil }
                bytes += chunk[..<count]
            }
        }

        /// Header and body, in bytes; nil before the empty line has come.
        private static func requestLength(_ bytes: [UInt8]) -> Int? {
            let end: [UInt8] = [13, 10, 13, 10]
            let starts = 0..<max(0, bytes.count - 3)
            guard let start = starts.first(where: { bytes[$0..<($0 + 4)].elementsEqual(end) })
            else {
                return nil
            }
            let header = String(decoding: bytes[..<start], as: UTF8.self)
            for line in header.split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == "content-length" {
                    return start + 4 + (Int(parts[1].filter { !$0.isWhitespace }) ?? 0)
                }
            }
            return start + 4
        }

        func send(_ text: String) {
            let bytes = Array(text.utf8)
            _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }

        /// Makes the close that follows a TCP reset.
        func resetWhenClosed() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor,
                SOL_SOCKET,
                SO_LINGER,
                &option,
                socklen_t(MemoryLayout<linger>.size)
            )
        }

        /// Passes everything on to another port of 127.0.0.1, and back, until one side closes.
        ///
        /// On one thread: a second one could still read from a number that is closed by then, and
        /// that the next connection has been given.
        func relay(to port: Int) {
            let other = connectToLoopback(port)
            var ends = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            ]
            while poll(&ends, 2, -1) > 0 {
                let isOver = zip(ends, [other, descriptor]).contains { source, target in
                    source.revents != 0 && !passOn(from: source.fd, to: target)
                }
                if isOver { break }
            }
            close(other)
        }

        /// Waits until the other end closes.
        func waitForClose() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }

    fileprivate final class Log: Sendable {
        let requests = Mutex<[String]>([])
        let connections = Mutex(0)
    }

    let port: UInt16
    private let listener: Int32
    private let log = Log()

    init(_ script: @escaping @Sendable (Peer) -> Void) {
        let (listener, port) = listenOnLoopback()
        self.listener = listener
        self.port = port
        let log = log
        runThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                let number = log.connections.withLock { count in
                    count += 1
                    return count
                }
                runThread {
                    script(Peer(descriptor: descriptor, number: number, log: log))
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    /// A server that answers every request on a connection with the same bytes.
    convenience init(answering answer: String) {
        self.init { peer in
            while peer.readRequest() != nil { peer.send(answer) }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    var url: String { "http://127.0.0.1:\(port)" }
    /// The requests in the order in which they were complete.
    var requests: [String] { log.requests.withLock { $0 } }
    var connectionCount: Int { log.connections.withLock { $0 } }
}

/// A listening socket on a free port of 127.0.0.1.
func listenOnLoopback() -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            precondition(bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0)
            precondition(getsockname(descriptor, generic, &length) == 0)
        }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

private func connectToLoopback(_ port: Int) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    precondition(code == 0, "nothing listens there")
    return descriptor
}

/// False at the end of the source, and when the target takes no more.
private func passOn(from source: Int32, to target: Int32) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    let count = recv(source, &chunk, chunk.count, 0)
    return count > 0 && send(target, chunk, count, Int32(MSG_NOSIGNAL)) == count
}

/// Runs a closure on a thread that nobody waits for.
func runThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    let code = pthread_create(
        &thread,
        nil,
        { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        },
        box
    )
    precondition(code == 0, "no thread")
    pthread_detach(thread)
}
