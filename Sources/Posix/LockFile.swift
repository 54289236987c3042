import Glibc

/// A lock that one process at a time holds, and that dies with its holder (`flock`).
///
/// The file stays when the lock is released: removing it would let two processes hold locks on two
/// files of the same name.
public final class LockFile {
    /// The file's name.
    public let path: String
    private let number: Int32
    private var isHeld = false

    /// Opens the file, or makes it for its owner only; does not lock it.
    /// - Parameter path: The file; a symbolic link is refused.
    /// - Throws: When it cannot be opened.
    public init(_ path: String) throws(PosixError) {
        self.path = path
        number = try Descriptor(opening: path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600).release()
    }

    deinit { close(number) }

    /// Takes the lock if it is free.
    /// - Returns: Whether it is ours now.
    /// - Throws: When the file system knows no locks.
    public func tryLock() throws(PosixError) -> Bool {
        if isHeld { return true }
        var result: Int32
        repeat { result = flock(number, LOCK_EX | LOCK_NB) } while result < 0 && errno == EINTR
        guard result == 0 || errno == EWOULDBLOCK else { throw .current("lock", path: path) }
        isHeld = result == 0
        return isHeld
    }

    /// Takes the lock, waiting for it.
    ///
    /// `flock` has no time-out, and an alarm would disturb the signals of the program; so it tries
    /// ten times a second.
    /// - Parameters:
    ///   - wait: How long to wait.
    ///   - now: The clock.
    ///   - pause: What waits between two attempts.
    ///   - shouldStop: Asked before each attempt; true gives up.
    /// - Returns: Whether it is ours now.
    /// - Throws: When the file system knows no locks.
    public func lock(
        within wait: Duration,
        now: () -> Duration = MonotonicClock.now,
        pause: (Duration) -> Void = MonotonicClock.pause(for:),
        shouldStop: () -> Bool = { false }
    ) throws(PosixError) -> Bool {
        let deadline = now() + wait
        while try !tryLock() {
            let rest = deadline - now()
            if rest <= .zero || shouldStop() { return false }
            pause(min(rest, .milliseconds(100)))
        }
        return true
    }

    /// Gives the lock back.
    public func unlock() {
        flock(number, LOCK_UN)
        isHeld = false
    }

    /// Replaces what the file says; for whoever holds the lock.
    /// - Throws: When it cannot be written.
    public func replaceContents(_ text: String) throws(PosixError) {
        guard ftruncate(number, 0) == 0, lseek(number, 0, SEEK_SET) == 0 else {
            throw .current("write to", path: path)
        }
        if !text.isEmpty { try Descriptor.write(Array(text.utf8), to: number, path: path) }
    }

    /// What the file says, whoever holds the lock; it may be about an earlier holder.
    /// - Parameter limit: The most bytes looked at.
    /// - Returns: The text; what is not UTF-8 becomes U+FFFD.
    /// - Throws: When it cannot be read.
    public func contents(limit: Int) throws(PosixError) -> String {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = pread(number, &bytes, limit, 0)
        guard count >= 0 else { throw .current("read", path: path) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
