import Glibc

extension File {
    /// Replaces a file in one step: a reader sees the old contents or the new, never a mixture.
    ///
    /// The bytes are written to a new file beside it, reach the disk, and take its name. On a failure the
    /// old file is kept and the new one is removed.
    /// - Parameters:
    ///   - path: The file; a symbolic link at this name is replaced, not followed.
    ///   - bytes: The new contents.
    ///   - mode: The permissions of the new file.
    /// - Throws: `isOutOfSpace`, `isNotPermitted` and any other system error.
    public static func replace(
        _ path: String,
        with bytes: [UInt8],
        mode: UInt32 = 0o600
    ) throws(PosixError) {
        try replace(path, mode: mode) { write throws(PosixError) in try write(bytes) }
    }

    /// The same for contents that come in pieces.
    /// - Parameters:
    ///   - path: The file; a symbolic link at this name is replaced, not followed.
    ///   - mode: The permissions of the new file; nil for those that the umask leaves.
    ///   - body: Writes the new contents by what it is given.
    /// - Throws: What the body throws, and any system error; the old file is kept then.
    public static func replace(
        _ path: String,
        mode: UInt32?,
        _ body: (@escaping ([UInt8]) throws(PosixError) -> Void) throws(PosixError) -> Void
    ) throws(PosixError) {
        let temporary = "\(path).\(RandomIdentifier.make().prefix(8)).tmp"
        do throws(PosixError) {
            let file = try Descriptor(
                opening: temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                mode: mode ?? 0o666,
                operation: "create"
            )
            let number = file.number
            // Exactly this mode, whatever the umask.
            if let mode, fchmod(number, mode) != 0 {
                throw PosixError.current("write to", path: path)
            }
            try body { bytes throws(PosixError) in
                try Descriptor.write(bytes, to: number, path: path)
            }
            guard fsync(number) == 0 else { throw PosixError.current("write to", path: path) }
            guard rename(SystemText.name(temporary), SystemText.name(path)) == 0 else {
                throw PosixError.current("replace", path: path)
            }
        } catch {
            unlink(SystemText.name(temporary))
            // The name that was asked for.
            throw PosixError(error.operation, path: path, code: error.code, reason: error.reason)
        }
    }

    /// Writes a file of the user's: a new one, or new contents for what is there.
    ///
    /// An ordinary file is replaced in one step and keeps its permissions. What cannot be replaced without becoming
    /// something else is written in place: a file behind a symbolic link, one with several names, one of another
    /// owner; a device or a pipe takes the bytes.
    /// - Parameters:
    ///   - path: The file.
    ///   - bytes: The new contents.
    ///   - mode: The permissions of a new file.
    /// - Throws: Any system error; for a pipe that nobody reads too.
    public static func write(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(PosixError) {
        var raw = stat()
        guard lstat(SystemText.name(path), &raw) == 0 else {
            guard errno == ENOENT else { throw .current("write to", path: path) }
            return try replace(path, with: bytes, mode: mode)
        }
        if raw.st_mode & S_IFMT == S_IFREG, raw.st_nlink == 1, raw.st_uid == geteuid() {
            return try replace(path, with: bytes, mode: raw.st_mode & 0o7777)
        }
        // O_NONBLOCK: a pipe without a reader must fail, not block the run.
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_NONBLOCK
        let file: Descriptor
        do throws(PosixError) {
            file = try Descriptor(opening: path, flags, mode: mode, operation: "write to")
        } catch {
            guard error.code == ENXIO else { throw error }
            let reason = "nobody reads from it"
            throw PosixError("write to", path: path, code: ENXIO, reason: reason)
        }
        // From here on a slow reader is waited for.
        let kept = fcntl(file.number, F_GETFL)
        if kept >= 0 { _ = fcntl(file.number, F_SETFL, kept & ~O_NONBLOCK) }
        try Descriptor.write(bytes, to: file.number, path: path)
    }

    /// Checks that a name is free, or is an ordinary file that is empty or was written by vmoon.
    ///
    /// A user who forgets the value of an option may name a script, or any other file, as an output file.
    /// - Parameters:
    ///   - path: The file; a symbolic link is refused.
    ///   - verb: The intended action, for the message.
    ///   - isOurs: Whether a file with this beginning was written by vmoon; it gets at most 16 KiB.
    /// - Throws: If it is any other file.
    public static func checkOurs(
        _ path: String,
        to verb: String,
        _ isOurs: ([UInt8]) -> Bool
    ) throws(PosixError) {
        var raw = stat()
        guard lstat(SystemText.name(path), &raw) == 0 else {
            if errno == ENOENT { return }
            throw .current("write to", path: path)
        }
        guard raw.st_mode & S_IFMT == S_IFREG else {
            throw PosixError(
                "write to",
                path: path,
                code: EEXIST,
                reason: raw.st_mode & S_IFMT == S_IFLNK
                    ? "it is a symbolic link" : "it is not a regular file"
            )
        }
        let file = try Descriptor(
            opening: path,
            O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
            operation: "look into"
        )
        let bytes = try file.read(atMost: 16 << 10, path: path)
        guard bytes.isEmpty || isOurs(bytes) else {
            throw PosixError(
                verb,
                path: path,
                code: EEXIST,
                reason: "something else is in it"
            )
        }
    }

    /// Removes a file.
    /// - Parameter path: The file.
    /// - Throws: `isNotFound` if there is none.
    public static func remove(_ path: String) throws(PosixError) {
        guard unlink(SystemText.name(path)) == 0 else { throw .current("remove", path: path) }
    }
}

/// A file that only grows: the log.
///
/// One call writes one record, so that two runs with the same log file do not mix their lines.
public final class AppendOnlyFile: Sendable {
    /// The file's name.
    public let path: String
    private let number: Int32

    /// Opens the file, or creates it, readable by its owner only (0600); a last line that was cut off is ended.
    ///
    /// - Parameter path: The file. A symbolic link is refused: a log in a shared folder must not be
    ///   redirected to another file.
    /// - Throws: `isNotFound`, `isNotPermitted`, or if it is not an ordinary file of ours.
    public init(_ path: String) throws(PosixError) {
        self.path = path
        // O_NONBLOCK: a pipe without a reader must fail, not block the run at its start.
        let file = try Descriptor(
            opening: path,
            O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
            mode: 0o600
        )
        let status = try File.status(of: file, path: path)
        guard status.isRegular else {
            throw PosixError("log to", path: path, code: EINVAL, reason: "it is not a regular file")
        }
        guard status.owner == geteuid() else {
            throw PosixError(
                "log to",
                path: path,
                code: EPERM,
                reason: "it belongs to another user"
            )
        }
        number = file.release()
        if Self.isCutOff(path) { try append([UInt8(ascii: "\n")]) }
    }

    deinit { close(number) }

    /// Whether the last line has no end: a full disk, or a crash, has cut it off.
    private static func isCutOff(_ path: String) -> Bool {
        let flags = O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK
        guard let file = try? Descriptor(opening: path, flags) else { return false }
        var last: UInt8 = 0
        return lseek(file.number, -1, SEEK_END) >= 0 && read(file.number, &last, 1) == 1
            && last != UInt8(ascii: "\n")
    }

    /// Appends a record.
    /// - Parameter bytes: The record with its newline.
    /// - Throws: `isOutOfSpace` and any other system error.
    public func append(_ bytes: [UInt8]) throws(PosixError) {
        try Descriptor.write(bytes, to: number, path: path)
    }
}
