import Glibc
import Support
import Synchronization

@testable import Journal

/// The journal that benches use: in memory, or in a database if `VMOON_TEST_JOURNAL` is `postgresql`.
enum TestJournal {
    /// Over a database one schedule of so many is played: there each takes much longer.
    ///
    /// Which ones, the seed says.
    static let share = PostgreSQLServer.isWanted ? 10 : 1

    /// Whether the schedule of a number is among them.
    static func has(_ number: Int) -> Bool {
        (UInt64(number) &+ Dice.seed).isMultiple(of: UInt64(share))
    }

    private struct Known: @unchecked Sendable {
        // Safe because only the thread that it belongs to uses it.
        let store: PostgreSQLStore
        let connection: PostgreSQLConnection
    }

    /// A database for each thread: a schedule is played on one.
    private static let known = Mutex<[UInt: Known]>([:])

    /// An empty journal; the one before it, of the same thread, is not used any more.
    static func make() -> any JournalStore {
        guard PostgreSQLServer.isWanted else { return MemoryStore() }
        guard let server = PostgreSQLServer.shared else { fatalError("no server for a test") }
        do {
            let thread = UInt(pthread_self())
            if let known = known.withLock({ $0[thread] }) {
                try known.connection.run("DELETE FROM vmoon.run")
                return known.store
            }
            let store = try PostgreSQLStore(JournalAddress(server.database()))
            let made = Known(store: store, connection: PostgreSQLConnection(store.address))
            known.withLock { $0[thread] = made }
            return store
        } catch {
            fatalError("no database for a test: \(error)")
        }
    }
}
