internal import Buffers
internal import VSphere

/// Reads what is known about an item: several questions at once.
///
/// The answers of one round belong together; giving up forgets them all.
final class ItemReader {
    /// One question.
    struct Question {
        let operation: VSphere.Operation
        let texts: [String]

        init(_ operation: VSphere.Operation, _ texts: String...) {
            self.operation = operation
            self.texts = texts
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
                let values = arguments { buffer in for text in question.texts { buffer.put(text) } }
                call = try Call(question.operation, values)
            } catch {
                answered(place, .failure(error))
                continue
            }
            let out = ValueBuffer()
            let ticket = vcenter.perform(call, into: out) { error in
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

    /// Reads the history of an item.
    func readHistory(
        of item: String,
        completion: @escaping (Observation.Part<[Observation.Change]>) -> Void
    ) {
        ask([Question(.listChanges, item)]) { answers in
            completion(Self.history(answers[0]))
        }
    }

    /// Reads the state of an item, as far as a change of this kind needs it.
    func readState(
        for intent: ChangeIntent,
        completion: @escaping (Observation.Part<Observation.State>) -> Void
    ) {
        let item = intent.item
        ask([
            Question(.getItem, item), Question(.listVersions, item), Question(.listCheckOuts, item),
        ]) { [self] answers in
            let part = Self.state(answers)
            guard intent.kind == .checkOut, case .read(var state) = part else {
                return completion(part)
            }
            // Only who holds a new machine, and what it is called, tells whose check-out it is.
            let new = state.checkOuts.map(\.vm).filter { $0 != intent.checkedOutBefore }
            ask(new.flatMap { [Question(.getCheckOut, item, $0), Question(.getVM, $0)] }) {
                details in
                for (place, vm) in new.enumerated() {
                    let holder = Self.text(details[2 * place], "user")
                    let name = Self.text(details[2 * place + 1], "name")
                    guard let at = state.checkOuts.firstIndex(where: { $0.vm == vm }) else {
                        continue
                    }
                    state.checkOuts[at] = .init(vm, user: holder, name: name)
                }
                completion(.read(state))
            }
        }
    }

    // MARK: What answers say

    private static func text(_ answer: Answer, _ field: String) -> String? {
        if case .success(let value) = answer { value?[field]?.string } else { nil }
    }

    /// The entries in an answer of `listChanges`.
    static func history(_ answer: Answer) -> Observation.Part<[Observation.Change]> {
        switch answer {
        case .success(let value):
            let entries = value?.elements.map { entry in
                Observation.Change(
                    entry["version"]?.string ?? "",
                    time: entry["time"]?.string ?? "",
                    user: entry["user"]?.string,
                    message: entry["short_message"]?.string ?? ""
                )
            }
            return .read(entries ?? [])
        case .failure(let error): return part(error)
        }
    }

    /// The state in the answers of `getItem`, `listVersions` and `listCheckOuts`.
    static func state(_ answers: [Answer]) -> Observation.Part<Observation.State> {
        var values: [Value?] = []
        for answer in answers {
            switch answer {
            case .success(let value): values.append(value)
            case .failure(let error): return part(error)
            }
        }
        let versions = values[1]?.elements.map {
            Observation.Version(
                $0["version"]?.string ?? "",
                template: $0["vm_template"]?.string ?? ""
            )
        }
        let checkOuts = values[2]?.elements.map { Observation.CheckOut($0["vm"]?.string ?? "") }
        return .read(
            Observation.State(
                latest: values[0]?["content_version"]?.string,
                versions: versions ?? [],
                checkOuts: checkOuts ?? []
            )
        )
    }

    private static func part<Content>(_ error: VSphereError) -> Observation.Part<Content> {
        switch error.kind {
        case .notFound: .itemGone
        case .noSuchRoute, .unauthorized: .unavailable
        default: .failed(error.description)
        }
    }
}
