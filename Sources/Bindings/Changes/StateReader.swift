internal import Buffers
internal import JSON
internal import VSphere

/// Reads what is known about an item, a machine or a name: several questions at once.
///
/// The answers of one round belong together; giving up forgets them all.
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

    typealias Answer = Swift.Result<Value?, VSphereError>

    let vcenter: VCenter
    private var tickets: [PendingCall] = []
    /// Counts the rounds: an answer of one that was given up is not looked at.
    private var round = 0

    init(_ vcenter: VCenter) { self.vcenter = vcenter }

    /// Asks several questions at once.
    /// - Parameters:
    ///   - questions: What to ask.
    ///   - completion: Gets the answers in the order of the questions, when all are there.
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
                call = try Call(question.operation, arguments(question.write))
            } catch {
                answered(place, .failure(error))
                continue
            }
            let out = ValueBuffer()
            let ticket = vcenter.perform(call, into: out, tellsTime: true) { error in
                answered(place, error.map { .failure($0) } ?? .success(out.root))
            }
            if mine == round { tickets.append(ticket) }
        }
    }

    /// Forgets the questions that are under way.
    func cancel() {
        round += 1
        let given = tickets
        tickets = []
        for ticket in given { vcenter.cancel(ticket) }
    }

    /// Asks what a course wants to know.
    func read(
        _ question: Observation.Question,
        for intent: ChangeIntent,
        completion: @escaping (Observation.Answer) -> Void
    ) {
        switch question {
        case .history:
            ask([Question(.listChanges, intent.item)]) { completion(.history(Self.history($0[0]))) }
        case .state: readState(for: intent) { completion(.state($0)) }
        case .machine:
            let operation: VSphere.Operation = intent.kind.power == nil ? .getVM : .getPower
            ask([Question(operation, intent.vm ?? "")]) {
                completion(.machine(Self.machine($0[0])))
            }
        case .named: readNamed(for: intent) { completion(.named($0)) }
        }
    }

    /// Reads what has the name that a new machine or item is to get.
    func readNamed(
        for intent: ChangeIntent,
        completion: @escaping (Observation.Part<[String]>) -> Void
    ) {
        let name = intent.name ?? ""
        guard intent.kind == .deploy else {
            var specification: JSONValue = ["name": .string(name)]
            if let library = intent.library { specification["library_id"] = .string(library) }
            return ask([Question(.findItems, specification)]) { answers in
                completion(Self.identifiers(answers[0]) { $0.string })
            }
        }
        // vCenter keeps a slash in a machine's name as %2f.
        var names = [JSONValue.string(name)]
        let kept = name.split(separator: "/", omittingEmptySubsequences: false)
        if kept.count > 1 { names.append(.string(kept.joined(separator: "%2f"))) }
        ask([Question(.listVMs, ["names": .array(names)])]) { answers in
            completion(Self.identifiers(answers[0]) { $0["vm"]?.string })
        }
    }

    /// Reads the state of an item, as far as a change of this kind needs it.
    private func readState(
        for intent: ChangeIntent,
        completion: @escaping (Observation.Part<Observation.State>) -> Void
    ) {
        let item = intent.item
        ask([
            Question(.getItem, item), Question(.listVersions, item), Question(.listCheckOuts, item),
        ]) { [self] answers in
            var state: Observation.State
            do throws(VSphereError) {
                state = try Self.state(answers)
            } catch {
                return completion(Self.part(error))
            }
            guard intent.kind == .checkOut else { return completion(.read(state)) }
            // Only who holds a new machine, and what it is called, tells whose check-out it is.
            let new = state.checkOuts.map(\.vm).filter { $0 != intent.checkedOutBefore }
            ask(new.flatMap { [Question(.getCheckOut, item, $0), Question(.getVM, $0)] }) {
                details in
                for (place, vm) in new.enumerated() {
                    guard let at = state.checkOuts.firstIndex(where: { $0.vm == vm }) else {
                        continue
                    }
                    state.checkOuts[at] = Self.checkOut(
                        vm,
                        details[2 * place],
                        machine: details[2 * place + 1]
                    )
                }
                completion(.read(state))
            }
        }
    }

    // MARK: What answers say

    /// A check-out with what `getCheckOut` and `getVM` say of it.
    private static func checkOut(
        _ vm: String,
        _ details: Answer,
        machine: Answer
    ) -> Observation.CheckOut {
        var found = Observation.CheckOut(vm)
        switch (details, machine) {
        // It has ended since it was listed.
        case (.failure(let error), _) where ["not_found", "invalid_argument"].contains(error.kind):
            return found
        case (.failure(let error), _), (_, .failure(let error)): found.problem = error.description
        default: break
        }
        if case .success(let value) = details {
            found.user = value?["user"]?.string
            found.time = value?["time"]?.string
        }
        if case .success(let value) = machine { found.name = value?["name"]?.string }
        return found
    }

    /// The machine in an answer of `getVM` or `getPower`.
    private static func machine(_ answer: Answer) -> Observation.Part<Observation.Machine> {
        switch answer {
        case .success(let value): .read(.init(power: value?["state"]?.string))
        case .failure(let error): part(error)
        }
    }

    /// The identifiers in a list.
    private static func identifiers(
        _ answer: Answer,
        _ identifier: (Value) -> String?
    ) -> Observation.Part<[String]> {
        switch answer {
        case .success(let list): .read(list?.elements.compactMap(identifier) ?? [])
        case .failure(let error): part(error)
        }
    }

    /// The entries in an answer of `listChanges`.
    static func history(_ answer: Answer) -> Observation.Part<[Observation.Change]> {
        do throws(VSphereError) {
            return .read(try entries(answer))
        } catch {
            return part(error)
        }
    }

    /// The entries in an answer of `listChanges`, before anything was sent; none where the vCenter
    /// keeps no history.
    ///
    /// Any other failure counts, `unauthorized` too: without the history a lost answer could not be
    /// settled afterwards, and whoever may read the versions may read it (`System.Read` both).
    static func historyBefore(_ answer: Answer) throws(VSphereError) -> [Observation.Change] {
        do throws(VSphereError) {
            return try entries(answer)
        } catch {
            guard error.kind != .noSuchRoute else { return [] }
            var error = error
            error.message =
                "the item's history could not be read, so nothing was sent: \(error.message)"
            throw error
        }
    }

    private static func entries(_ answer: Answer) throws(VSphereError) -> [Observation.Change] {
        let entries = try answer.get()?.elements.map { entry in
            Observation.Change(
                entry["version"]?.string ?? "",
                time: entry["time"]?.string ?? "",
                user: entry["user"]?.string,
                message: entry["short_message"]?.string ?? ""
            )
        }
        return entries ?? []
    }

    /// The state in the answers of `getItem`, `listVersions` and `listCheckOuts`; others may
    /// follow.
    static func state(_ answers: [Answer]) throws(VSphereError) -> Observation.State {
        let latest = try answers[0].get()?["content_version"]?.string
        let versions = try answers[1].get()?.elements.map {
            Observation.Version(
                $0["version"]?.string ?? "",
                template: $0["vm_template"]?.string ?? ""
            )
        }
        let checkOuts = try answers[2].get()?.elements.map {
            Observation.CheckOut($0["vm"]?.string ?? "")
        }
        return Observation.State(
            latest: latest,
            versions: versions ?? [],
            checkOuts: checkOuts ?? []
        )
    }

    private static func part<Content>(_ error: VSphereError) -> Observation.Part<Content> {
        switch error.kind {
        case .notFound: .gone
        case .noSuchRoute: .unavailable
        default: .failed(error.description)
        }
    }
}
