internal import Glibc

/// A TCP connection to loopback, and just enough HTTP to talk to a simulator over it.
///
/// Raw on purpose: tests of framing, pipelining and resets must see the bytes.
public final class PlainConnection {
    /// An answer.
    public struct Answer: Sendable {
        /// The status code.
        public let status: Int
        /// The fields, names in lower case.
        public let headers: [(name: String, value: String)]
        /// The bytes of the body.
        public let body: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// The first field of a name in lower case.
        public func header(_ name: String) -> String? {
            headers.first { $0.name == name }?.value
        }
    }

    /// Why no complete answer came.
    public enum Failure: Error, Equatable {
        /// The peer refused the connection, or sent a TCP RST.
        case reset
        /// The peer closed the connection too early; what had come by then.
        case closed(after: [UInt8])
        /// Nothing came for ten seconds.
        case timeout
        case malformed
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Connects to a port of 127.0.0.1.
    /// - Throws: `Failure.reset` when nobody listens there.
    public init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure.reset }
    }

    deinit { close(descriptor) }

    /// Sends a request and reads its answer.
    public func exchange(
        _ method: String,
        _ path: String,
        headers: [String] = [],
        body: String? = nil
    ) throws -> Answer {
        try send(Self.request(method, path, headers: headers, body: body))
        return try readAnswer()
    }

    /// The bytes of a request.
    public static func request(
        _ method: String,
        _ path: String,
        headers: [String] = [],
        body: String? = nil
    ) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for header in headers { text += header + "\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return Array((text + "\r\n" + (body ?? "")).utf8)
    }

    /// Sends bytes as they are.
    /// - Throws: `Failure.reset` when the peer is gone.
    public func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw Failure.reset }
            rest = rest.dropFirst(sent)
        }
    }

    /// Reads one answer; bytes behind it stay for the next.
    public func readAnswer() throws -> Answer {
        let head = try read(upTo: Array("\r\n\r\n".utf8))
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else { throw Failure.malformed }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (name: parts[0].lowercased(), value: String(value))
        }
        var body: [UInt8] = []
        if headers.contains(where: { $0.name == "transfer-encoding" }) {
            body = try readChunks()
        } else if let length = headers.first(where: { $0.name == "content-length" })?.value {
            body = try read(count: Int(length) ?? 0)
        }
        return Answer(status: status, headers: headers, body: body)
    }

    /// Says that nothing more will be sent.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads what has come; waits until there is something.
    public func readSome() throws -> [UInt8] {
        if buffer.isEmpty { try fill() }
        defer { buffer = [] }
        return buffer
    }

    /// Reads until the peer closes.
    public func readToEnd() throws -> [UInt8] {
        while true {
            do {
                try fill()
            } catch Failure.closed {
                defer { buffer = [] }
                return buffer
            }
        }
    }

    private func readChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try read(upTo: [13, 10]), as: UTF8.self)
            guard let size = Int(line.dropLast(2), radix: 16) else { throw Failure.malformed }
            body += try read(count: size)
            _ = try read(count: 2)
            if size == 0 { return body }
        }
    }

    private func read(count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func read(upTo mark: [UInt8]) throws -> [UInt8] {
        var start = 0
        while true {
            while start + mark.count <= buffer.count {
                if buffer[start..<start + mark.count].elementsEqual(mark) {
                    return try read(count: start + mark.count)
                }
                start += 1
            }
            try fill()
        }
    }

    private func fill() throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count > 0 {
            buffer += piece[..<count]
        } else if count == 0 {
            throw Failure.closed(after: buffer)
        } else if errno == EAGAIN {
            throw Failure.timeout
        } else if errno != EINTR {
            throw Failure.reset
        }
    }
}
