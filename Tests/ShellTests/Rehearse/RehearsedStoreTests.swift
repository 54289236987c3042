import Journal
import Posix
import Support
import Synchronization
import Testing

@testable import Shell

/// The journal of a rehearsed run: its points, and the kill at one of them.
struct RehearsedStoreTests {
    private let folder = TestFolder()

    /// A store that is killed at a point, and the ends that it has asked for.
    private func store(kill: KillPoint? = nil) throws -> (RehearsedStore, ends: EndLog) {
        let ends = EndLog()
        var world = FakeWorld().world()
        let text = RehearsedRun.text(
            simulators: [:],
            kill: kill,
            folder: folder.path,
            passed: .zero
        )
        world.rehearsal = try RehearsedRun(text)
        world.openGrowingFile = { path throws(PosixError) in try AppendOnlyFile(path) }
        world.end = { ends.add($0) }
        return (RehearsedStore(try SQLiteStore(folder: folder.path), world), ends)
    }

    private final class EndLog: Sendable {
        private let list = Mutex([World.Ending]())
        func add(_ ending: World.Ending) { list.withLock { $0.append(ending) } }
        var count: Int { list.withLock { $0.count } }
    }

    private func lines() throws -> [String] {
        let bytes = try File.read("\(folder.path)/\(RehearsedRun.writesFile)", limit: 4096).bytes
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private let begin = JournalWrite.begin(
        RunRecord(
            identifier: "r",
            started: 1,
            script: "a.lua",
            arguments: [],
            host: "here",
            process: 7
        )
    )

    private func intend(_ id: String) -> JournalWrite {
        .intend(
            OperationRecord(
                identifier: id,
                run: "r",
                operation: "rollback",
                vcenter: "vc",
                user: "u",
                intended: 1,
                deadline: 2
            )
        )
    }

    private func settle(_ id: String) -> JournalWrite {
        .settle(operation: id, Settlement(.done, time: 3))
    }

    @Test func `what is written again until the disk has taken it is one point`() throws {
        let (store, _) = try store()
        let recipe = JournalWrite.recipe(run: "r", "{}")
        try store.commit([begin, recipe, .retire(after: 0)])
        // Two changes that asked at once both bring it along; one that brings nothing else has no line.
        try store.commit([begin, recipe, intend("a")])
        try store.commit([begin, .retire(after: 0)])
        try store.commit([begin, intend("b"), settle("a")])
        #expect(
            try lines() == ["begin recipe retire", "intend_rollback", "intend_rollback settle"]
        )
    }

    @Test(arguments: KillPoint.Side.allCases)
    func `the run is killed at the write of that number, on that side of it`(
        _ side: KillPoint.Side
    ) throws {
        let (store, ends) = try store(kill: KillPoint(word: "settle", number: 2, side: side))
        try store.commit([begin, intend("a"), intend("b")])
        try store.commit([settle("a")])
        #expect(ends.count == 0)
        try store.commit([settle("b")])
        #expect(ends.count == 1)
        let killed = "killed \(side.rawValue)"
        let last = side == .before ? [killed, "settle"] : ["settle", killed]
        #expect(try lines() == ["begin intend_rollback intend_rollback", "settle"] + last)
    }

    /// Whether the outcome of a change and the end of the run come together is chance.
    @Test func `what comes together by chance is written one after the other`() throws {
        let (store, ends) = try store(kill: KillPoint(word: "settle", number: 1, side: .after))
        try store.commit([begin, intend("a")])
        let end = JournalWrite.end(run: "r", ending: "0", time: 4)
        #expect(try store.commit(groups: [[settle("a")], [end]]) == [nil, nil])
        #expect(ends.count == 1)
        #expect(try lines() == ["begin intend_rollback", "settle", "killed after", "end"])
    }

    @Test
    func `random numbers of steps are the same in every case, and runs of one case are told apart`()
        throws
    {
        func run(_ seed: UInt64, _ stage: Int) throws -> String {
            try RehearsedRun(
                RehearsedRun.text(
                    simulators: [:],
                    kill: nil,
                    folder: "/",
                    passed: .zero,
                    seed: seed,
                    stage: stage
                )
            ).identifier
        }
        #expect(try run(7, 0) == run(7, 0))
        #expect(try Set([run(7, 0), run(7, 1), run(8, 0)]).count == 3)
    }
}
