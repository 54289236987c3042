@preconcurrency internal import Glibc
internal import Synchronization

/// The claims of this process in a database that hosts share, for as long as it says in time that it lives.
///
/// There is one owner for the whole process, and a thread of its own with a connection of its own prolongs its life, so
/// that neither a long commit nor a busy script lets it end. Whoever wants something that an owner has whose time is
/// over ends that owner: all that it had is free then, and what it still wants to record is refused. Only the clock of
/// the database decides that. Our own clock only tells for how long it cannot have happened yet.
///
/// One thread owns this object, and so it may be marked as it is: completions run there, inside `deliver` and
/// `takeNow`.
public final class Leases: @unchecked Sendable {
    /// How a request for something ended.
    public enum Answer: Sendable, Equatable {
        /// It is ours.
        case taken(HeldClaim)
        /// Somebody else has it: `run 5f3c… on batch-1, pid 12`.
        case held(by: String)
        /// The rows of a statement.
        case rows([[String?]])
        /// Nobody knows: the database did not answer.
        case failed(JournalError)
    }

    /// Who claims.
    public struct Owner: Sendable {
        /// The run, or nothing where it has no name yet.
        public var run: String
        /// The name of its machine.
        public var host: String
        /// Its process.
        public var process: Int32

        /// Makes one.
        public init(run: String, host: String, process: Int32) {
            (self.run, self.host, self.process) = (run, host, process)
        }
    }

    /// Readable when `deliver` has answers to deliver.
    public let descriptor: Int32
    /// Called once, in `deliver`, when somebody has taken from us: then nothing is ours any more.
    public var onLoss: (() -> Void)?
    private let worker: LeaseWorker
    private var waiting: [UInt64: (Answer) -> Void] = [:]
    private var count: UInt64 = 0

    /// Makes the claims of a process, and starts the thread; nothing is asked of the database yet.
    /// - Parameters:
    ///   - address: The database.
    ///   - owner: Who claims.
    ///   - length: How long the owner lives after it has last said so.
    ///   - clock: A clock that goes on while the computer, or the process, is stopped.
    /// - Throws: When the system has no free descriptor or thread.
    public init(
        _ address: JournalAddress,
        _ owner: Owner,
        length: Duration,
        clock: @escaping @Sendable () -> Duration
    ) throws(JournalError) {
        worker = try LeaseWorker(address, owner, length: length, clock: clock)
        descriptor = worker.results.reading
        try worker.start()
    }

    deinit { worker.stop() }

    /// Takes something, if nobody has it; what is ours already is taken again.
    /// - Parameters:
    ///   - key: What is claimed.
    ///   - completion: Called with how it ended.
    public func take(_ key: String, completion: @escaping (Answer) -> Void) {
        count += 1
        waiting[count] = completion
        worker.ask(.init(number: count, key: key))
    }

    /// Gives something back.
    public func giveBack(_ key: String) { worker.giveBack(key) }

    /// What a change that needs no claim of its own depends on: that nobody has ended the owner; nil before anything was
    /// claimed.
    public var life: HeldClaim? { worker.life }

    /// Until when nobody can have taken anything from us, on the clock of `init`.
    public var certainUntil: Duration { worker.certainUntil }

    /// Whether nobody can have taken anything from us yet, by our own clock alone.
    public var isCertain: Bool { worker.isCertain }

    /// Asks the database whether we still have what we claimed, and prolongs that.
    /// - Parameter completion: Called with nil if it does, else with why it does not, or why nobody knows.
    public func confirm(completion: @escaping (JournalError?) -> Void) {
        count += 1
        waiting[count] = { answer in
            switch answer {
            case .failed(let error): completion(error)
            default: completion(nil)
            }
        }
        worker.ask(.init(number: count))
    }

    /// Asks the database something in the name of the owner, who is `$1`; at least once, and perhaps twice.
    /// - Parameters:
    ///   - sql: The statement.
    ///   - values: What `$2`, `$3`, … stand for.
    ///   - completion: Called with the rows, or with why there are none.
    public func ask(
        _ sql: String,
        _ values: [String],
        completion: @escaping (Result<[[String?]], JournalError>) -> Void
    ) {
        count += 1
        waiting[count] = { answer in
            switch answer {
            case .rows(let rows): completion(.success(rows))
            case .failed(let error): completion(.failure(error))
            case .taken, .held: completion(.success([]))
            }
        }
        worker.ask(.init(number: count, statement: (sql, values)))
    }

    /// A list as the database reads it.
    public static func list(_ texts: [String]) -> String { LeaseWorker.list(texts) }

    /// Calls the completions of what was answered, and `onLoss`.
    public func deliver() {
        for (number, answer) in worker.takeResults() {
            waiting.removeValue(forKey: number)?(answer)
        }
        guard worker.isEnded, let onLoss else { return }
        self.onLoss = nil
        onLoss()
    }

    /// Waits until something was answered, and calls the completions.
    public func awaitAnswers() {
        worker.awaitResult()
        deliver()
    }

    /// The time, on the clock of `init`.
    public var now: Duration { worker.now }

    /// Waits a moment, before a database that is away is asked again.
    public func pause() { Pause.milliseconds(200) }

    /// Takes something, and waits for the answer.
    /// - Parameters:
    ///   - key: What is claimed.
    ///   - wait: The longest wait for somebody else who has it.
    /// - Returns: How it ended.
    public func takeNow(_ key: String, within wait: Duration = .zero) -> Answer {
        let end = worker.now + wait
        while true {
            var result: Answer?
            take(key) { result = $0 }
            while result == nil { awaitAnswers() }
            guard case .held? = result, worker.now < end else {
                return result ?? .held(by: "")
            }
            Pause.milliseconds(100)
        }
    }

    /// Gives everything back, and waits for that a moment.
    public func end() { worker.end() }
}
