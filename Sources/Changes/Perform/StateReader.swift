internal import Buffers
internal import JSON
internal import VSphere

/// Reads the state of an item, a machine or a name: several questions at once.
///
/// The answers of one round belong together; a cancellation discards them all.
final class StateReader {
    /// One question.
    struct Question {
        let operation: VSphere.Operation
        let write: (ValueBuffer) -> Void

        init(_ operation: VSphere.Operation, _ texts: String...) {
            self.operation = operation
            write = { buffer in for text in texts { buffer.put(text) } }
        }

        init(_ operation: VSphere.Operation, _ argument: JSONValue) {
            self.operation = operation
            write = { $0.put(argument) }
        }
    }

    typealias Answer = Observation.Reply

    let vcenter: VCenter
    /// The part of the trace that its questions belong to.
    var span: Span?
    private var tickets: [PendingCall] = []
    /// The number of the round: answers of a cancelled round are ignored.
    private var round = 0

    init(_ vcenter: VCenter) { self.vcenter = vcenter }

    /// Asks several questions at once.
    /// - Parameters:
    ///   - questions: The questions.
    ///   - completion: Called with the answers in the order of the questions, when all have arrived.
    func ask(_ questions: [Question], completion: @escaping ([Answer]) -> Void) {
        round += 1
        let mine = round
        tickets = []
        var answers: [Answer?] = Array(repeating: nil, count: questions.count)
        var missing = questions.count
        func answered(_ place: Int, _ answer: Answer) {
            guard mine == round else { return }
            answers[place] = answer
            missing -= 1
            guard missing == 0 else { return }
            tickets = []
            completion(answers.compactMap { $0 })
        }
        guard missing > 0 else { return completion([]) }
        for (place, question) in questions.enumerated() {
            guard mine == round else { return }
            let call: Call
            do throws(VSphereError) {
                call = try Call(question.operation, ValueBuffer.values(question.write))
            } catch {
                answered(place, .failure(error))
                continue
            }
            let out = ValueBuffer()
            let ticket = vcenter.perform(
                call,
                into: out,
                tellsTime: true,
                span: span?.part()
            ) { error in
                answered(place, error.map { .failure($0) } ?? .success(out.root))
            }
            if mine == round { tickets.append(ticket) }
        }
    }

    /// Forgets the questions under way.
    func cancel() {
        round += 1
        let given = tickets
        tickets = []
        for ticket in given { vcenter.cancel(ticket) }
    }

    /// Asks a question of a course.
    func read(
        _ question: Observation.Question,
        for intent: ChangeIntent,
        completion: @escaping (Observation.Answer) -> Void
    ) {
        switch question {
        case .history:
            ask([Question(.listChanges, intent.item)]) {
                completion(.history(Observation.history($0[0])))
            }
        case .state: readState(for: intent) { completion(.state($0)) }
        case .machine:
            let operation: VSphere.Operation = intent.kind.power == nil ? .getVM : .getPower
            ask([Question(operation, intent.vm ?? "")]) {
                completion(.machine(Observation.machine($0[0])))
            }
        case .named: readNamed(for: intent) { completion(.named($0)) }
        case .settings:
            ask([settings(of: intent)]) {
                completion(.settings(Observation.settings($0[0], of: intent)))
            }
        }
    }

    /// The read that tells whether an object is as a change wants it.
    func settings(of intent: ChangeIntent) -> Question {
        switch intent.kind {
        case .setHardware:
            let isMemory = intent.wanted?["part"]?.string == "memory"
            return Question(isMemory ? .getMemory : .getCPU, intent.vm ?? "")
        case .attachTag, .detachTag: return Question(.listTags, intent.wanted?["spec"] ?? .null)
        case .deleteLibrary: return Question(.getLibrary, intent.wanted?["library"]?.string ?? "")
        default: return Question(.getItem, intent.item)
        }
    }

    /// Reads which objects have the name for a new machine or item.
    func readNamed(
        for intent: ChangeIntent,
        completion: @escaping (Observation.Part<[String]>) -> Void
    ) {
        let name = intent.name ?? ""
        if intent.kind == .createLibrary {
            return ask([Question(.findLibraries, ["name": .string(name)])]) { answers in
                completion(Observation.identifiers(answers[0]) { $0.string })
            }
        }
        guard intent.kind == .deploy else {
            var specification: JSONValue = ["name": .string(name)]
            if let library = intent.library { specification["library_id"] = .string(library) }
            return ask([Question(.findItems, specification)]) { answers in
                completion(Observation.identifiers(answers[0]) { $0.string })
            }
        }
        let names = MachineName.spellings(of: name).map { JSONValue.string($0) }
        ask([Question(.listVMs, ["names": .array(names)])]) { answers in
            completion(Observation.identifiers(answers[0]) { $0["vm"]?.string })
        }
    }

    /// Reads the state of an item, as far as a change of this kind needs it.
    private func readState(
        for intent: ChangeIntent,
        completion: @escaping (Observation.Part<Observation.State>) -> Void
    ) {
        let item = intent.item
        guard intent.kind != .deleteItem else {
            return ask([Question(.getItem, item)]) { completion(Observation.existence($0[0])) }
        }
        ask([
            Question(.getItem, item), Question(.listVersions, item), Question(.listCheckOuts, item),
        ]) { [self] answers in
            var state: Observation.State
            do throws(VSphereError) {
                state = try Observation.state(answers)
            } catch {
                return completion(Observation.part(error))
            }
            guard intent.kind == .checkOut else { return completion(.read(state)) }
            // Only the user and the name of a new machine tell whose check-out it is.
            let new = state.checkOuts.map(\.vm).filter { $0 != intent.checkedOutBefore }
            ask(new.flatMap { [Question(.getCheckOut, item, $0), Question(.getVM, $0)] }) {
                details in
                for (place, vm) in new.enumerated() {
                    guard let at = state.checkOuts.firstIndex(where: { $0.vm == vm }) else {
                        continue
                    }
                    state.checkOuts[at] = Observation.checkOut(
                        vm,
                        details[2 * place],
                        machine: details[2 * place + 1]
                    )
                }
                completion(.read(state))
            }
        }
    }
}
