internal import Buffers
internal import JSON
internal import Journal
internal import Text
internal import VSphere

/// One change of a run that is held to a plan: its leave, and the look whether things are as planned.
final class HeldChange {
    private let plan: ApprovedPlan
    private let call: PlannedCall
    /// The number of the planned change that it is.
    private var number: Int?
    /// The state of its item and machine, as read for this change.
    var seen = PlannedState.Seen()

    init(_ plan: ApprovedPlan, _ call: PlannedCall) {
        self.plan = plan
        self.call = call
    }

    /// Takes the leave.
    /// - Throws: kind `forbidden_by_policy` for a change that is not in the plan.
    func take() throws(VSphereError) {
        number = try plan.take(call) { [weak self] in self?.number = $0 }
    }

    /// Takes note of how it ended.
    func end(_ outcome: OperationRecord.Outcome, result: String?) {
        guard let number else { return }
        switch outcome {
        case .done, .unknown, .resolvedDone: plan.end(number, result: result)
        case .rejected, .notSent, .conflict, .notSeen, .resolvedNotApplied: plan.giveBack(number)
        }
    }

    /// Looks whether all that the plan was made on is still so; reads what nobody has read yet.
    /// - Parameters:
    ///   - reader: Reads.
    ///   - record: The change, with its item and machine.
    ///   - next: Called with why it must not be sent; nil where it may.
    func look(
        _ reader: StateReader,
        _ record: OperationRecord,
        then next: @escaping (VSphereError?) -> Void
    ) {
        guard let number else { return next(nil) }
        if let earlier = plan.earlier(than: number) { return next(.notYet(earlier)) }
        guard let state = plan.state(of: number) else { return next(.notYet(nil)) }
        let questions = questions(for: state, record)
        reader.ask(questions.map(\.question)) { [self] answers in
            do throws(VSphereError) {
                for (question, answer) in zip(questions, answers) { try question.take(answer) }
            } catch {
                return next(error)
            }
            let moves = state.moves(in: seen)
            guard !moves.isEmpty else { return next(nil) }
            let other = plan.exchange(self.number ?? number, for: call) {
                $0.moves(in: seen).isEmpty
            }
            if let other {
                self.number = other
                return next(nil)
            }
            explain(moves, reader, record, next)
        }
    }

    /// A read, and what becomes of its answer.
    private struct Question {
        let question: StateReader.Question
        let take: (StateReader.Answer) throws(VSphereError) -> Void
    }

    private func questions(for state: PlannedState, _ record: OperationRecord) -> [Question] {
        var questions: [Question] = []
        if seen.item == nil, state.latest != nil || state.parts != nil {
            questions += itemQuestions(record.item, withParts: state.parts != nil)
        }
        if state.power != nil, seen.power == nil, let vm = record.vm {
            questions.append(
                Question(question: .init(.getPower, vm)) { [self] answer throws(VSphereError) in
                    if case .failure(let error) = answer, error.kind == .notFound {
                        seen.power = ""
                    } else {
                        seen.power = try answer.get()?["state"]?.string
                    }
                }
            )
        }
        questions += queries(for: state, record).map { query in
            Question(question: query.question) { [self] answer throws(VSphereError) in
                let needs = VSphere.Operation.named(record.operation)?.effect?.needs(action: nil)
                switch query.judge(answer) {
                case .taken(let owners): seen.nameOwners = owners.filter { $0 != record.item }
                case .refused(let why): isMissing(why)
                case .library(let library): isMissing(library.refusal(needs ?? []))
                case .item(let type): isMissing(Plan.refusal(ofType: type, needs ?? []))
                case .fine, .takesHardware, .checkedOut: isMissing(nil)
                case .untold: _ = try answer.get()
                }
            }
        }
        return questions
    }

    private func isMissing(_ why: String?) {
        seen.missing = (seen.missing ?? []) + [why].compactMap { $0 }
    }

