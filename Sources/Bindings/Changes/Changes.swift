internal import Journal
internal import Posix
internal import Transport
internal import VSphere

/// The journal of a run at work: opened when the first change is asked for, written on its own
/// thread, all that one turn of the loop asks for in one transaction.
final class Changes {
    let multi: Multi
    let settings: ChangeSettings
    private var opened: Swift.Result<Opened, VSphereError>?
    private var isCommitPlanned = false
    private var problem: JournalError?

    struct Opened {
        let store: any JournalStore
        let queue: CommitQueue
        let locks: ItemLocks
    }

    init(multi: Multi, settings: ChangeSettings) {
        self.multi = multi
        self.settings = settings
    }

    /// The journal, opened.
    func open() -> Swift.Result<Opened, VSphereError> {
        if let opened { return opened }
        let result = settings.open().flatMap { place in
            do throws(JournalError) {
                let queue = try CommitQueue(place.store)
                multi.watch(queue.descriptor, for: .readable) { queue.deliver() }
                let locks = ItemLocks(multi: multi, folder: place.locks)
                return .success(Opened(store: place.store, queue: queue, locks: locks))
            } catch {
                return .failure(VSphereError(error))
            }
        }
        opened = result
        if case .success(let made) = result {
            let kept = settings.run.started - settings.retention.wholeMilliseconds
            made.queue.append([.begin(settings.run), .forget(before: kept)])
        }
        return result
    }

    /// Writes, together with everything else that this turn of the loop asks for.
    /// - Parameters:
    ///   - writes: What to write.
    ///   - completion: Called when it is on the disk, or with why it is not.
    func record(_ writes: [JournalWrite], completion: ((JournalError?) -> Void)? = nil) {
        guard case .success(let opened)? = opened else {
            preconditionFailure("nothing is recorded before the journal is open")
        }
        opened.queue.append(writes, completion: completion ?? { [self] error in problem = error })
        guard !isCommitPlanned else { return }
        isCommitPlanned = true
        multi.after(.zero) { [self] in
            isCommitPlanned = false
            opened.queue.commit()
        }
    }

    /// Notes how the run ended and writes what is left.
    /// - Returns: Why something of it could not be written.
    func close(ending: String) -> VSphereError? {
        guard case .success(let opened)? = opened else { return nil }
        let end = JournalWrite.end(
            run: settings.run.identifier,
            ending: ending,
            time: ChangeSettings.wallTime()
        )
        opened.queue.append([end])
        let last = opened.queue.flush()
        return (last ?? problem).map { VSphereError($0) }
    }
}

extension VSphereError {
    /// The error of a change that was refused because it could not be recorded.
    init(_ error: JournalError) {
        self.init(.journal, Display.escape(error.message), hint: error.hint)
    }
}
