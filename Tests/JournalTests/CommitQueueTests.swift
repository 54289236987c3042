import Synchronization
import Testing

@testable import Journal

@Suite struct CommitQueueTests {
    /// A journal that counts its transactions and can be told to fail.
    final class CountingStore: JournalStore {
        private let state = Mutex((commits: [[JournalWrite]](), error: JournalError?.none))

        var commits: [[JournalWrite]] { state.withLock { $0.commits } }

        func fail(_ error: JournalError) { state.withLock { $0.error = error } }

        func commit(_ writes: [JournalWrite]) throws(JournalError) {
            let error = state.withLock { state in
                state.commits.append(writes)
                return state.error
            }
            if let error { throw error }
        }

        func openOperations(vcenter: String, item: String) -> [OperationRecord] { [] }
        func openOperations(vcenter: String) -> [OperationRecord] { [] }
        func openOperations() -> [OperationRecord] { [] }
        func runs(startingWith prefix: String, limit: Int) -> [RunRecord] { [] }
        func runs(since run: String) -> [RunRecord] { [] }
        func summaries(_ query: RunQuery) -> [RunSummary] { [] }
        func unendedRuns() -> [RunRecord] { [] }
        func runs(heldTo plan: String) -> [RunRecord] { [] }
        func steps(ofRun run: String) -> [StepRecord] { [] }
        func operations(ofRun run: String) -> [OperationRecord] { [] }
        func operations(startingWith prefix: String) -> [OperationRecord] { [] }
    }

    @Test func `what one turn asks for shares one transaction`() throws {
        let store = CountingStore()
        let queue = try CommitQueue(store)
        var told = 0
        for number in 1...64 {
            queue.append([.end(run: "r", ending: "\(number)", time: 0)]) { error in
                if error == nil { told += 1 }
            }
        }
        #expect(told == 0)
        #expect(queue.flush() == nil)
        #expect(told == 64)
        #expect(store.commits.count == 1)
        #expect(store.commits.first?.count == 64)
    }

    @Test func `nothing is told before it is written, and a failure is told to all`() throws {
        let store = CountingStore()
        let queue = try CommitQueue(store)
        store.fail(JournalError(.full, "no room"))
        var told: [JournalError.Kind?] = []
        queue.append([.forget(before: 1)]) { told.append($0?.kind) }
        queue.append([.forget(before: 2)]) { told.append($0?.kind) }
        queue.commit()
        #expect(told.isEmpty)
        #expect(queue.flush() == nil)
        #expect(told == [.full, .full])
    }

    @Test func `an empty flush waits for nothing`() throws {
        let store = CountingStore()
        let queue = try CommitQueue(store)
        #expect(queue.flush() == nil)
        #expect(store.commits.isEmpty)
    }
}
