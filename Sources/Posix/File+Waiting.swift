import Glibc
internal import Synchronization

/// Reading what may come late or never: pipes and devices.
extension File {
    private static let patience = Mutex<Duration?>(nil)

    /// How long a pipe without a writer is waited for: its writer may start at the same time.
    private static var writersDelay: Duration { .seconds(1) }

    /// Limits how long each reading waits for a pipe, where no watched run has a deadline yet.
    public static func limitWaiting(to limit: Duration) { patience.withLock { $0 = limit } }

    /// Reads the first bytes, or waits until somebody writes some.
    /// - Throws: When nobody does.
    static func readFirst(_ file: borrowing Descriptor, path: String) throws(PosixError) -> [UInt8]
    {
        let piece = try read(file, path: path)
        var raw = stat()
        guard piece.isEmpty, fstat(file.number, &raw) == 0, raw.st_mode & S_IFMT == S_IFIFO else {
            return piece
        }
        // A pipe without a writer is as one at its end.
        guard try wait(for: file, path: path, within: writersDelay) else {
            throw PosixError(
                "read",
                path: path,
                code: EAGAIN,
                reason: "it is not a regular file but a pipe, and nobody writes to it"
            )
        }
        return try read(file, path: path)
    }

    /// Reads the next bytes; waits for them where there are none yet.
    static func read(_ file: borrowing Descriptor, path: String) throws(PosixError) -> [UInt8] {
        while true {
            do throws(PosixError) {
                return try file.read(atMost: 64 << 10, path: path)
            } catch {
                guard error.code == EAGAIN else { throw error }
            }
            guard try wait(for: file, path: path, within: patience.withLock { $0 }) else {
                throw PosixError(
                    "read",
                    path: path,
                    code: EAGAIN,
                    reason: "it is not a regular file, and nothing came from it in time"
                )
            }
        }
    }

    /// Waits until something can be read.
    /// - Returns: False if the time has passed.
    /// - Throws: When the run is stopped meanwhile.
    private static func wait(
        for file: borrowing Descriptor,
        path: String,
        within limit: Duration?
    ) throws(PosixError) -> Bool {
        let stops = RunWatch.stopCount
        let end = limit.map { MonotonicClock.now() + $0 }
        while true {
            let rest = end.map { $0 - MonotonicClock.now() }
            if Descriptor.waitUntilReady(file.number, for: Int16(POLLIN), within: rest) {
                return true
            }
            guard RunWatch.stopCount == stops else {
                throw PosixError("read", path: path, code: EINTR)
            }
            if let end, MonotonicClock.now() >= end { return false }
        }
    }
}
