@preconcurrency internal import Glibc

/// Pipes by which two threads wake each other, and threads whose signals are left to the loop's.
enum Wake {
    static func make() throws(JournalError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw JournalError(.failed, "no descriptor is left for the journal")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    static func up(_ descriptor: Int32) {
        var byte: UInt8 = 1
        while write(descriptor, &byte, 1) < 0, errno == EINTR {}
    }

    /// Takes what has been written.
    static func forget(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 64)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 0) > 0, read(descriptor, &bytes, bytes.count) > 0 {}
    }

    static func wait(_ descriptor: Int32, milliseconds: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, milliseconds) < 0, errno == EINTR {}
    }

    /// Starts a thread that keeps an object alive; signals are blocked there: handlers run on the loop's thread.
    static func startThread<Object: AnyObject & Sendable>(
        _ object: Object,
        _ body: @escaping @Sendable (Object) -> Void
    ) throws(JournalError) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Start { body(object) })
        let code = pthread_create(
            &thread,
            nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().body()
                return nil
            },
            context.toOpaque()
        )
        guard code == 0 else {
            context.release()
            throw JournalError(.failed, "no thread is left for the journal")
        }
        pthread_detach(thread)
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
