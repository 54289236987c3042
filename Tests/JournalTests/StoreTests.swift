import Support
import Testing

@testable import Journal

/// Both kinds of journal answer alike.
@Suite struct StoreTests {
    typealias Kind = StoreKind

    static func run(_ id: String, started: Int64 = 1000) -> RunRecord {
        RunRecord(
            identifier: id,
            started: started,
            script: "a.lua",
            arguments: ["one", "", "two words"],
            host: "here",
            process: 7
        )
    }

    static func operation(_ id: String, run: String, item: String = "i") -> OperationRecord {
        var record = OperationRecord(
            identifier: id,
            run: run,
            operation: "rollback",
            vcenter: "vc",
            user: "carl",
            intended: 10,
            deadline: 20
        )
        record.item = item
        record.version = "1"
        record.holder = "vm-1"
        record.message = "näher\0dran"
        record.attempts = 1
        record.namedBefore = ["vm-1", "vm-2"]
        record.purges = ["0"]
        record.connection = #"{"scheme":"http"}"#
        record.serverTime = 77
        return record
    }

    @Test(arguments: Kind.there) func `what is written is read back`(_ kind: Kind) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var run = Self.run("r1")
        let operation = Self.operation("o1", run: "r1")
        try store.commit([.begin(run), .intend(operation)])
        try store.commit([.begin(run), .end(run: "r1", ending: "exit 0", time: 5)])
        run.ended = 5
        run.ending = "exit 0"
        #expect(try store.runs(startingWith: "r", limit: 9) == [run])
        #expect(try store.operations(ofRun: "r1") == [operation])
        #expect(try store.operations(startingWith: "o1") == [operation])
        #expect(try store.operations(startingWith: "o%").isEmpty)
    }

    @Test(arguments: Kind.there) func `an operation is open until its outcome is known`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        let names = ["o1", "o2", "o3"]
        try store.commit(
            [.begin(Self.run("r"))] + names.map { .intend(Self.operation($0, run: "r")) }
        )
        try store.commit([
            .settle(operation: "o1", Settlement(.done, result: "3", time: 4)),
            .settle(operation: "o2", Settlement(.unknown, detail: "why", reply: "x", time: 4)),
            .attempt(operation: "o3", count: 2, deadline: 99, serverTime: 7),
        ])
        let open = try store.openOperations()
        #expect(open.map(\.identifier) == ["o2", "o3"])
        #expect(open.map(\.attempts) == [1, 2])
        #expect(open.map(\.detail) == ["why", nil])
        #expect(open.map(\.reply) == ["x", nil])
        #expect(open.map(\.serverTime) == [77, 7])
        #expect(try store.openOperations(vcenter: "vc").count == 2)
        #expect(try store.openOperations(vcenter: "vc", item: "i").count == 2)
        #expect(try store.openOperations(vcenter: "vc", item: "j").isEmpty)
    }

    @Test(arguments: Kind.there)
    func `what somebody looks at stays as whoever made it has settled it`(_ kind: Kind) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        let names = ["o1", "o2", "o3"]
        try store.commit(
            [.begin(Self.run("r"))] + names.map { .intend(Self.operation($0, run: "r")) }
        )
        try store.commit([
            .settle(operation: "o1", Settlement(.rejected, time: 4)),
            .settle(operation: "o2", Settlement(.unknown, time: 4)),
        ])
        try store.commit(
            names.map { .settle(operation: $0, Settlement(.conflict, time: 5), ifOpen: true) }
        )
        let found = try store.operations(ofRun: "r").map(\.outcome)
        #expect(found == [.rejected, .conflict, .conflict])
    }

    @Test(arguments: Kind.there) func `old runs are forgotten unless something is open`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        for (run, started) in [("old", 1), ("open", 2), ("new", 500)] as [(String, Int64)] {
            try store.commit([
                .begin(Self.run(run, started: started)),
                .intend(Self.operation("of-\(run)", run: run)),
            ])
        }
        try store.commit([
            .settle(operation: "of-old", Settlement(.done, time: 3)),
            .end(run: "old", ending: "exit 0", time: 4), .forget(before: 100),
        ])
        #expect(try store.runs(startingWith: "", limit: 9).map(\.identifier) == ["new", "open"])
        #expect(try store.operations(ofRun: "old").isEmpty)
    }

    @Test(arguments: [1, 2, 3, 5, 6, 7])
    func `a journal of an earlier vmoon is read, and brought up to date by the next change`(
        _ steps: Int
    ) throws {
        let folder = TestFolder()
        defer { _ = folder }
        let path = folder.path + "/journal.db"
        let old = try Database(path, isReadOnly: false)
        try old.run("PRAGMA journal_mode = WAL")
        try Schema.update(old, path, steps: steps)
        try old.run(
            """
            INSERT INTO run (id, started, script, arguments, host, process)
            VALUES ('r', 1, 's', '', 'h', 7)
            """
        )
        try old.run(
            """
            INSERT INTO operation (id, run, operation, vcenter, user, item, subject, intended,
                deadline, attempts, outcome, detail)
            VALUES ('o', 'r', 'rollback', 'vc', 'u', 'i', 's', 1, 2, 1, 'unknown', 'why')
            """
        )
        let reading = try SQLiteStore(folder: folder.path, isReadOnly: true)
        #expect(try reading.openOperations().map(\.detail) == ["why"])
        #expect(try reading.openOperations().map(\.connection) == [nil])
        let counted = ChangeCounts(unknown: 1)
        #expect(try reading.summaries(RunQuery()).map(\.changes) == [counted])
        #expect(try reading.summaries(RunQuery()).map(\.vcenters) == [["vc"]])
        let writing = try SQLiteStore(folder: folder.path)
        #expect(try reading.summaries(RunQuery()).map(\.changes) == [counted])
        #expect(try reading.summaries(RunQuery()).map(\.vcenters) == [["vc"]])
        #expect(try writing.openOperations().map(\.serverTime) == [nil])
        #expect(try reading.openOperations().map(\.reply) == [nil])
        // What was a sentence stays one, and what is written from now on is data.
        #expect(try reading.openOperations().map(\.detail) == ["why"])
        let detail = Detail(key: "not_seen", facts: ["3600", "", "x"])
        try writing.commit([
            .settle(operation: "o", Settlement(.unknown, detail: detail, time: 4))
        ])
        #expect(try reading.openOperations().map(\.detail) == [detail])
        let none = Detail(key: "by_hand", facts: [])
        try writing.commit([.settle(operation: "o", Settlement(.unknown, detail: none, time: 4))])
        #expect(try reading.openOperations().map(\.detail) == [none])
    }

    struct Age: Sendable, CustomTestStringConvertible {
        let name: String
        /// When runs began, oldest first, in days; the last one is the one that looks.
        let starts: [Int64]
        /// How many of the first of them are forgotten.
        let forgets: Int
        var testDescription: String { name }
    }

    static let ages: [Age] = [
        Age(name: "the first run", starts: [1000], forgets: 0),
        Age(name: "few runs, however old", starts: [1, 2, 3, 1000], forgets: 0),
        Age(name: "daily runs of half a year", starts: Array(0..<180), forgets: 0),
        Age(name: "daily runs of a year", starts: Array(0..<365), forgets: 365 - 100 - 90),
        Age(
            name: "one run in another century",
            starts: Array(0..<180) + [9000],
            forgets: 0
        ),
        Age(
            name: "a clock that is wrong for many runs",
            starts: Array(0..<180) + Array(9000..<9090),
            forgets: 80
        ),
        Age(
            name: "a clock that turns out to have been right",
            starts: Array(0..<180) + Array(9000..<9100),
            forgets: 180
        ),
        Age(name: "one run long ago", starts: Array(1000..<1365) + [1], forgets: 0),
        Age(
            name: "a clock that was ahead once",
            starts: [9000] + Array(0..<365),
            forgets: 0
        ),
    ]

    @Test(arguments: Kind.there, ages)
    func `a run is old by the clock of the runs around it`(_ kind: Kind, _ row: Age) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        let day: Int64 = 86_400_000
        let runs = row.starts.enumerated().map { "r\($0.offset)" }
        try store.commit(
            zip(runs, row.starts).map { .begin(Self.run($0, started: $1 * day)) }
                + [.retire(after: 90 * day)]
        )
        let kept = try store.runs(startingWith: "", limit: 9999).reversed().map(\.identifier)
        // Those of a clock that was ahead stay for as long as it was ahead.
        let expected = row.forgets == 0 ? runs : Array(runs.dropFirst(row.forgets))
        #expect(
            Array(kept)
                == (row.name.hasSuffix("ahead once") ? [runs[0]] + runs.dropFirst(176) : expected)
        )
    }

    @Test func `the file and what lies beside it are for their owner only`() throws {
        let folder = TestFolder()
        func modes() throws -> [String] {
            try ProgramRun.shell("stat -c '%a %n' journal.db*", in: folder).lines
        }
        let all = ["600 journal.db", "600 journal.db-shm", "600 journal.db-wal"]
        let first = try SQLiteStore(folder: folder.path)
        try first.commit([.begin(Self.run("r"))])
        #expect(try modes() == all)
        // As an older vmoon has left them.
        #expect(try ProgramRun.shell("chmod 644 journal.db*", in: folder).status == 0)
        let second = try SQLiteStore(folder: folder.path)
        try second.commit([.begin(Self.run("s"))])
        #expect(try modes() == all)
        #expect(try ProgramRun.shell("chmod 644 journal.db*", in: folder).status == 0)
        #expect(try SQLiteStore(folder: folder.path, isReadOnly: true).openOperations().isEmpty)
        #expect(try modes() == all)
        try first.commit([.begin(Self.run("t"))])
        #expect(try second.runs(startingWith: "", limit: 9).count == 3)
    }

    @Test(arguments: Kind.there)
    func `the newest run comes first although the clock was set back`(_ kind: Kind) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        try store.commit([.begin(Self.run("first", started: 900))])
        try store.commit([.begin(Self.run("second", started: 100))])
        #expect(try store.runs(startingWith: "", limit: 1).map(\.identifier) == ["second"])
    }

    @Test func `a journal that was left open is there for the next process`() throws {
        let folder = TestFolder()
        let first = try SQLiteStore(folder: folder.path)
        try first.commit([.begin(Self.run("r")), .intend(Self.operation("o", run: "r"))])
        let second = try SQLiteStore(folder: folder.path)
        #expect(try second.openOperations().map(\.identifier) == ["o"])
    }

    @Test func `a journal that another process is about to make holds nothing yet`() throws {
        let folder = TestFolder()
        try folder.write("", to: "journal.db")
        let reader = try SQLiteStore(folder: folder.path, isReadOnly: true)
        #expect(try reader.runs(startingWith: "", limit: 9).isEmpty)
        #expect(try reader.openOperations().isEmpty)
        let writer = try SQLiteStore(folder: folder.path)
        try writer.commit([.begin(Self.run("r"))])
        #expect(try reader.runs(startingWith: "", limit: 9).map(\.identifier) == ["r"])
    }
}
