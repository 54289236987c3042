import Glibc

/// One of the three streams every process has.
public enum StandardStream: Int32, Sendable, CaseIterable {
    case input = 0
    case output = 1
    case error = 2

    /// Whether a terminal is at its other end.
    public var isTerminal: Bool { isatty(rawValue) == 1 }

    /// The width and height of the terminal in characters; nil where there is none or it does not say.
    public var terminalSize: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all bytes.
    /// - Parameter bytes: The bytes.
    /// - Throws: `isBrokenPipe` when the reader has gone, `isOutOfSpace`, and whatever else the
    ///   system says.
    public func write(_ bytes: [UInt8]) throws(PosixError) {
        try Descriptor.write(bytes, to: rawValue, path: name)
    }

    /// Keeps standard output for one writer: what anybody else writes there goes to standard error from now on.
    /// - Returns: What still writes to it.
    /// - Throws: When there is no descriptor left.
    public static func reserveOutput() throws(PosixError)
        -> @Sendable ([UInt8]) throws(PosixError) -> Void
    {
        let number = fcntl(output.rawValue, F_DUPFD_CLOEXEC, 3)
        guard number >= 0, dup2(error.rawValue, output.rawValue) >= 0 else {
            throw .current("keep", path: output.name)
        }
        return { bytes throws(PosixError) in
            try Descriptor.write(bytes, to: number, path: output.name)
        }
    }

    /// Reads to the end.
    /// - Parameter limit: The most bytes accepted.
    /// - Returns: The bytes.
    /// - Throws: `isTooLarge` and whatever the system says.
    public func readAll(limit: Int) throws(PosixError) -> [UInt8] {
        let descriptor = Descriptor(adopting: rawValue)
        let result: Result<[UInt8], PosixError>
        do throws(PosixError) {
            var bytes: [UInt8] = []
            while true {
                let piece = try descriptor.read(atMost: 64 << 10, path: name)
                if piece.isEmpty { break }
                bytes += piece
                guard bytes.count <= limit else {
                    throw PosixError(
                        "read",
                        path: name,
                        code: EFBIG,
                        reason: "it is larger than \(limit) bytes"
                    )
                }
            }
            result = .success(bytes)
        } catch {
            result = .failure(error)
        }
        // The stream belongs to the process: it is lent to the descriptor, not given.
        _ = descriptor.release()
        return try result.get()
    }

    private var name: String {
        switch self {
        case .input: "standard input"
        case .output: "standard output"
        case .error: "standard error"
        }
    }
}
