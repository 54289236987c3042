import Foundation
import Support
import Testing

@testable import Journal

/// A journal that cannot be trusted is said to be so, and nothing is half written.
@Suite struct StoreFailureTests {
    private func failure(_ body: () throws -> Void) -> JournalError.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? JournalError)?.kind
        }
    }

    @Test func `a file that is no journal`() throws {
        let folder = TestFolder()
        try folder.write(String(repeating: "no database ", count: 400), to: "journal.db")
        #expect(failure { _ = try SQLiteStore(folder: folder.path) } == .corrupted)
    }

    @Test
    func `a file that is only read keeps its permissions, unless it is the journal of the folder`()
        throws
    {
        let folder = TestFolder()
        let path = try SQLiteStore(folder: folder.path).path
        func mode() throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        _ = try SQLiteStore(file: path, isReadOnly: true)
        #expect(try mode() == 0o644)
        _ = try SQLiteStore(folder: folder.path, isReadOnly: true)
        #expect(try mode() == 0o600)
    }

    @Test func `a damaged page`() throws {
        let folder = TestFolder()
        let store = try SQLiteStore(folder: folder.path)
        let runs = (1...200).map { JournalWrite.begin(StoreTests.run("r\($0)")) }
        try store.commit(runs)
        let database = try Database(store.path, isReadOnly: false)
        try database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        let file = try #require(FileHandle(forUpdatingAtPath: store.path))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xAA, count: 40_000))
        try file.close()
        let damaged = failure {
            let store = try SQLiteStore(folder: folder.path)
            try store.commit([.begin(StoreTests.run("late"))])
        }
        #expect(damaged == .corrupted)
    }

    @Test func `a file of a newer vmoon`() throws {
        let folder = TestFolder()
        let store = try SQLiteStore(folder: folder.path)
        try Database(store.path, isReadOnly: false).run("PRAGMA user_version = 99")
        #expect(failure { _ = try SQLiteStore(folder: folder.path) } == .tooNew)
    }

    @Test func `a folder that is not there`() throws {
        #expect(failure { _ = try SQLiteStore(folder: "/nonexistent/vmoon") } == .notWritable)
    }

    @Test func `a symbolic link in place of the file`() throws {
        let folder = TestFolder()
        let target = try folder.write("", to: "elsewhere")
        let link = folder.path + "/journal.db"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(failure { _ = try SQLiteStore(folder: folder.path) } == .notWritable)
    }

    @Test func `a full disk: the transaction leaves nothing behind`() throws {
        let folder = TestFolder()
        let path = try SQLiteStore(folder: folder.path).path
        let database = try Database(path, isReadOnly: false)
        try database.run("PRAGMA max_page_count = 8")
        let kind = failure {
            try database.transaction { () throws(JournalError) in
                for number in 1...2000 {
                    try database.write(.begin(StoreTests.run("run-number-\(number)")))
                }
            }
        }
        #expect(kind == .full)
        #expect(try SQLiteStore(folder: folder.path).runs(startingWith: "", limit: 1).isEmpty)
    }

    @Test func `a journal for reading refuses to write`() throws {
        let folder = TestFolder()
        _ = try SQLiteStore(folder: folder.path)
        let store = try SQLiteStore(folder: folder.path, isReadOnly: true)
        #expect(failure { try store.commit([.forget(before: 0)]) } == .notWritable)
    }

    @Test func `a journal that another process holds`() throws {
        let folder = TestFolder()
        let store = try SQLiteStore(folder: folder.path)
        let other = try Database(store.path, isReadOnly: false)
        try other.run("BEGIN IMMEDIATE")
        #expect(failure { try store.commit([.begin(StoreTests.run("r"))]) } == .locked)
        try other.run("ROLLBACK")
        try store.commit([.begin(StoreTests.run("r"))])
        #expect(try store.runs(startingWith: "", limit: 2).count == 1)
    }
}
