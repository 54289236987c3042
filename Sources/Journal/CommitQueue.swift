@preconcurrency internal import Glibc
internal import Synchronization

/// Gathers writes to a journal and commits many of them at once.
public protocol Commits: AnyObject {
    /// Queues a group of writes, all or nothing; the completion is called when they are on the disk, or with
    /// why they are not.
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
    private var gathered: [[JournalWrite]] = []
    /// The completion of each group.
    private var completions: [((JournalError?) -> Void)?] = []
    /// The completions of each batch that was passed to the thread, oldest first.
    private var handedOver: [[((JournalError?) -> Void)?]] = []

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
        gathered.append(writes)
        completions.append(completion)
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
        while let errors = shared.nextResult() {
            let told = handedOver.removeFirst()
            for (completion, error) in zip(told, errors) { completion?(error) }
        }
    }

    /// Writes everything and waits for it.
    /// - Returns: The error if the last batch was not written.
    @discardableResult
    public func flush() -> JournalError? {
        var last: JournalError?
        while !gathered.isEmpty || !handedOver.isEmpty {
            if !gathered.isEmpty {
                completions = completions.map { completion in
                    { error in
                        last = error ?? last
                        completion?(error)
                    }
                }
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
        var batches: [[[JournalWrite]]] = []
        var results: [[JournalError?]] = []
        var isStopped = false
    }

    let results: (reading: Int32, writing: Int32)
    private let requests: (reading: Int32, writing: Int32)
    private let state = Mutex(State())
    private let store: any JournalStore

    init(_ store: any JournalStore) throws(JournalError) {
        self.store = store
        results = try Wake.make()
        requests = try Wake.make()
    }

    deinit {
        for end in [results.reading, results.writing, requests.reading, requests.writing] {
            close(end)
        }
    }

    func start() throws(JournalError) { try Wake.startThread(self) { $0.work() } }

    func hand(_ groups: [[JournalWrite]]) {
        state.withLock { $0.batches.append(groups) }
        Wake.up(requests.writing)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        Wake.up(requests.writing)
    }

    /// The results of the groups of the oldest finished batch that was not delivered.
    func nextResult() -> [JournalError?]? {
        state.withLock { $0.results.isEmpty ? nil : $0.results.removeFirst() }
    }

    func forgetResults() { Wake.forget(results.reading) }

    func awaitResult() { Wake.wait(results.reading, milliseconds: -1) }

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
                let written = write(batches)
                state.withLock { $0.results += written }
                Wake.up(results.writing)
            }
            if isStopped { return }
        }
    }

    /// Writes batches as one transaction; the results are those of their groups.
    private func write(_ batches: [[[JournalWrite]]]) -> [[JournalError?]] {
        do throws(JournalError) {
            var results = try store.commit(groups: batches.flatMap { $0 })[...]
            return batches.map { batch in
                defer { results = results.dropFirst(batch.count) }
                return Array(results.prefix(batch.count))
            }
        } catch {
            return batches.map { $0.map { _ in error } }
        }
    }
}
