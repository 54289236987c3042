import Glibc

/// Reading files, with the checks needed for secrets and configuration.
public enum File {
    /// The owner and permissions of a file, taken from the open file and not from its name.
    public struct Status: Sendable, Equatable {
        /// The user that owns it.
        public let owner: UInt32
        /// The permission bits, such as `0o600`.
        public let mode: UInt32
        /// Whether it is an ordinary file: neither a folder nor a pipe nor a device.
        public let isRegular: Bool

        /// Makes a status.
        public init(owner: UInt32, mode: UInt32, isRegular: Bool = true) {
            self.owner = owner
            self.mode = mode
            self.isRegular = isRegular
        }

        init(_ raw: stat) {
            owner = raw.st_uid
            mode = raw.st_mode & 0o7777
            isRegular = raw.st_mode & S_IFMT == S_IFREG
        }

        /// Whether the group or others may read it.
        public var isReadableByOthers: Bool { mode & 0o044 != 0 }
        /// Whether the group or others may write it.
        public var isWritableByOthers: Bool { mode & 0o022 != 0 }
        /// Whether its owner is the effective user or root.
        public var belongsToUserOrRoot: Bool { owner == geteuid() || owner == 0 }
    }

    /// The contents of a file, with its status.
    public struct Contents: Sendable, Equatable {
        /// The bytes.
        public let bytes: [UInt8]
        /// The owner and the permissions.
        public let status: Status

        /// Makes contents.
        public init(bytes: [UInt8], status: Status) {
            self.bytes = bytes
            self.status = status
        }

        /// The bytes as text; invalid UTF-8 becomes U+FFFD.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Reads a whole file.
    ///
    /// Pipes are allowed too: `--password-file <(pass show vcenter)`. One that nobody writes to is refused, and waiting for
    /// one ends when the run is stopped.
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The most bytes accepted.
    ///   - followsLinks: False refuses a path whose last component is a symbolic link.
    /// - Returns: Its bytes and its status; both are of the file that was opened, so a swap between
    ///   a check and the reading is not possible.
    /// - Throws: `isNotFound`, `isNotPermitted`, `isTooLarge` and any other system error.
    public static func read(
        _ path: String,
        limit: Int,
        followsLinks: Bool = true
    ) throws(PosixError) -> Contents {
        // O_NONBLOCK: opening a pipe that nobody writes to would block, whatever is to stop the run.
        let file = try Descriptor(
            opening: path,
            O_RDONLY | O_NOCTTY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW),
            operation: "read"
        )
        let status = try status(of: file, path: path)
        var bytes: [UInt8] = []
        while true {
            let piece =
                bytes.isEmpty ? try readFirst(file, path: path) : try read(file, path: path)
            if piece.isEmpty { return Contents(bytes: bytes, status: status) }
            guard bytes.count + piece.count <= limit else {
                throw PosixError(
                    "read",
                    path: path,
                    code: EFBIG,
                    reason: "it is larger than \(limit) bytes"
                )
            }
            bytes += piece
        }
    }

    /// Whether a path exists and is not a regular file: a folder, a pipe or a device.
    ///
    /// Nothing is opened: opening a pipe may block forever. A symbolic link counts as its target.
    /// - Parameter path: The file.
    /// - Returns: False also if nothing is there, or the path may not be searched.
    public static func isNoRegularFile(_ path: String) -> Bool {
        var raw = stat()
        return stat(SystemText.name(path), &raw) == 0 && !Status(raw).isRegular
    }

    /// A name with all symbolic links resolved.
    /// - Returns: Nil where nothing is there.
    public static func realPath(_ path: String) -> String? {
        guard let name = realpath(SystemText.name(path), nil) else { return nil }
        defer { free(name) }
        return SystemText.text(of: name)
    }

    /// Whether a file is there and may be read.
    public static func isReadable(_ path: String) -> Bool {
        access(SystemText.name(path), R_OK) == 0
    }

    static func status(of file: borrowing Descriptor, path: String) throws(PosixError) -> Status {
        var raw = stat()
        guard fstat(file.number, &raw) == 0 else { throw .current("look at", path: path) }
        return Status(raw)
    }
}
