import Glibc

/// An open descriptor with one owner, which closes it.
struct Descriptor: ~Copyable {
    let number: Int32

    init(adopting number: Int32) { self.number = number }

    /// Opens a file.
    ///
    /// Every descriptor is close-on-exec: a child gets only those passed to it.
    init(
        opening path: String,
        _ flags: Int32,
        mode: UInt32 = 0,
        operation: String = "open"
    ) throws(PosixError) {
        let name = SystemText.name(path)
        var number: Int32
        repeat { number = open(name, flags | O_CLOEXEC, mode) } while number < 0 && errno == EINTR
        guard number >= 0 else { throw .current(operation, path: path) }
        self.number = number
    }

    deinit { close(number) }

    /// Gives up ownership of the number; the caller closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Reads available bytes, at most `count`.
    ///
    /// Empty at the end of the file.
    func read(atMost count: Int, path: String?) throws(PosixError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var got: Int
            repeat {
                got = Glibc.read(number, buffer.baseAddress, count)
            } while got < 0 && errno == EINTR
            if got < 0 { failure = errno }
            filled = max(got, 0)
        }
        guard failure == 0 else { throw PosixError("read", path: path, code: failure) }
        return bytes
    }

    /// Writes all bytes; continues after a signal or a short write.
    static func write(_ bytes: [UInt8], to number: Int32, path: String?) throws(PosixError) {
        var failure: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let view = UnsafeRawBufferPointer(rebasing: rest)
                let written = Glibc.write(number, view.baseAddress, view.count)
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    // A process that shares the terminal or pipe made it non-blocking: wait, as
                    // a blocking one would.
                    _ = waitUntilReady(number, for: Int16(POLLOUT), within: nil)
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw PosixError("write to", path: path, code: failure) }
    }

    /// Waits until a descriptor is readable or writable, or a time has passed.
    /// - Returns: False if the time has passed or a signal came first.
    static func waitUntilReady(_ number: Int32, for events: Int16, within limit: Duration?) -> Bool
    {
        var entry = pollfd(fd: number, events: events, revents: 0)
        return poll(&entry, 1, limit?.pollMilliseconds ?? -1) > 0
    }

    /// Makes a pipe; both ends are close-on-exec.
    static func makePipe() throws(PosixError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        // pipe2 is not declared to Swift. Between the two calls no child can start: only the thread
        // that runs this code starts any, and children get no descriptor but 0, 1 and 2 anyway.
        guard pipe(&ends) == 0 else { throw .current("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

extension Duration {
    /// The time for `poll`: rounded up, so that a wait never ends just before its deadline; at least 0.
    var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
