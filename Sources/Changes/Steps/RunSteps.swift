internal import Buffers
internal import JSON
internal import Journal
internal import Posix
internal import Text
public import VSphere

/// The steps of one run.
///
/// A step that was done in an earlier run is not run again. One that was not begins at its top, and each of its
/// changes that is known already ends at once with what is known.
public final class RunSteps {
    /// The most bytes that the results of a step may have, as JSON.
    public static var resultLimit: Int { 64 << 10 }
    /// The most bytes that the name of a step may have.
    public static var nameLimit: Int { 200 }

    /// How a step begins.
    public enum Beginning {
        /// It was done before: its results, as a JSON array.
        case kept(String)
        /// It is run now, under this number.
        case begun(UInt32)
    }

    private unowned let changes: RunChanges
    private var history: StepHistory
    private var steps = NumberedTable<Step>()
    private var names: Set<String> = []
    private var isShowPlanned = false
    /// Whether the changes of this run are only planned: then nothing is kept.
    public var isPlanned = false
    /// Called when a step was done and that is on the disk.
    public var onDone: ((String) -> Void)?

    init(_ changes: RunChanges, _ history: StepHistory) {
        self.changes = changes
        self.history = history
    }

    /// The names that the script has used so far.
    public var usedNames: Set<String> { names }

    /// Begins a step.
    /// - Parameter name: Its name.
    /// - Returns: Its number, or its results if it was done before.
    public func begin(_ name: String) -> Swift.Result<Beginning, VSphereError> {
        guard !name.isEmpty, name.utf8.count <= Self.nameLimit else {
            let problem = name.isEmpty ? "is empty" : "is longer than \(Self.nameLimit) bytes"
            return .failure(.step(name, "its name \(problem)"))
        }
        let clean = changes.settings.cleaned(name)
        guard clean == name else {
            let hint = "name the step after what it works on: its name is kept and shown"
            return .failure(
                .step(clean, "its name holds a secret, or what looks like one", hint: hint)
            )
        }
        guard names.insert(name).inserted else {
            let hint = "put into the name what tells them apart: step(\"patch \" .. name, …)"
            return .failure(.step(name, "there was a step of this name in the run", hint: hint))
        }
        if !isPlanned, let error = changes.beginSteps() { return .failure(error) }
        if let result = history[name]?.result { return .success(.kept(result)) }
        let record = StepRecord(
            run: changes.settings.run.identifier,
            name: name,
            began: changes.loop.wallTime
        )
        let span = changes.span?.part()
        let step = Step(record, history[name] ?? .init(), span, at: changes.loop.now)
        let number = steps.add(step)
        showLater()
        return .success(.begun(UInt32(number)))
    }

    /// Records the steps that run for long, so that `vmoon runs` shows them.
    ///
    /// Most end sooner, and cost no write.
    private func showLater() {
        guard !isShowPlanned, !isPlanned else { return }
        isShowPlanned = true
        changes.loop.after(.seconds(1)) { [self] in
            isShowPlanned = false
            guard !steps.isEmpty else { return }
            let shown = changes.loop.wallTime - 500
            for step in steps.values where step.record.began <= shown && !step.isRecorded {
                let writes = step.takeWrites()
                changes.record(writes, isUrgent: false) { if $0 != nil { step.putBack(writes) } }
            }
            if steps.values.contains(where: { !$0.isRecorded }) { showLater() }
        }
    }

    /// A step that runs; nil for one that has ended.
    public func step(_ number: UInt32) -> Step? { steps[UInt64(number)] }

    /// Ends a step with its results, and keeps them.
    /// - Parameters:
    ///   - number: The step.
    ///   - result: Its results, as a JSON array.
    ///   - completion: Called when they are on the disk, or with why they are not kept.
    public func finish(
        _ number: UInt32,
        _ result: String,
        completion: @escaping (VSphereError?) -> Void
    ) {
        guard let step = steps[UInt64(number)] else { return completion(nil) }
        if let error = step.problem ?? step.shortfall { return completion(error) }
        guard result.utf8.count <= Self.resultLimit else {
            let size = SizeText.spelled(Self.resultLimit)
            return completion(
                .step(
                    step.name,
                    "its results have \(result.utf8.count) bytes as JSON, and at most \(size) are kept",
                    hint: "return identifiers, and read the rest again where it is needed"
                )
            )
        }
        steps.remove(UInt64(number))
        step.record.ended = changes.loop.wallTime
        step.record.result = result
        observe(step)
        guard !isPlanned else { return completion(nil) }
        changes.record([.step(step.record)]) { [self] error in
            if error == nil { onDone?(step.name) }
            completion(error.map { VSphereError($0) })
        }
    }

