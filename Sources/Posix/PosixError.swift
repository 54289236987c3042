import Glibc

/// Why the operating system, or one of our checks of what it says, refused an operation.
public struct PosixError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was attempted, as a verb that follows "cannot": `open`, `write to`.
    public let operation: String
    /// The file it was attempted on, where there is one.
    public let path: String?
    /// The value of `errno`; a number nobody listed is kept.
    public let code: Int32
    /// Our own words, where those of the system would mislead.
    public let reason: String?

    /// Makes an error.
    public init(_ operation: String, path: String? = nil, code: Int32, reason: String? = nil) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = reason
    }

    /// The error that `errno` holds now.
    ///
    /// To be made right after the call that failed.
    static func current(_ operation: String, path: String? = nil) -> PosixError {
        PosixError(operation, path: path, code: errno)
    }

    /// One line: what was attempted, on what, what came back.
    public var description: String {
        // glibc's strerror is thread-safe since 2.32: its buffer belongs to the thread.
        let words = reason ?? String(cString: strerror(code))
        guard let path else { return "cannot \(operation): \(words)" }
        return "cannot \(operation) \(SystemText.shown(path)): \(words)"
    }

    /// Whether the file is not there (`ENOENT`, `ENOTDIR`).
    public var isNotFound: Bool { code == ENOENT || code == ENOTDIR }
    /// Whether the file may not be read or written (`EACCES`, `EPERM`).
    public var isNotPermitted: Bool { code == EACCES || code == EPERM }
    /// Whether the reader of a pipe has gone (`EPIPE`).
    public var isBrokenPipe: Bool { code == EPIPE }
    /// Whether the disk or the quota is full (`ENOSPC`, `EDQUOT`).
    public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
    /// Whether a file is larger than the caller's limit (`EFBIG`).
    public var isTooLarge: Bool { code == EFBIG }
    /// Whether the process has no terminal (`ENXIO`, `ENOTTY`).
    public var isNoTerminal: Bool { code == ENXIO || code == ENOTTY }
}
