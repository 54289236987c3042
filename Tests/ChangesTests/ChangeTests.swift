import Buffers
import Journal
import Testing
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// Single changes in process: what `ChangeScheduleTests` does not choose, and faults that were found.
@Suite struct ChangeTests {
    /// Starts changes in one run.
    private func start(
        _ rows: [ChangeRow],
        on bench: ChangeBench,
        in run: String = "ours",
        ifLatest: String? = nil
    ) throws -> [FakeCaller] {
        let (changes, vcenter) = bench.makeRun(run)
        #expect(changes.begin() == nil)
        return try rows.map {
            try start($0, at: vcenter, in: changes, ifLatest: ifLatest)
        }
    }

    private func start(
        _ row: ChangeRow,
        at vcenter: VCenter,
        in changes: RunChanges,
        version: String = "1",
        ifLatest: String? = nil
    ) throws -> FakeCaller {
        let caller = FakeCaller()
        let arguments = ValueBuffer()
        row.arguments(into: arguments, version: version)
        let call = try Call(row.operation, arguments.values)
        let values = arguments.values
        Change(call, values, at: vcenter, in: changes, ifLatest: ifLatest, for: caller).start()
        return caller
    }

    /// A bench whose requests that change something are carried out, and answered or not.
    private func bench(_ row: ChangeRow, isAnswered: Bool = true) -> ChangeBench {
        let bench = ChangeBench()
        row.prepare(&bench.server)
        bench.onChange = { [unowned bench] asked, sent in
            bench.check(asked)
            let answer = bench.reply(to: asked, of: bench.run)
            let lost = TransportError(.broken, "no luck", mayHaveBeenSent: true)
            bench.exchange.end(sent.number, with: isAnswered ? .success(answer) : .failure(lost))
        }
        return bench
    }

    private func outcomes(_ bench: ChangeBench) throws -> [OperationRecord.Outcome?] {
        try bench.store.operations(ofRun: "ours").map(\.outcome)
    }

    @Test func `changes of one item follow one another, in the order they were asked for`() throws {
        let bench = bench(.rollback)
        let callers = try start([.rollback, .markedCheckOut, .deleteCheckOut], on: bench)
        bench.pump { callers.allSatisfy(\.isOver) }
        #expect(bench.sent.map { $0.line.hasPrefix("DELETE") } == [false, false, true])
        #expect(callers.map { $0.error?.kind } == [nil, nil, nil])
        #expect(bench.applied.map(\.result) == ["3", "vm-11", nil])
        #expect(bench.faults == [])
    }

    @Test func `a doubt does not take the place of what another process has found out`() throws {
        let bench = bench(.start)
        bench.onChange = { [unowned bench] _, sent in
            let open = (try? bench.store.openOperations()) ?? []
            let found = Settlement(.done, time: 1)
            try? bench.store.commit(
                open.map { .settle(operation: $0.identifier, found, ifOpen: true) }
            )
            let lost = TransportError(.broken, "no luck", mayHaveBeenSent: true)
            bench.exchange.end(sent.number, with: .failure(lost))
        }
        let callers = try start([.start], on: bench)
        bench.pump { callers[0].isOver }
        #expect(callers[0].error?.kind == .unknownOutcome)
        #expect(try outcomes(bench) == [.done])
    }

    @Test(arguments: ChangeRow.allCases)
    func `nothing is sent where the journal cannot be written`(_ row: ChangeRow) throws {
        let bench = bench(row)
        bench.onDisk = { _, _ in .isFull }
        let callers = try start([row], on: bench)
        bench.pump { callers[0].isOver }
        #expect(callers[0].error?.kind == .journal)
        #expect(bench.sent.isEmpty)
        #expect(bench.held.isEmpty)
    }

    /// A disk may be full, or a journal locked, for a moment only.
    @Test(arguments: [
        [ChangeRow.rollback, .markedCheckOut], [.deleteVM, .start], [.reset, .deleteVM],
    ])
    func `a doubt that could not be recorded keeps off what comes next in the run`(
        _ rows: [ChangeRow]
    ) throws {
        let bench = bench(rows[0])
        bench.onDisk = { writes, write in
            if writes.contains(where: { if case .settle = $0 { true } else { false } }) {
                return .isFull
            }
            write()
            return .goesOn
        }
        bench.onChange = { [unowned bench] _, sent in
            let lost = TransportError(.broken, "no luck", mayHaveBeenSent: true)
            bench.exchange.end(sent.number, with: .failure(lost))
        }
        let (changes, vcenter) = bench.makeRun("ours")
        #expect(changes.begin() == nil)
        let first = try start(rows[0], at: vcenter, in: changes)
        bench.pump { first.isOver }
        #expect(first.error?.kind == .unknownOutcome)
        let count = bench.sent.count
        let next = try start(rows[1], at: vcenter, in: changes)
        bench.pump { next.isOver }
        #expect(next.error?.message.hasPrefix("not sent: an earlier") == true)
        #expect(bench.sent.count == count)
    }

