@preconcurrency internal import Glibc
internal import Synchronization

/// Gathers writes to a journal and commits many of them at once.
public protocol Commits: AnyObject {
    /// Queues writes, all or nothing; the completion is called when they are on the disk, or with
    /// why it is not.
    func append(_ writes: [JournalWrite], completion: ((JournalError?) -> Void)?)

    /// Starts writing the queued writes, as one transaction.
    func commit()

    /// Writes what is left and waits for the disk.
    /// - Returns: The error if part of it could not be written.
    func flush() -> JournalError?

    /// Whether something is being written.
    var isWriting: Bool { get }
}

/// Writes to a journal on a thread of its own, many writes at once: those that are queued while one commit
/// is being written form the next.
///
/// A disk may take a tenth of a second for one `fdatasync`; on the loop's thread, no transfer would
/// continue for that long. One thread owns this object: completions run there, inside `deliver` and `flush`.
public final class CommitQueue: Commits {
    /// Readable when `deliver` has results to deliver.
    public let descriptor: Int32

    private let shared: Shared
    private var gathered: [JournalWrite] = []
    private var completions: [(JournalError?) -> Void] = []
    /// The completions of each batch that was passed to the thread, oldest first.
    private var handedOver: [[(JournalError?) -> Void]] = []

    /// Makes a queue, and starts the thread.
    /// - Parameter store: The store to write to.
    /// - Throws: When the system has no free descriptor or thread.
    public init(_ store: any JournalStore) throws(JournalError) {
        let shared = try Shared(store)
        self.shared = shared
        descriptor = shared.results.reading
        try shared.start()
    }

    deinit { shared.stop() }

    /// Queues writes, together with all others of this turn of the loop.
    /// - Parameters:
    ///   - writes: The writes, all or nothing.
    ///   - completion: Called when they are on the disk, or with why they are not.
    public func append(
        _ writes: [JournalWrite],
        completion: ((JournalError?) -> Void)? = nil
    ) {
        gathered += writes
        if let completion { completions.append(completion) }
    }

    /// Passes the queued writes to the thread, as one transaction.
    public func commit() {
        guard !gathered.isEmpty else { return }
        handedOver.append(completions)
        shared.hand(gathered)
        gathered = []
        completions = []
    }

    /// Whether something is being written, or its completion has not been called.
    public var isWriting: Bool { !handedOver.isEmpty }

    /// Calls the completions of finished batches.
    public func deliver() {
        shared.forgetResults()
        while let error = shared.nextResult() {
            let told = handedOver.removeFirst()
            for completion in told { completion(error) }
        }
    }

    /// Writes everything and waits for it.
    /// - Returns: The error if the last batch was not written.
    @discardableResult
    public func flush() -> JournalError? {
        var last: JournalError?
        while !gathered.isEmpty || !handedOver.isEmpty {
            if !gathered.isEmpty {
                completions.append { last = $0 }
                commit()
            }
            shared.awaitResult()
            deliver()
        }
        return last
    }
}

/// The state that the loop and the writing thread share.
private final class Shared: Sendable {
    private struct State {
        var batches: [[JournalWrite]] = []
        var results: [JournalError?] = []
        var isStopped = false
    }

    let results: (reading: Int32, writing: Int32)
    private let requests: (reading: Int32, writing: Int32)
    private let state = Mutex(State())
    private let store: any JournalStore

    init(_ store: any JournalStore) throws(JournalError) {
        self.store = store
        results = try Self.makePipe()
        requests = try Self.makePipe()
    }

    deinit {
        for end in [results.reading, results.writing, requests.reading, requests.writing] {
            close(end)
        }
    }

    /// Starts the thread with signals blocked: handlers run on the loop's
    /// thread.
    func start() throws(JournalError) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread,
            nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Shared>.fromOpaque(raw).takeRetainedValue().work()
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

    func hand(_ writes: [JournalWrite]) {
        state.withLock { $0.batches.append(writes) }
        Self.wake(requests.writing)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        Self.wake(requests.writing)
    }

    /// The result of the oldest finished batch that was not delivered.
    func nextResult() -> JournalError?? {
        state.withLock { $0.results.isEmpty ? nil : .some($0.results.removeFirst()) }
    }

    func forgetResults() {
        var bytes = [UInt8](repeating: 0, count: 64)
        var entry = pollfd(fd: results.reading, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 0) > 0, read(results.reading, &bytes, bytes.count) > 0 {}
    }

    func awaitResult() {
        var entry = pollfd(fd: results.reading, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, -1) < 0, errno == EINTR {}
    }

    /// The thread's loop: takes all waiting batches, and commits them as one.
    private func work() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while true {
            let got = read(requests.reading, &bytes, bytes.count)
            if got < 0, errno == EINTR { continue }
            let (batches, isStopped) = state.withLock { state in
                defer { state.batches = [] }
                return (state.batches, state.isStopped)
            }
            if !batches.isEmpty {
                let error = write(batches)
                state.withLock { $0.results += batches.map { _ in error } }
                Self.wake(results.writing)
            }
            if isStopped { return }
        }
    }

    private func write(_ batches: [[JournalWrite]]) -> JournalError? {
        let writes = batches.flatMap { $0 }
        guard !writes.isEmpty else { return nil }
        do throws(JournalError) {
            try store.commit(writes)
            return nil
        } catch {
            return error
        }
    }

    private static func wake(_ descriptor: Int32) {
        var byte: UInt8 = 1
        while Glibc.write(descriptor, &byte, 1) < 0, errno == EINTR {}
    }

    private static func makePipe() throws(JournalError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw JournalError(.failed, "no descriptor is left for the journal")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
