import Glibc

/// The error of a failed system call, or of one of our checks on its result.
public struct PosixError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The attempted action, as a verb that follows "cannot": `open`, `write to`.
    public let operation: String
    /// The file it was attempted on, if any.
    public let path: String?
    /// The value of `errno`; unknown numbers are kept.
    public let code: Int32
    /// Our own text, if that of the system would be misleading.
    public let reason: String?

    /// Makes an error.
    public init(_ operation: String, path: String? = nil, code: Int32, reason: String? = nil) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = reason
    }

    /// The error for the current value of `errno`.
    ///
    /// To be made immediately after the failed call.
    static func current(_ operation: String, path: String? = nil) -> PosixError {
        PosixError(operation, path: path, code: errno)
    }

    /// One line: action, file and reason.
    public var description: String {
        // glibc's strerror is thread-safe since 2.32: its buffer belongs to the thread.
        let words = reason ?? String(cString: strerror(code))
        guard let path else { return "cannot \(operation): \(words)" }
        return "cannot \(operation) \(SystemText.shown(path)): \(words)"
    }

    /// Whether the file does not exist (`ENOENT`, `ENOTDIR`).
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
