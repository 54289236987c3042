import Buffers
import JSON

@testable import Changes
@testable import VSphere

/// One run of a script with steps: what the Lua functions do, without Lua.
final class StepPlayer {
    /// The events that the judge is told.
    struct Witness {
        /// Called where the process may die; false if it does.
        var passes: (String) -> Bool
        var began: (StepScript.Step) -> Void
        var asks: (StepScript.Step, _ place: Int, _ key: String) -> Void
        var told: (StepScript.Step, Telling) -> Void
        var gave: (StepScript.Step, _ what: String, _ value: String) -> Void
        var kept: (StepScript.Step, _ results: String, _ isNew: Bool) -> Void
        var spoiled: (StepScript.Step) -> Void
    }

    /// The verdict on a change, as the script gets it.
    struct Telling {
        let place: Int
        let key: String
        let result: String?
        let error: VSphereError?
    }

    private struct Running {
        let step: StepScript.Step
        let number: UInt32
        var memory: StepMemory
        var asked = 0
        var given = 0
        let ended: (String?) -> Void
    }

    private let script: StepScript
    private let changes: RunChanges
    private let vcenter: VCenter
    private let run: Int
    private let witness: Witness
    private(set) var isOver = false
    private(set) var hasFailed = false
    /// The script leaves an item alone on which a step has failed.
    private var failed: Set<Int> = []
    /// Whether it is told to end: nothing is begun any more.
    var isStopping = false
    /// The questions of the steps, each with a reader of its own.
    private var readers: [StateReader] = []

    init(
        _ script: StepScript,
        run: Int,
        _ changes: RunChanges,
        _ vcenter: VCenter,
        _ witness: Witness
    ) {
        self.script = script
        self.run = run
        self.changes = changes
        self.vcenter = vcenter
        self.witness = witness
    }

    func start() { play(stage: 0) }

    private func play(stage: Int) {
        guard stage < script.stages.count, !(hasFailed && script.stopsAtError), !isStopping else {
            isOver = true
            return
        }
        var left = script.stages[stage].count
        for lane in script.stages[stage] {
            play(lane[...], nil) { [self] isGood in
                if !isGood { hasFailed = true }
                left -= 1
                if left == 0 { play(stage: stage + 1) }
            }
        }
    }

    private func play(
        _ lane: ArraySlice<StepScript.Step>,
        _ previous: String?,
        _ ended: @escaping (Bool) -> Void
    ) {
        guard let step = lane.first, !isStopping, !failed.contains(step.item) else {
            return ended(lane.isEmpty)
        }
        guard witness.passes("step") else { return }
        func go(on results: String?) {
            guard let results else {
                failed.insert(step.item)
                return ended(false)
            }
            let first = (try? JSONValue(parsing: results))?.array?.first?.string
            play(lane.dropFirst(), first, ended)
        }
        switch changes.steps.begin(step.name) {
        case .failure: go(on: nil)
        case .success(.kept(let results)):
            witness.kept(step, results, false)
            go(on: results)
        case .success(.begun(let number)):
            witness.began(step)
            var memory = StepMemory()
            memory.previous = previous
            perform(step.moves[...], .init(step: step, number: number, memory: memory, ended: go))
        }
    }

    // MARK: Inside a step

    private func perform(_ moves: ArraySlice<StepScript.Move>, _ state: Running) {
        guard !isStopping else { return raise(.cancelled, state) }
        guard let move = moves.first else { return finish(state) }
        var state = state
        let rest = moves.dropFirst()
        switch move.action {
        case .read:
            ask(.init(.getItem, state.step.itemName)) { [self] _ in perform(rest, state) }
        case .look, .rollbackToRead:
            let isLooking = move.action == .look
            ask(.init(.listVersions, state.step.itemName)) { [self] answer in
                guard case .success(let value) = answer, !isStopping else {
                    return raise(.error, state)
                }
                var state = state
                state.memory.previous = value.flatMap {
                    JSONValue($0).array?.first?["version"]?.string
                }
                guard isLooking else { return change(move, move.tries, rest, state) }
                state.memory.results.append(state.memory.previous ?? "")
                perform(rest, state)
            }
        case .time:
            state.given += 1
            changes.steps.time(state.number) { [self] result in
                guard case .success(let time) = result else { return raise(.journal, state) }
                witness.gave(state.step, "time \(state.given)", "\(time)")
                later { self.perform(rest, state) }
            }
        case .random:
            state.given += 1
            let key = changes.steps.randomKey(state.number)
            witness.gave(state.step, "random \(state.given)", key)
            perform(rest, state)
        case .raise(let times):
            run <= times ? raise(.error, state) : perform(rest, state)
        default: change(move, move.tries, rest, state)
        }
    }

    private func change(
        _ move: StepScript.Move,
        _ tries: Int,
        _ rest: ArraySlice<StepScript.Move>,
        _ state: Running
    ) {
        var state = state
        let step = state.step
        let label = "\(step.name).\(step.moves.count - rest.count)"
        guard let asked = StepCall(move.action, item: step.item, label: label, state.memory),
            let call = try? Call(asked.operation, asked.arguments.values)
        else { return perform(rest, state) }
        state.asked += 1
        witness.asks(step, state.asked, asked.key)
        let caller = FakeCaller()
        caller.then = { [self] result, error in
            let telling = Telling(
                place: state.asked,
                key: asked.key,
                result: result,
                error: error
            )
            witness.told(step, telling)
            later { [self] in
                guard witness.passes("told") else { return }
                guard let error else {
                    state.memory.take(result, of: move.action)
                    return perform(rest, state)
                }
                let isFinal = error.outcome == .unknown || error.kind == .diverged || isStopping
                if tries > 1, !isFinal { return change(move, tries - 1, rest, state) }
                guard move.isCaught else { return raise(error.kind, state) }
                witness.spoiled(step)
                state.memory.results.append("!\(error.kind.rawValue)")
                perform(rest, state)
            }
        }
        Change(
            call,
            asked.arguments.values,
            at: vcenter,
            in: changes,
            in: changes.steps.step(state.number),
            for: caller
        ).start()
    }

    private func finish(_ state: Running) {
        guard witness.passes("finish") else { return }
        let results = JSONEncoder().encode(.array(state.memory.results.map { .string($0) }))
        changes.steps.finish(state.number, results) { [self] error in
            if let error { return raise(error.kind, state) }
            witness.kept(state.step, results, true)
            later { [self] in
                guard witness.passes("finished") else { return }
                state.ended(results)
            }
        }
    }

    private func raise(_ kind: ErrorKind, _ state: Running) {
        changes.steps.leave(state.number, kind)
        later { state.ended(nil) }
    }

    private func ask(_ question: StateReader.Question, then: @escaping (StateReader.Answer) -> Void)
    {
        let reader = StateReader(vcenter)
        readers.append(reader)
        reader.ask([question]) { answers in then(answers[0]) }
    }

    /// A task goes on in a turn of its own.
    private func later(_ action: @escaping () -> Void) { changes.loop.after(.zero, action) }
}

extension StepScript.Step {
    var itemName: String { "item-\(item + 1)" }
}

extension StepMemory {
    fileprivate mutating func take(_ result: String?, of action: StepScript.Action) {
        switch action {
        case .checkOut: checkOut = result
        case .deploy: deployed = result
        default: break
        }
        results.append(result ?? "-")
    }
}
