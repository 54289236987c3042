import Support

@testable import Journal

/// The kinds of journal, which answer alike.
enum StoreKind: String, CaseIterable {
    case file, memory, database

    /// Those that can be had here.
    static var there: [StoreKind] {
        allCases.filter { $0 != .database || PostgreSQLServer.shared != nil }
    }

    /// An empty journal, and the folder that goes away with it.
    func store() throws -> (store: any JournalStore, folder: TestFolder) {
        let folder = TestFolder()
        return switch self {
        case .file: (try SQLiteStore(folder: folder.path), folder)
        case .memory: (MemoryStore(), folder)
        case .database: (try PostgreSQLStore(Self.database()), folder)
        }
    }

    /// The address of an empty database.
    static func database() throws -> JournalAddress {
        try JournalAddress(PostgreSQLServer.shared?.database() ?? "")
    }
}