    private func itemQuestions(_ item: String, withParts: Bool) -> [Question] {
        let history = Question(question: .init(.listChanges, item)) { [self] answer in
            // The name of whoever has changed it is a help, and no condition.
            seen.history = Observation.history(answer).content ?? []
        }
        let model = Question(question: .init(.getItem, item)) {
            [self] answer throws(VSphereError) in
            let latest = try answer.get()?["content_version"]?.string
            seen.item = .init(latest: latest, versions: [], checkOuts: [])
        }
        guard withParts else { return [model, history] }
        let versions = Question(question: .init(.listVersions, item)) {
            [self] answer throws(VSphereError) in
            seen.item?.versions =
                try answer.get()?.elements.map {
                    .init($0["version"]?.string ?? "", template: "")
                } ?? []
        }
        let machines = Question(question: .init(.listCheckOuts, item)) {
            [self] answer throws(VSphereError) in
            seen.item?.checkOuts =
                try answer.get()?.elements.map { .init($0["vm"]?.string ?? "") } ?? []
        }
        return [model, versions, machines, history]
    }

    /// The reads of its name, and of what was not there.
    private func queries(for state: PlannedState, _ record: OperationRecord) -> [Plan.Query] {
        guard state.name != nil || !state.missing.isEmpty else { return [] }
        var tree = record.specification.flatMap { try? JSONValue(parsing: $0) }
        var change = PlannedChange(number: 0, operation: record.operation)
        // What is set is recorded with all arguments.
        if change.effect?.kind(action: nil)?.scope == .settings { tree = tree?["spec"] }
        change.library = state.library
        change.vm = record.vm
        if !record.item.isEmpty { change.item = ("", record.item) }
        let specification = tree.flatMap { tree in ValueBuffer.values { $0.put(tree) }.first }
        guard state.missing.isEmpty else {
            return Plan().queries(for: change, specification, at: record.vcenter)
        }
        return [Plan.name(change, specification, at: record.vcenter)].compactMap { $0 }
    }

    /// Adds who has checked a machine out, and refuses.
    private func explain(
        _ moves: [PlannedState.Move],
        _ reader: StateReader,
        _ record: OperationRecord,
        _ next: @escaping (VSphereError?) -> Void
    ) {
        let machines = moves.compactMap(\.newCheckOut)
        let questions: [StateReader.Question] = machines.flatMap { vm in
            [.init(.getCheckOut, record.item, vm), .init(.getVM, vm)]
        }
        reader.ask(questions) { [seen] answers in
            let words = moves.map { move -> String in
                let place = move.newCheckOut.flatMap { machines.firstIndex(of: $0) }
                let checkOut = place.map { place in
                    Observation.checkOut(
                        machines[place],
                        answers[2 * place],
                        machine: answers[2 * place + 1]
                    )
                }
                return move.words(seen.history, checkOut, about: record.vm ?? "")
            }
            next(.moved(words))
        }
    }
}

extension Change {
    /// Goes on to the intent, in a run that is held to a plan only where all is as planned.
    func proceed() {
        guard let held else { return takeTurn { self.recordIntent() } }
        held.look(reader, record) { [self] error in
            if let error { return refuse(error) }
            takeTurn { self.recordIntent() }
        }
    }
}

extension VSphereError {
    private static var advice: String {
        "nothing was sent; make a new plan, and read it before it is applied"
    }

    /// The refusal of a change whose item, machine or name is not as planned.
    fileprivate static func moved(_ words: [String]) -> Self {
        Self(.conflict, "not as planned: \(words.joined(separator: "; "))", hint: advice)
    }

    /// The refusal of a change that is made before one that it was planned after.
    fileprivate static func notYet(_ number: Int?) -> Self {
        let earlier = number.map { "change \($0) of the plan" } ?? "a change of the plan"
        return Self(
            .conflict,
            "not as planned: it was planned after \(earlier), which has not been made",
            hint: advice
        )
    }
}
