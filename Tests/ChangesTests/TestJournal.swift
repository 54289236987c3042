import Glibc
import Support
import Synchronization

@testable import Journal

/// The journal that benches use: in memory, or in a database if `VMOON_TEST_JOURNAL` is `postgresql`.
enum TestJournal {
    private static let isDatabase =
        getenv("VMOON_TEST_JOURNAL").map { String(cString: $0) } == "postgresql"

    /// A database for each thread: a schedule is played on one.
    private static let known = Mutex<[UInt: PostgreSQLStore]>([:])

    /// An empty journal; the one before it, of the same thread, is not used any more.
    static func make() -> any JournalStore {
        guard isDatabase, let server = PostgreSQLServer.shared else { return MemoryStore() }
        do {
            let thread = UInt(pthread_self())
            if let store = known.withLock({ $0[thread] }) {
                let database = PostgreSQLConnection(store.address)
                try database.run("DELETE FROM vmoon.run")
                return store
            }
            let store = try PostgreSQLStore(JournalAddress(server.database()))
            known.withLock { $0[thread] = store }
            return store
        } catch {
            fatalError("no database for a test: \(error)")
        }
    }
}
