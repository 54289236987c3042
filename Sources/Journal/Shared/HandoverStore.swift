internal import Synchronization

/// A journal in a database, with a file on this machine for what the database cannot take now.
///
/// Nothing is begun without the database. What tells how something ended is kept in the file, and handed over before
/// anything else is written, by this run or by the next one on this machine.
final class HandoverStore: JournalStore {
    private let store: PostgreSQLStore
    private struct File: ~Copyable {
        var kept: KeptWrites?
        /// Whether there may be something in it.
        var isPending = true
    }
    private let file: Mutex<File>
    private let folder: String?

    /// Makes one.
    /// - Parameters:
    ///   - store: The journal, open for writing.
    ///   - folder: The state folder; nil for none, and then nothing can be kept.
    init(_ store: PostgreSQLStore, folder: String?) {
        self.store = store
        self.folder = folder
        file = Mutex(File())
    }

    /// Hands over what is kept.
    /// - Returns: How many groups of writes that were.
    /// - Throws: Why they are still kept.
    @discardableResult
    func handOver() throws(JournalError) -> Int {
        try file.withLock { (file) throws(JournalError) in
            guard file.isPending, let kept = try open(&file) else { return 0 }
            let count = try kept.handOver { (documents) throws(JournalError) in
                _ = try store.commit(documents: documents)
            }
            file.isPending = false
            return count
        }
    }

    private func open(_ file: inout File) throws(JournalError) -> KeptWrites? {
        if file.kept == nil, let folder {
            file.kept = try KeptWrites(folder: folder, journal: store.address.description)
        }
        return file.kept
    }

    func commit(_ writes: [JournalWrite]) throws(JournalError) {
        if let error = try commit(groups: [writes])[0] { throw error }
    }

    func commit(groups: [[JournalWrite]]) throws(JournalError) -> [JournalError?] {
        do throws(JournalError) {
            try handOver()
            return try store.commit(groups: groups)
        } catch {
            return keep(groups, error)
        }
    }

    /// Keeps the groups that only tell how something ended; the others are not written.
    private func keep(_ groups: [[JournalWrite]], _ error: JournalError) -> [JournalError?] {
        let closing = groups.filter { $0.allSatisfy(\.isClosing) }
        let isKept = file.withLock { file in
            guard !closing.isEmpty, let kept = try? open(&file) else { return false }
            do throws(JournalError) {
                try kept.keep(closing.map { WriteDocument.groups([$0]) })
                file.isPending = true
                return true
            } catch {
                return false
            }
        }
        return groups.map { isKept && $0.allSatisfy(\.isClosing) ? nil : error }
    }

    /// The journal for reading, with what is kept if that can be.
    private var read: PostgreSQLStore {
        _ = try? handOver()
        return store
    }

    func openOperations(vcenter: String, item: String) throws(JournalError) -> [OperationRecord] {
        try read.openOperations(vcenter: vcenter, item: item)
    }

    func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord] {
        try read.openOperations(vcenter: vcenter)
    }

    func openOperations() throws(JournalError) -> [OperationRecord] { try read.openOperations() }

    func runs(startingWith prefix: String, limit: Int) throws(JournalError) -> [RunRecord] {
        try read.runs(startingWith: prefix, limit: limit)
    }

    func runs(since run: String) throws(JournalError) -> [RunRecord] { try read.runs(since: run) }

    func summaries(_ query: RunQuery) throws(JournalError) -> [RunSummary] {
        try read.summaries(query)
    }

    func unendedRuns() throws(JournalError) -> [RunRecord] { try read.unendedRuns() }

    func runs(heldTo plan: String) throws(JournalError) -> [RunRecord] {
        try read.runs(heldTo: plan)
    }

    func steps(ofRun run: String) throws(JournalError) -> [StepRecord] {
        try read.steps(ofRun: run)
    }

    func operations(ofRun run: String) throws(JournalError) -> [OperationRecord] {
        try read.operations(ofRun: run)
    }

    func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord] {
        try read.operations(startingWith: prefix)
    }
}
