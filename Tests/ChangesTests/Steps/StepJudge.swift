import Journal

@testable import Changes
@testable import VSphere

/// Judges the runs of a script by the vCenter's own record, and by what the script was told.
struct StepJudge {
    private let script: StepScript
    private let bench: ChangeBench
    private var run = ""
    /// Items whose steps need not come to their end: others were at work there, or the script has gone on without
    /// something.
    private(set) var excused: Set<Int>
    var hadFullDisk = false
    /// The last answer that each step got at each of its places.
    private var tellings: [String: [Int: StepPlayer.Telling]] = [:]
    private var given: [String: String] = [:]
    private(set) var results: [String: String] = [:]
    /// The change that each step waits for.
    private var asking: [String: (place: Int, key: String)] = [:]
    /// All that was ever asked for, by its place.
    private var everAsked: [String: [Int: String]] = [:]
    /// The refusal that each step must get now, since it was one before, and something was done after it.
    private var expected: [String: VSphereError] = [:]
    /// Steps that may change nothing more in this run.
    private var stopped: Set<String> = []
    /// The refusals that were repeated, and the doubts that were told.
    private(set) var repeated = 0
    private(set) var doubts = 0
    /// The changes that count as lost and are left to a person.
    private(set) var givenUp = 0

    init(_ script: StepScript, _ bench: ChangeBench) {
        self.script = script
        self.bench = bench
        excused = script.shared
    }

    mutating func excuse(item: Int) { excused.insert(item) }

    /// Tells, as a person would find out, whether a change that counts as lost was made.
    mutating func wasMade(_ record: OperationRecord, among all: [OperationRecord]) -> Bool {
        givenUp += 1
        let key = everAsked[record.step ?? ""]?[record.place ?? 0] ?? ""
        guard record.name == nil else { return bench.applied.contains { record.isOf($0.asked) } }
        // Nothing marks the power of a machine: it was switched as often as that is known, or once more.
        let known = all.count { $0.isDone && everAsked[$0.step ?? ""]?[$0.place ?? 0] == key }
        return applied(key).count > known
    }

    mutating func begins(run: String) {
        self.run = run
        asking = [:]
        stopped = []
    }

    /// Nothing is known of a run that died before it was in the journal.
    mutating func forgetGiven() { given = [:] }

    mutating func began(_ step: StepScript.Step) {
        if results[step.name] != nil { bench.fault("a step that was done is run again") }
    }

    mutating func asks(_ step: StepScript.Step, _ place: Int, _ key: String) {
        asking[step.name] = (place, key)
        everAsked[step.name, default: [:]][place] = key
        let later = (tellings[step.name] ?? [:]).filter { $0.key > place }
        // What left nothing behind is forgotten, and another change may stand at its place then.
        let old = tellings[step.name]?[place].flatMap { $0.key == key ? $0.error : nil }
        // The attempts of one move have one key: that it was applied does not tell which of them it was.
        let isFollowed = later.values.contains { telling in
            let mayBeDone =
                telling.error.map { $0.outcome == .unknown && telling.key != key } ?? true
            return mayBeDone && !applied(telling.key).isEmpty
        }
        expected[step.name] = isFollowed ? old : nil
    }

    // MARK: While it runs

    /// Checks the rules that must hold when a change is sent.
    mutating func sent(_ asked: FakeVCenter.Asked, in run: String) {
        let askers = asking.filter { $0.value.key == asked.key }
        if askers.isEmpty { bench.fault("sent, and nobody asked for it") }
        let open = (try? bench.store.openOperations()) ?? []
        let record = open.last { record in
            // What an earlier run has left open is sent again as one more attempt of that operation.
            let isKnown = record.run == run ? record.outcome == nil : record.attempts > 1
            return isKnown && record.isOf(asked)
                && askers.contains { $0.key == record.step && $0.value.place == record.place }
        }
        guard let record else {
            return bench.fault("sent before the intent was on the disk: \(asked.key)")
        }
        if stopped.contains(record.step ?? "") {
            bench.fault("a step with a doubt changes something")
        }
        if record.intent?.kind.scope == .item, record.operation != "deleteVM",
            !bench.held.contains(record.item)
        {
            bench.fault("sent without a claim")
        }
    }

    mutating func told(_ step: StepScript.Step, _ telling: StepPlayer.Telling) {
        if asking[step.name] == nil { bench.fault("told what nobody waits for any more") }
        asking[step.name] = nil
        // Whoever stops looking says nothing about what was done.
        if telling.error?.kind == .cancelled, telling.error?.outcome == .unknown {
            stopped.insert(step.name)
            return
        }
        let before = tellings[step.name]?[telling.place]
        compare(telling, before, in: step)
        tellings[step.name, default: [:]][telling.place] = telling
        guard let error = telling.error else { return judgeDone(step, telling) }
        if error.outcome == .unknown { doubts += 1 }
        if error.outcome == .unknown || error.kind == .diverged { stopped.insert(step.name) }
        if error.kind == .diverged, !isFickle(step), !isExcused(step) {
            bench.fault("diverged: \(error.message)")
        }
    }