    /// Ends a step that was not done.
    /// - Parameters:
    ///   - number: The step; nothing happens if it was finished.
    ///   - kind: The kind of the error that ended it.
    public func leave(_ number: UInt32, _ kind: ErrorKind) {
        guard let step = steps.remove(UInt64(number)) else { return }
        step.record.ended = changes.loop.wallTime
        step.record.failure = kind.rawValue
        observe(step)
        guard !isPlanned else { return }
        changes.record([.step(step.record)], isUrgent: false) { _ in }
    }

    private func observe(_ step: Step) {
        guard let span = step.span else { return }
        changes.observeStep?(
            StepEvent(
                span: span.place,
                name: step.name,
                duration: changes.loop.now - step.began,
                failure: step.record.failure
            )
        )
    }

    /// The time at the next place of a step that asks for it: the same in every run.
    /// - Parameters:
    ///   - number: The step.
    ///   - completion: Called with milliseconds since 1970-01-01T00:00:00Z once they are on the disk.
    public func time(
        _ number: UInt32,
        completion: @escaping (Swift.Result<Int64, VSphereError>) -> Void
    ) {
        guard let step = steps[UInt64(number)] else {
            return completion(.success(changes.loop.wallTime))
        }
        let place = step.record.times.count
        let known = step.past.times.indices.contains(place) ? step.past.times[place] : nil
        let time = known ?? changes.loop.wallTime
        step.record.times.append(time)
        guard known == nil, !isPlanned else { return completion(.success(time)) }
        step.isRecorded = true
        changes.record([.step(step.record)]) { error in
            completion(error.map { .failure(VSphereError($0)) } ?? .success(time))
        }
    }

    /// A key for the next random number of a step: the same in every run, and in no other place.
    public func randomKey(_ number: UInt32) -> String {
        guard let step = steps[UInt64(number)] else { return RandomIdentifier.make() }
        step.randoms += 1
        return "\(step.past.origin ?? changes.settings.run.first)\0\(step.name)\0\(step.randoms)"
    }

    /// Takes over what copies of the run have done, for steps that have not begun here.
    func inherit(
        _ runs: [(run: String, steps: [StepRecord], operations: [OperationRecord])]
    ) {
        history.inherit(runs)
    }

    /// Takes note of a record that was settled meanwhile.
    func learn(_ record: OperationRecord, in step: Step) {
        history.learn(record)
        if let name = record.step, let past = history[name] { step.past = past }
    }
}

extension RunSteps {
    /// A step that runs.
    public final class Step {
        fileprivate(set) var record: StepRecord
        fileprivate(set) var past: StepHistory.Past
        /// Its place in the trace of the run; nil in a run that is not traced.
        public let span: Span?
        /// When it began, on the clock of the loop.
        fileprivate let began: Duration
        /// How many changes, and random numbers, it has asked for.
        private var places = 0
        fileprivate var randoms = 0
        /// Whether the journal has it.
        fileprivate var isRecorded = false
        /// The refusals that the journal does not have.
        private var refusals: [OperationRecord] = []
        /// The error that it cannot be kept after: a change whose outcome is unknown, or another than before.
        private(set) var problem: VSphereError?

        fileprivate init(
            _ record: StepRecord,
            _ past: StepHistory.Past,
            _ span: Span?,
            at now: Duration
        ) {
            began = now
            self.record = record
            self.past = past
            self.span = span
        }

        /// Its name.
        public var name: String { record.name }

        /// Takes the place of the next change.
        func takePlace() -> Int {
            places += 1
            return places
        }

        /// The writes that belong before its next intent: its own record, once, and what was refused meanwhile.
        func takeWrites() -> [JournalWrite] {
            defer {
                isRecorded = true
                refusals = []
            }
            return (isRecorded ? [] : [.step(record)]) + refusals.map { .intend($0) }
        }

        /// Keeps writes that the journal could not take for the next time.
        func putBack(_ writes: [JournalWrite]) {
            var kept: [OperationRecord] = []
            for write in writes {
                switch write {
                case .step: isRecorded = false
                case .intend(let record, _): kept.append(record)
                default: break
                }
            }
            refusals = kept + refusals
        }

        /// Takes note of a change that was refused before it was sent.
        func refused(_ record: OperationRecord) { refusals.append(record) }

        /// Takes note of how a change ended.
        func took(_ error: VSphereError?) {
            guard problem == nil, let error else { return }
            if error.outcome == .unknown || error.kind == .diverged { problem = error }
        }

        /// The error of a step that made fewer changes than before.
        fileprivate var shortfall: VSphereError? {
            guard let next = past.next(after: places) else { return nil }
            let error = VSphereError.diverged(
                name,
                "it made \(past.lastPlace) change\(past.lastPlace == 1 ? "" : "s") before and ended now after \(places): "
                    + "\(next.operation) (\(next.subject)) is missing"
            )
            problem = error
            return error
        }
    }
}
