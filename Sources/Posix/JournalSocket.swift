import Glibc

/// The socket on which systemd's journal takes records with fields.
///
/// Source: systemd, "Native Journal Protocol".
public final class JournalSocket: Sendable {
    /// Its path on a system with systemd.
    public static let standardPath = "/run/systemd/journal/socket"

    private let path: String
    private let number: Int32

    /// Opens the socket.
    /// - Parameter path: Its path.
    /// - Throws: If no process listens there.
    public init(_ path: String = standardPath) throws(PosixError) {
        self.path = path
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(adopting: Glibc.socket(AF_UNIX, type, 0))
        guard socket.number >= 0 else { throw .current("make a socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else {
            throw PosixError("connect to", path: path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.number, $0, size)
            }
        }
        guard code == 0 else { throw .current("connect to", path: path) }
        // A blocked journal must not stop the run.
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(
            socket.number,
            SOL_SOCKET,
            SO_SNDTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        number = socket.release()
    }

    deinit { close(number) }

    /// Sends one record.
    /// - Parameter bytes: Its fields in the format of the protocol.
    /// - Throws: If it was not accepted: it is too large, or no process listens any more.
    public func send(_ bytes: [UInt8]) throws(PosixError) {
        var count: Int
        repeat {
            count = Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        } while count < 0 && errno == EINTR
        guard count == bytes.count else { throw .current("write to", path: path) }
    }
}

extension StandardStream {
    /// Whether this is the stream that a variable describes as `DEVICE:INODE`, as systemd's
    /// `JOURNAL_STREAM` does for a stream that leads to the journal.
    public func isStream(_ description: String) -> Bool {
        var status = stat()
        guard fstat(rawValue, &status) == 0 else { return false }
        return description == "\(status.st_dev):\(status.st_ino)"
    }
}
