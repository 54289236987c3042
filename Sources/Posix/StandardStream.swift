import Glibc

/// One of the three standard streams.
public enum StandardStream: Int32, Sendable, CaseIterable {
    case input = 0
    case output = 1
    case error = 2

    /// Whether it is connected to a terminal.
    public var isTerminal: Bool { isatty(rawValue) == 1 }

    /// The width and height of the terminal in characters; nil without one, or if it does not tell.
    public var terminalSize: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all bytes.
    /// - Parameter bytes: The bytes.
    /// - Throws: `isBrokenPipe` if the reader has gone, `isOutOfSpace`, and any other system
    ///   error.
    public func write(_ bytes: [UInt8]) throws(PosixError) {
        try Descriptor.write(bytes, to: rawValue, path: name)
    }

    /// Reserves standard output for one writer: from now on all other output to it goes to standard error.
    /// - Returns: The function that still writes to it.
    /// - Throws: If no descriptor is free.
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
    /// - Throws: `isTooLarge` and any other system error.
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
        // The stream belongs to the process: the descriptor must not close it.
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
