import Glibc

/// A lock that one process at a time holds, and that ends with its holder (`flock`).
///
/// The file is kept when the lock is released. Only its holder may remove it: whoever has opened it before finds that
/// the name leads elsewhere once it has the lock, and opens it again. So no two processes hold locks on two files
/// of the same name.
public final class LockFile {
    /// The file's name.
    public let path: String
    private var number: Int32
    private var isHeld = false

    /// Opens the file, or creates it, readable by its owner only; does not lock it.
    /// - Parameter path: The file; a symbolic link is refused.
    /// - Throws: If it cannot be opened.
    public init(_ path: String) throws(PosixError) {
        self.path = path
        number = try Self.open(path)
    }

    deinit { close(number) }

    private static func open(_ path: String) throws(PosixError) -> Int32 {
        try Descriptor(opening: path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600).release()
    }

    /// Takes the lock if it is free.
    /// - Returns: Whether we hold it now.
    /// - Throws: If the file system does not support locks, or the file was removed and cannot be made again.
    public func tryLock() throws(PosixError) -> Bool {
        if isHeld { return true }
        while true {
            var result: Int32
            repeat { result = flock(number, LOCK_EX | LOCK_NB) } while result < 0 && errno == EINTR
            guard result == 0 || errno == EWOULDBLOCK else { throw .current("lock", path: path) }
            guard result == 0 else { return false }
            if isNamed {
                isHeld = true
                return true
            }
            // Its last holder has removed it: a lock on it keeps nobody out.
            let next = try Self.open(path)
            close(number)
            number = next
        }
    }

    /// Whether the name still leads to the open file.
    private var isNamed: Bool {
        var (open, named) = (stat(), stat())
        return fstat(number, &open) == 0 && lstat(SystemText.name(path), &named) == 0
            && open.st_dev == named.st_dev && open.st_ino == named.st_ino
    }

    /// Removes the file; only for the holder of the lock, which keeps a lock that nobody else can see any more.
    /// - Throws: If it cannot be removed.
    public func remove() throws(PosixError) {
        if isHeld, isNamed { try File.remove(path) }
    }

    /// Takes the lock, waiting for it.
    ///
    /// `flock` has no time-out, and an alarm would interfere with the program's signals; so it tries
    /// ten times a second.
    /// - Parameters:
    ///   - wait: The longest wait.
    ///   - now: The clock.
    ///   - pause: Waits between two attempts.
    ///   - shouldStop: Called before each attempt; true ends the wait.
    /// - Returns: Whether we hold it now.
    /// - Throws: If the file system does not support locks.
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

    /// Releases the lock.
    public func unlock() {
        flock(number, LOCK_UN)
        isHeld = false
    }

    /// Replaces the text in the file; only for the holder of the lock.
    /// - Throws: If it cannot be written.
    public func replaceContents(_ text: String) throws(PosixError) {
        guard ftruncate(number, 0) == 0, lseek(number, 0, SEEK_SET) == 0 else {
            throw .current("write to", path: path)
        }
        if !text.isEmpty { try Descriptor.write(Array(text.utf8), to: number, path: path) }
    }

    /// The text in the file, whoever holds the lock; it may be from an earlier holder.
    /// - Parameter limit: The most bytes read.
    /// - Returns: The text; invalid UTF-8 becomes U+FFFD.
    /// - Throws: If it cannot be read.
    public func contents(limit: Int) throws(PosixError) -> String {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = pread(number, &bytes, limit, 0)
        guard count >= 0 else { throw .current("read", path: path) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
