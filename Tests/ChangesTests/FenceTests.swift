import Buffers
import Journal
import Testing
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// A process that was stopped for so long that another one may have taken over.
@Suite struct FenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// What the journal says when it is asked; nil for "nobody has".
        let answer: VSphereError?
        let kind: ErrorKind?
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "nobody has taken over", answer: nil, kind: nil),
        Row(
            name: "somebody has",
            answer: VSphereError(JournalError(.lost, "another run has taken over")),
            kind: .conflict
        ),
        Row(
            name: "nobody can say",
            answer: VSphereError(JournalError(.away, "the database is away")),
            kind: .journal
        ),
    ]

    private func play(
        _ row: ChangeRow,
        _ answer: VSphereError?
    ) throws -> (ChangeBench, FakeCaller) {
        let bench = ChangeBench()
        row.prepare(&bench.server)
        bench.onChange = { [unowned bench] asked, sent in
            bench.check(asked)
            bench.exchange.end(sent.number, with: .success(bench.reply(to: asked, of: bench.run)))
        }
        // Stopped between the commit of the intent and the sending.
        bench.isCertain = false
        bench.confirmation = answer
        let (changes, vcenter) = bench.makeRun("ours")
        #expect(changes.begin() == nil)
        let caller = FakeCaller()
        let arguments = ValueBuffer()
        row.arguments(into: arguments, version: "1")
        let call = try Call(row.operation, arguments.values)
        Change(call, arguments.values, at: vcenter, in: changes, for: caller).start()
        // A caller that can find its version by its mark is told before the outcome is on the disk.
        bench.pump {
            caller.isOver && (try? bench.store.openOperations().isEmpty) == true
        }
        return (bench, caller)
    }

    @Test(arguments: rows, [ChangeRow.rollback, .markedCheckOut, .start, .deleteVM])
    func `a change is sent only if nobody has taken over, and its record says so`(
        _ row: Row,
        _ change: ChangeRow
    ) throws {
        let (bench, caller) = try play(change, row.answer)
        #expect(bench.asked == 1)
        #expect(bench.sent.isEmpty == (row.answer != nil))
        #expect(caller.error?.kind == row.kind)
        #expect(caller.left.isEmpty)
        let record = try bench.store.operations(ofRun: "ours").first
        #expect(record?.outcome == (row.answer == nil ? .done : .notSent))
        #expect(bench.faults == [])
    }

    @Test func `a request that did not get its connection in time is sent only after asking again`()
        throws
    {
        let bench = ChangeBench()
        ChangeRow.rollback.prepare(&bench.server)
        bench.certainUntil = .seconds(77)
        // Owners are in a database only.
        bench.fence = bench.store is MemoryStore ? HeldClaim(owner: "we", key: "", epoch: 0) : nil
        bench.onChange = { [unowned bench] asked, sent in
            if bench.fence != nil {
                #expect(sent.request.sendingDeadline == bench.certainUntil)
            }
            guard bench.asked > 0 else {
                bench.isCertain = false
                let error = TransportError(.timeout, "not sent", mayHaveBeenSent: false)
                return bench.exchange.end(sent.number, with: .failure(error))
            }
            bench.exchange.end(sent.number, with: .success(bench.reply(to: asked, of: bench.run)))
        }
        let (changes, vcenter) = bench.makeRun("ours")
        #expect(changes.begin() == nil)
        let caller = FakeCaller()
        let arguments = ValueBuffer()
        ChangeRow.rollback.arguments(into: arguments, version: "1")
        let call = try Call(ChangeRow.rollback.operation, arguments.values)
        Change(call, arguments.values, at: vcenter, in: changes, for: caller).start()
        bench.pump { caller.isOver }
        #expect(bench.asked == 1 && caller.error == nil)
        #expect(bench.applied.count == 1)
    }

    @Test func `a request that is about to be given to the transport is held back as well`() throws
    {
        let bench = ChangeBench()
        ChangeRow.rollback.prepare(&bench.server)
        let (changes, vcenter) = bench.makeRun("ours")
        #expect(changes.begin() == nil)
        vcenter.mayChange = { VSphereError(.conflict, "not sent") }
        let arguments = ValueBuffer()
        ChangeRow.rollback.arguments(into: arguments, version: "1")
        let call = try Call(ChangeRow.rollback.operation, arguments.values)
        let caller = FakeCaller()
        Change(call, arguments.values, at: vcenter, in: changes, for: caller).start()
        bench.pump { caller.isOver }
        #expect(bench.sent.isEmpty)
        #expect(caller.error?.kind == .conflict)
        #expect(try bench.store.operations(ofRun: "ours").first?.outcome == .notSent)
    }
}
