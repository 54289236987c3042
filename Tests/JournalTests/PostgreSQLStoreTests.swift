import Glibc
import Support
import Testing

@testable import Journal

/// What only a journal in a database has.
@Suite(.enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLStoreTests {
    private func failure(_ body: () throws -> Void) -> JournalError? {
        do {
            try body()
            return nil
        } catch {
            return error as? JournalError
        }
    }

    @Test func `many vmoons that begin at once make one schema`() async throws {
        let address = try StoreKind.database()
        let versions = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let database = PostgreSQLConnection(address)
                    try PostgreSQLSchema.update(database)
                    return try PostgreSQLSchema.version(of: database)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions == Array(repeating: 1, count: 8))
    }

    @Test func `a schema of a later vmoon is refused before and during a run`() throws {
        let address = try StoreKind.database()
        let store = try PostgreSQLStore(address)
        let later = PostgreSQLConnection(address)
        try later.run("UPDATE vmoon.schema SET steps = 2")
        #expect(failure { _ = try PostgreSQLStore(address) }?.kind == .tooNew)
        #expect(failure { _ = try PostgreSQLStore(address, isReadOnly: true) }?.kind == .tooNew)
        try later.run(
            """
            CREATE OR REPLACE FUNCTION vmoon.commit(steps integer, groups jsonb) RETURNS text
            LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'VM001'; END $$
            """
        )
        let error = failure { try store.commit([.begin(StoreTests.run("r"))]) }
        #expect(error?.kind == .tooNew)
        #expect(error?.message.contains("a newer vmoon") == true)
    }

    @Test func `a database without a journal holds nothing, and reading makes none`() throws {
        let address = try StoreKind.database()
        let store = try PostgreSQLStore(address, isReadOnly: true)
        #expect(try store.openOperations().isEmpty)
        #expect(try store.summaries(RunQuery()).isEmpty)
        #expect(failure { try store.commit([.begin(StoreTests.run("r"))]) }?.kind == .notWritable)
        #expect(try PostgreSQLSchema.version(of: PostgreSQLConnection(address)) == 0)
    }

    @Test
    func `who reads is told that a database does not answer, and then that it cannot be reached`()
        throws
    {
        // A server that takes connections, and says nothing.
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        let folder = TestFolder()
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(from: "\(folder.path)/.s.PGSQL.5432".utf8)
        }
        let isThere = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        #expect(isThere && listen(listener, 8) == 0)
        var told = 0
        let journal = try JournalAddress("postgres://vmoon@/none?host=\(folder.path)")
        let connection = PostgreSQLConnection(journal, limit: 1_200, onWait: { told += 1 })
        let error = failure { try connection.connect() }
        #expect(told == 1)
        #expect(error?.kind == .away)
        #expect(error?.message.hasSuffix("cannot be reached: there was no answer in time") == true)
        // Where nobody is to be told, it is tried once.
        #expect(failure { try PostgreSQLConnection(journal, limit: 20).connect() }?.kind == .away)
        #expect(told == 1)
    }

    @Test func `a group that is written twice counts once`() throws {
        let store = try PostgreSQLStore(StoreKind.database())
        var step = StepRecord(run: "r", name: "s", began: 1)
        step.result = "[]"
        let writes: [JournalWrite] = [
            .begin(StoreTests.run("r")), .step(step), .intend(StoreTests.operation("o", run: "r")),
            .attempt(operation: "o", count: 2, deadline: 30, serverTime: nil),
            .settle(operation: "o", Settlement(.done, result: "2", time: 4)),
            .end(run: "r", ending: "exit 0", time: 5),
        ]
        try store.commit(writes)
        let once = try (store.operations(ofRun: "r"), store.steps(ofRun: "r"))
        try store.commit(writes)
        #expect(try store.operations(ofRun: "r") == once.0)
        #expect(try store.steps(ofRun: "r") == once.1)
        #expect(once.0.count == 1 && once.0[0].attempts == 2 && once.0[0].outcome == .done)
    }

    @Test func `a server that is not there is told without the password`() throws {
        let folder = TestFolder()
        let address = try JournalAddress(
            "postgres://carl:s3cr%65t@/x?host=\(folder.path)&sslpassword=other"
        )
        #expect("\(address)" == "postgres://carl@/x?host=\(folder.path)")
        let error = failure { _ = try PostgreSQLStore(address) }
        #expect(error?.kind == .away)
        let told = "\(error?.message ?? "") \(error?.hint ?? "")"
        for secret in ["s3cr", "other"] { #expect(!told.contains(secret)) }
        #expect(told.contains(folder.path))
    }

    @Test func `a claim that has gone to somebody else refuses its group alone`() throws {
        let address = try StoreKind.database()
        let store = try PostgreSQLStore(address)
        let database = PostgreSQLConnection(address)
        try database.run(
            """
            INSERT INTO vmoon.owner (id, run, host, process, expires)
            VALUES ('me', 'r', 'h', 1, clock_timestamp() - interval '1 hour')
            """
        )
        var epoch: Int64?
        try database.run("SELECT * FROM vmoon.claim('me', '{}', '{k}')") { epoch = $0.integer(1) }
        let claim = HeldClaim(owner: "me", key: "k", epoch: try #require(epoch))
        func write(_ number: Int, _ claim: HeldClaim?) throws -> [JournalError.Kind?] {
            let first = StoreTests.operation("\(number)", run: "r")
            let second = StoreTests.operation("\(number) free", run: "r")
            return try store.commit(groups: [
                [.begin(StoreTests.run("r")), .intend(first, under: claim)],
                [.begin(StoreTests.run("r")), .intend(second)],
            ]).map { $0?.kind }
        }
        // Its time is over, but nobody has taken anything from it.
        #expect(try write(1, claim) == [nil, nil])
        var other = claim
        other.epoch += 1
        #expect(try write(2, other) == [.lost, nil])
        try database.run(
            """
            INSERT INTO vmoon.owner (id, run, host, process, expires)
            VALUES ('other', 's', 'h', 1, clock_timestamp() + interval '1 hour')
            """
        )
        try database.run("SELECT vmoon.claim('other', '{}', '{z}')")
        #expect(try write(3, claim) == [.lost, nil])
        let known = try store.operations(ofRun: "r").map(\.identifier)
        #expect(known == ["1", "1 free", "2 free", "3 free"])
    }

    struct Text: Sendable {
        let text: String
        let shown: String?
    }

    static let addresses: [Text] = [
        Text(text: "postgres://db/vmoon", shown: "postgres://db/vmoon"),
        Text(
            text: "postgresql://u@h:5/d?sslmode=require",
            shown: "postgresql://u@h:5/d?sslmode=require"
        ),
        Text(text: "postgres://u:p@h/d", shown: "postgres://u@h/d"),
        Text(text: "postgres://u:p@q@h/d?a=b", shown: "postgres://u@h/d?a=b"),
        Text(
            text: "postgres://h/d?password=p&sslmode=x&pass%77ord=q",
            shown: "postgres://h/d?sslmode=x"
        ),
        Text(text: "mysql://h/d", shown: nil),
        Text(text: "postgres://h/d x", shown: nil),
    ]

    @Test(arguments: addresses) func `an address is shown without its passwords`(_ row: Text) {
        let address = try? JournalAddress(row.text)
        #expect(address?.description == row.shown)
        #expect(address?.holdsPassword == (row.shown.map { $0 != row.text }))
    }
}