    private func judgeDone(_ step: StepScript.Step, _ telling: StepPlayer.Telling) {
        let mine = applied(telling.key)
        let isDone =
            telling.result.map { result in mine.contains { $0 == result } } ?? !mine.isEmpty
        // What is gone is gone, whoever did that.
        guard !isDone, telling.result != nil || !isExcused(step) else { return }
        bench.fault("done is told, and it is not: \(telling.key)")
    }

    private mutating func compare(
        _ telling: StepPlayer.Telling,
        _ before: StepPlayer.Telling?,
        in step: StepScript.Step
    ) {
        guard let before, !isExcused(step) || before.error == nil, !isFickle(step) else { return }
        guard let old = before.error else {
            if telling.error?.outcome == .unknown, isExcused(step) {
                // A verdict with a mark is told before it is on the disk; others have covered the tracks since.
            } else if telling.error != nil {
                bench.fault("what was done is told as \(telling.error?.kind.rawValue ?? "")")
            } else if telling.result != before.result {
                bench.fault("what was done gives another result")
            }
            return
        }
        guard expected[step.name] != nil, old.outcome != .unknown, old.kind != .diverged,
            !hadFullDisk
        else { return }
        if let new = telling.error, new.isSameForScript(as: old) {
            repeated += 1
        } else {
            bench.fault(
                "refused before: \(old.description), and now \(telling.error?.description ?? "done")"
            )
        }
    }

    mutating func gave(_ step: StepScript.Step, _ what: String, _ value: String) {
        let key = "\(step.name) \(what)"
        if let before = given[key], before != value { bench.fault("another \(what) than before") }
        given[key] = value
    }

    mutating func kept(_ step: StepScript.Step, _ results: String, isNew: Bool) {
        if isNew, stopped.contains(step.name) { bench.fault("a step with a doubt is kept") }
        if let before = self.results[step.name], before != results {
            bench.fault("another result of a step than before")
        }
        self.results[step.name] = results
    }

    // MARK: In the end

    mutating func judgeLast(isDone: Bool, like unbroken: StepJudge, hadTrouble: Bool) {
        for (key, count) in wanted(most: true) where applied(key).count > count {
            bench.fault("done \(applied(key).count) times: \(key)")
        }
        for step in script.steps where !isExcused(step) && !isFickle(step) {
            guard let result = results[step.name] else {
                // A later step of a lane waits for one that cannot end.
                if isReached(step) { bench.fault("not done in the end: \(step.name)") }
                continue
            }
            if let expected = unbroken.results[step.name], result != expected {
                bench.fault(
                    "another result: \(result) in place of \(expected)"
                )
            }
        }
        for (key, count) in wanted(most: false) where applied(key).count < count {
            bench.fault("lost: \(key)")
        }
        if excused.isEmpty, !script.steps.contains(where: isFickle) {
            if !isDone { bench.fault("the script does not end") }
            let (ours, theirs) = (counts, unbroken.counts)
            if ours != theirs { bench.fault("the vCenter was asked for something else") }
        }
    }

    /// How many times what was asked for may have happened at most, or must have at least, by the key of the request.
    private func wanted(most: Bool) -> [String: Int] {
        var counts: [String: Int] = [:]
        for step in script.steps {
            let told = tellings[step.name] ?? [:]
            if most {
                let keys = (everAsked[step.name] ?? [:]).values
                // The attempts of one move have one key, and one of them may succeed; what names a machine alone may be
                // asked for by several moves.
                for key in Set(keys) {
                    counts[key, default: 0] += key.contains(" ") ? keys.count { $0 == key } : 1
                }
            } else if !isExcused(step) {
                for telling in told.values where telling.error == nil {
                    counts[telling.key, default: 0] += 1
                }
            }
        }
        return counts
    }

    private var counts: [String: Int] {
        bench.applied.reduce(into: [:]) { $0[$1.asked.key, default: 0] += 1 }
    }

    private func applied(_ key: String) -> [String?] {
        bench.applied.filter { $0.asked.key == key }.map(\.result)
    }

    private func isExcused(_ step: StepScript.Step) -> Bool { excused.contains(step.item) }

    private func isFickle(_ step: StepScript.Step) -> Bool {
        step.moves.contains { $0.action == .rollbackToRead }
    }

    /// Whether nothing that may fail is before it, on its item or at all.
    private func isReached(_ step: StepScript.Step) -> Bool {
        let before = script.steps.prefix { $0.name != step.name }
        return !before.contains { other in
            (isExcused(other) || isFickle(other)) && results[other.name] == nil
                && (other.item == step.item || script.stopsAtError)
        }
    }
}

extension OperationRecord {
    /// Whether a request is one of it.
    fileprivate func isOf(_ asked: FakeVCenter.Asked) -> Bool {
        if let message = asked.message { return OperationToken.isMarked(message, by: identifier) }
        if let name = asked.name { return OperationToken.isMarked(name: name, by: identifier) }
        return vm.map { vm in asked.line.contains { $0 == vm } } ?? false
    }
}

extension VSphereError {
    /// Whether a script cannot tell them apart.
    func isSameForScript(as other: VSphereError) -> Bool {
        kind == other.kind && message == other.message && status == other.status
            && outcome == other.outcome && hint == other.hint
            && description == other.description
    }
}
