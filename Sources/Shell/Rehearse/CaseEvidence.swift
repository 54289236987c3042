internal import Journal
internal import Posix

/// The facts of one case when it is over: from the simulator's record, and what the run itself has told.
struct CaseEvidence: Sendable {
    /// One process of the case.
    struct Stage: Equatable, Sendable {
        enum Kind: String, Sendable {
            /// The script, with the fault.
            case run
            case resume
            case reconcile
            /// The script once more, without a fault, as its owner would run it the next time.
            case again = "run again"
        }

        var kind: Kind
        var ending: Ending
        /// The last line that it wrote.
        var message = ""
        /// The kind of the error that ended it; nil where the log tells of none.
        var errorKind: String?
    }

    /// A change as the journal tells it.
    struct Told: Equatable, Sendable {
        var identifier: String
        /// The vCenter as cases name it.
        var vcenter = ""
        var operation: String
        /// Its objects: item, version, machine.
        var subjects: [String] = []
        /// The name of what it makes.
        var name: String?
        var outcome: OperationRecord.Outcome?

        var isOpen: Bool { outcome?.isOpen ?? true }
        var isDone: Bool { outcome == .done || outcome == .resolvedDone }
    }

    /// Nil for the run without a fault.
    var point: RehearsalCase?
    var stages: [Stage] = []
    /// All requests of all stages.
    var requests: [SeenRequest] = []
    /// How many sessions were open when everything had ended.
    var sessionsLeft = 0
    /// The operations of the journal in the end.
    var told: [Told] = []
    /// How many changes were open in the journal when the first stage had ended.
    var openAfterRun = 0
    var stateAfterRun: TwinState?
    /// Whether everything was as before the first stage when it was last resumed.
    var isAsBefore = false
    var state = TwinState()
    /// Whether the run has noted that it is killed.
    var isKillNoted = false
    /// The words of the writes to the journal, by commit, of the first stage.
    var writes: [[String]] = []
    /// Whether the first stage has left something to be continued.
    var canResume = false
    /// Why the case could not be tried.
    var problem: String?

    /// How it ended, in words: `69, resume 0`.
    var summary: String {
        stages.map { stage in
            let words = stage.ending.shortText
            return stage.kind == .run ? words : "\(stage.kind.rawValue) \(words)"
        }
        .joined(separator: ", ")
    }
}

extension Ending {
    /// `0`, `signal 9`, `did not end`.
    var shortText: String {
        switch self {
        case .exited(let code): "\(code)"
        case .signalled(let number): "signal \(number)"
        case .timedOut, .outputTooLarge, .cancelled: "did not end"
        }
    }

    /// The exit code; nil for one that ended otherwise.
    var code: Int32? { if case .exited(let code) = self { code } else { nil } }
}

extension CaseEvidence.Told {
    /// Reads a record of the journal.
    init(_ record: OperationRecord, at vcenter: String) {
        identifier = record.identifier
        self.vcenter = vcenter
        operation = record.operation
        subjects = [record.item, record.version ?? "", record.vm ?? ""].filter { !$0.isEmpty }
        name = record.name
        outcome = record.outcome
    }
}

/// Decides what comes after a stage, as an operator would go on.
enum CaseCourse {
    /// The stage that follows.
    /// - Parameters:
    ///   - evidence: What is known so far.
    ///   - expected: How the run without faults ended.
    /// - Returns: Nil when the case is over.
    static func next(
        after evidence: CaseEvidence,
        expected: Ending
    ) -> CaseEvidence.Stage.Kind? {
        guard let first = evidence.stages.first, let last = evidence.stages.last else {
            return .run
        }
        let isOpen = evidence.told.contains(where: \.isOpen)
        switch last.kind {
        case .run where last.ending == expected: return isOpen ? .reconcile : nil
        case .run where evidence.canResume: return .resume
        case .run where isOpen: return .reconcile
        case .run: return mayRunAgain(first.ending) ? .again : nil
        case .resume:
            if last.ending == expected { return isOpen ? .reconcile : nil }
            let count = evidence.stages.count { $0.kind == .resume }
            guard mayRunAgain(last.ending) else { return nil }
            if count < 2 { return .resume }
            // A script may have given everything back, and ask for a new start; else what its steps have done would be
            // done again.
            return evidence.isAsBefore && !isOpen ? .again : nil
        case .reconcile:
            guard first.ending != expected, evidence.stages.count == 2, !isOpen else { return nil }
            return mayRunAgain(first.ending) ? .again : nil
        case .again: return isOpen ? .reconcile : nil
        }
    }

    /// Whether an end asks for another try, once the doubts are settled: a kill, and the codes that say so.
    static func mayRunAgain(_ ending: Ending) -> Bool {
        switch ending {
        case .exited(let code): [69, 75, 80, 124].contains(code)
        case .signalled: true
        default: false
        }
    }
}
