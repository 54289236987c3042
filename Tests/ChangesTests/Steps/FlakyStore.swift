import Journal

/// A journal that cannot be read for a moment.
final class FlakyStore: JournalStore, @unchecked Sendable {
    // Safe because one thread uses it.
    var isUnreadable = false
    private let store = MemoryStore()

    private func check() throws(JournalError) {
        if isUnreadable { throw JournalError(.locked, "the file is locked") }
    }

    func commit(_ writes: [JournalWrite]) throws(JournalError) { store.commit(writes) }

    func openOperations(vcenter: String, item: String) throws(JournalError) -> [OperationRecord] {
        try check()
        return store.openOperations(vcenter: vcenter, item: item)
    }

    func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord] {
        try check()
        return store.openOperations(vcenter: vcenter)
    }

    func openOperations() throws(JournalError) -> [OperationRecord] { store.openOperations() }

    func runs(startingWith prefix: String, limit: Int) -> [RunRecord] {
        store.runs(startingWith: prefix, limit: limit)
    }

    func summaries(_ query: RunQuery) -> [RunSummary] { store.summaries(query) }

    func unendedRuns() -> [RunRecord] { store.unendedRuns() }

    func runs(heldTo plan: String) -> [RunRecord] { store.runs(heldTo: plan) }

    func runs(since run: String) -> [RunRecord] { store.runs(since: run) }

    func steps(ofRun run: String) -> [StepRecord] { store.steps(ofRun: run) }

    func operations(ofRun run: String) -> [OperationRecord] { store.operations(ofRun: run) }

    func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord] {
        try check()
        return store.operations(startingWith: prefix)
    }
}