    @Test func `a second request that cannot be recorded is not sent`() throws {
        let bench = bench(.rollback)
        bench.onChange = { [unowned bench] _, sent in
            bench.onDisk = { _, _ in .isFull }
            let lost = TransportError(.broken, "no luck", mayHaveBeenSent: true)
            bench.exchange.end(sent.number, with: .failure(lost))
        }
        let callers = try start([.rollback], on: bench)
        bench.pump { callers[0].isOver }
        #expect(callers[0].error?.kind == .unknownOutcome)
        #expect(bench.sent.count == 1)
    }

    @Test func `a version that is not the latest any more keeps a change from being sent`() throws {
        let bench = bench(.rollback)
        let callers = try start([.rollback], on: bench, ifLatest: "1")
        bench.pump { callers[0].isOver }
        #expect(callers[0].error?.kind == .conflict)
        #expect(bench.sent.isEmpty)
        #expect(bench.held.isEmpty)
    }

    /// What a marked message proves is told at once; of anything else the disk knows first: the next process could
    /// not tell it from a request that is on its way.
    @Test(arguments: ChangeRow.allCases)
    func `a verdict is told when the disk has it, but where its mark is found again`(
        _ row: ChangeRow
    ) throws {
        let bench = bench(row)
        var isTold = false
        var wasTold: Bool?
        bench.onDisk = { writes, write in
            write()
            if writes.contains(where: { if case .settle = $0 { true } else { false } }) {
                wasTold = isTold
            }
            return .goesOn
        }
        let callers = try start([row], on: bench)
        bench.pump {
            isTold = callers[0].isOver
            return isTold && wasTold != nil
        }
        #expect(callers[0].error == nil)
        #expect(wasTold == (row == .rollback || row == .checkIn))
        #expect(try outcomes(bench) == [.done])
    }

    /// Each fdatasync holds up the intents behind it.
    @Test func `a verdict nobody waits for is written with the next intent, not alone`() throws {
        let bench = bench(.rollback)
        var batches = 0
        bench.onDisk = { _, write in
            batches += 1
            write()
            return .goesOn
        }
        let (changes, vcenter) = bench.makeRun("ours")
        #expect(changes.begin() == nil)
        for version in 1...4 {
            let caller = try start(.rollback, at: vcenter, in: changes, version: "\(version)")
            bench.pump { caller.isOver }
            #expect(caller.error == nil)
            bench.pass(.milliseconds(20))
        }
        bench.pass(.milliseconds(40))
        #expect(try outcomes(bench) == [.done, .done, .done, .done])
        // Four intents, and the last verdict.
        #expect(batches == 5)
    }

    /// 6.7 keeps no history; something on the way had sent the request twice, and passed on the second answer.
    @Test(arguments: [ChangeRow.rollback, .checkIn, .deleteCheckOut])
    func `a refusal is not believed where what it named is gone and no history says why`(
        _ row: ChangeRow
    ) throws {
        let bench = bench(row)
        bench.onRead = { [unowned bench] asked in
            asked.line.last == "changes" ? bench.answer(404, "") : nil
        }
        bench.onChange = { [unowned bench] asked, sent in
            bench.arrive(asked, of: "ours")
            bench.exchange.end(sent.number, with: .success(bench.reply(to: asked, of: "ours")))
        }
        let callers = try start([row], on: bench)
        bench.pump { callers[0].isOver }
        #expect(bench.applied.count == 1)
        #expect(callers[0].error?.kind == .unknownOutcome)
        #expect(try outcomes(bench) == [.unknown])
    }

    @Test(arguments: [("7", ErrorKind.notFound), ("2", .invalidArgument)])
    func `a refusal of what was never there to be used is a refusal, history or not`(
        _ version: String,
        _ kind: ErrorKind
    ) throws {
        let bench = bench(.rollback)
        bench.onRead = { [unowned bench] asked in
            asked.line.last == "changes" ? bench.answer(404, "") : nil
        }
        let (changes, vcenter) = bench.makeRun("ours")
        #expect(changes.begin() == nil)
        let caller = try start(.rollback, at: vcenter, in: changes, version: version)
        bench.pump { caller.isOver }
        #expect(caller.error?.kind == kind)
        #expect(try outcomes(bench) == [.rejected])
    }

    /// The late deletion would have taken the new version with it.
    @Test func `an open deletion of an item keeps changes off it`() throws {
        let bench = bench(.deleteItem)
        bench.onChange = { [unowned bench] _, sent in
            let lost = TransportError(.broken, "no luck", mayHaveBeenSent: true)
            bench.exchange.end(sent.number, with: .failure(lost))
        }
        let first = try start([.deleteItem], on: bench)
        bench.pump { first[0].isOver }
        #expect(first[0].error?.kind == .unknownOutcome)
        let next = try start([.rollback], on: bench, in: "next")
        bench.pump { next[0].isOver }
        #expect(next[0].error?.message.hasPrefix("not sent: an earlier deleteItem") == true)
        #expect(!bench.sent.contains { $0.run == "next" })
    }

    /// Without it nobody could ever give the change up for lost.
    @Test(arguments: [ChangeRow.markedDeploy, .markedCreateTemplate, .deploy, .rollback])
    func `the first change of a run knows the server's time`(_ row: ChangeRow) throws {
        let bench = bench(row, isAnswered: false)
        _ = try start([row], on: bench)
        bench.pump { !bench.sent.isEmpty }
        let record = try #require(try bench.store.operations(ofRun: "ours").first)
        #expect(record.serverTime != nil)
    }
}
