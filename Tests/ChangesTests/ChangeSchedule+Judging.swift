import Journal

@testable import Changes
@testable import VSphere

/// What is true of a verdict: the vCenter's own record says.
extension ChangeSchedule {
    private var ours: [(run: String, result: String?, asked: FakeVCenter.Asked)] {
        bench.applied.filter { $0.run == "ours" }
    }

    /// What was said must be what the journal has, and hold now.
    func judge(_ caller: FakeCaller) {
        let outcome = record?.outcome
        let kind = caller.error?.kind
        switch outcome {
        case nil:
            if record != nil { bench.fault("the journal has no verdict") }
            if caller.error == nil { bench.fault("done, and the journal does not know it") }
        case .done:
            if kind != nil { bench.fault("done in the journal, and \(kind?.rawValue ?? "") told") }
            if row.givesResult, caller.result != ours.last?.result {
                bench.fault("the result is \(caller.result ?? "nothing")")
            }
        case .unknown:
            if kind != .unknownOutcome { bench.fault("unknown, and something else is told") }
            if caller.left.count != 1 { bench.fault("unknown, and the run does not know it") }
        default: if kind == nil || kind == .unknownOutcome { bench.fault("refused, and not told") }
        }
    }

    /// Takes note of a verdict and looks whether it holds now.
    func note() {
        let place = bench.run
        guard let record, let outcome = record.outcome else { return }
        let last = said.last
        if let last, !last.isOpen, last != outcome { bench.fault("\(last) became \(outcome)") }
        said.append(outcome)
        switch outcome {
        case .done where last != .done && !holds(record):
            bench.fault("\(place): done, and it is not")
        default: judgeRefusal(place)
        }
    }

    private func judgeRefusal(_ place: String) {
        guard let outcome = record?.outcome, !ours.isEmpty, !isGoneAgain else { return }
        guard [.rejected, .notSent, .conflict, .notSeen].contains(outcome) else { return }
        bench.fault("\(place): \(outcome), and it happened")
    }

    /// Whether the change happened, or its purpose is reached.
    private func holds(_ record: OperationRecord) -> Bool {
        switch row {
        case .deleteCheckOut, .deleteVM, .deleteCheckedOutVM:
            bench.server.machines[row.vm ?? ""] == nil
        case .deleteVersion: bench.server.machines["vm-1"] == nil
        case .start, .stop, .suspend:
            !ours.isEmpty || bench.server.machines["vm-5"]?.power == row.power
        case .reset: !ours.isEmpty
        case .deleteItem: !bench.server.isItemThere
        default: ours.contains { $0.result == record.result }
        }
    }

    /// Whether what we made has been taken away, so that it leaves nothing to be seen.
    private var isGoneAgain: Bool {
        switch row {
        case .checkOut, .markedCheckOut:
            bench.server.checkOut.map { $0.vm != ours.last?.result } ?? true
        case .start, .stop, .suspend: bench.server.machines["vm-5"]?.power != row.power
        default: false
        }
    }

    /// What the run itself must know where nothing was in its way.
    func judgeLive() {
        guard isPlain else { return }
        let isKnown = record.map { !$0.isOpen } ?? true
        if ours.count == 1, row.isProvable, !isKnown, !isEnded {
            bench.fault("it happened, and the run does not know it")
        }
    }

    /// In the end nothing is double, nothing is false, and nothing is open that could be told.
    func judgeLast() {
        if ours.count > 1 { bench.fault("done \(ours.count) times") }
        if Set(bench.sent.filter { $0.run != "next" }.map(\.line)).count > 1 {
            bench.fault("sent again in other words")
        }
        judgeRefusal("the end")
        guard let record, isPlain, record.isOpen else { return }
        if row.isProvable || row == .checkOut && ours.isEmpty {
            bench.fault("it could be told, and is open")
        }
    }
}
