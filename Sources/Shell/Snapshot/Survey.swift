internal import APIIndex
internal import Buffers
internal import JSON
internal import Text
internal import VSphere

/// Reads all that a twin needs of one vCenter, in four parts, several reads at once.
///
/// A read that the vCenter refuses is noted, and refused by the twin too; one that gets no answer ends the survey.
final class Survey {
    /// A read, and who wants its answer.
    private struct Ask {
        let call: Call
        /// Its name in the inventory.
        let name: String
        let subject: [String]
        let round: Round
        let answer: (Result<JSONValue, VSphereError>) -> Bool
        /// Whether it is asked once where the vCenter says that the service is not there now: so it does of machines
        /// whose tools have nothing to tell yet.
        var isOnce = false
    }

    /// Objects that are read one after the other, as soon as there is room.
    private struct Source {
        let count: Int
        var next = 0
        let begin: (Int) -> Void
    }

    /// The part that is being read, for people.
    struct Progress {
        var title = ""
        var total = 0
        var done = 0
    }

    let vcenter: VCenter
    /// The libraries that are wanted; none for all.
    let wanted: [String]
    private(set) var progress = Progress()
    private(set) var isDone = false
    /// Why it cannot go on.
    private(set) var problem: VSphereError?
    var document = SnapshotDocument()
    var places = PlaceBook()
    /// The item that a machine is checked out of.
    var checkedOut: [String: String] = [:]
    private let clock: () -> Duration
    private var pace: Pace
    private var urgent: [Ask] = []
    private var sources: [Source] = []
    private var inFlight = 0
    private var isPumping = false

    init(
        _ vcenter: VCenter,
        wanted: [String],
        limit: Int?,
        clock: @escaping () -> Duration
    ) {
        self.vcenter = vcenter
        self.wanted = wanted
        self.clock = clock
        pace = Pace(limit: limit)
    }

    /// Begins; `isDone` tells when all was read, or that it cannot be.
    func start() {
        vcenter.open { [self] error in
            if let error { return fail(error) }
            readPlaces { [self] in
                readLibraries { [self] in
                    readMachines { [self] in
                        readTags { [self] in readWhole { [self] in isDone = true } }
                    }
                }
            }
        }
    }

    /// Ends it without a result.
    func fail(_ error: VSphereError) {
        guard !isDone else { return }
        problem = error
        isDone = true
        urgent = []
        sources = []
    }

    // MARK: Asking

    /// Begins a part: its steps are what `count` counts.
    func begin(_ title: String, of total: Int = 0) {
        progress = Progress(title: title, total: total)
    }

    /// Asks for one read of an operation.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - subject: Its identifiers.
    ///   - filter: The filter of a list.
    ///   - round: The work that it is a part of.
    ///   - answer: Called with the answer; not called where the read was refused.
    func ask(
        _ operation: VSphere.Operation,
        _ subject: String...,
        filter: JSONValue? = nil,
        in round: Round,
        _ answer: @escaping (JSONValue) -> Void
    ) {
        ask(operation, subject, filter: filter, in: round) { result in
            guard case .success(let value) = result else { return false }
            answer(value)
            return true
        }
    }

    /// Asks for one read.
    ///
    /// The last argument is called with what came, and gives whether nothing is to be noted.
    func ask(
        _ operation: VSphere.Operation,
        _ subject: [String],
        filter: JSONValue? = nil,
        in round: Round,
        isOnce: Bool = false,
        _ answer: @escaping (Result<JSONValue, VSphereError>) -> Bool
    ) {
        let arguments = ValueBuffer.values { buffer in
            for text in subject { buffer.put(text) }
            if let filter { buffer.put(filter) }
        }
        do throws(VSphereError) {
            let call = try Call(operation, arguments)
            put(call, operation.name, subject, round, isOnce: isOnce, answer)
        } catch {
            // An identifier that cannot be sent again: what a server calls one need not be.
            note(error, operation.name, subject)
        }
    }

    /// Asks for one read of the whole API.
    func ask(
        api name: String,
        _ arguments: JSONValue = [:],
        in round: Round,
        _ answer: @escaping (JSONValue) -> Void
    ) {
        guard let facts = APIFacts.operation(name) else { return }
        let operation = VSphere.Operation(facts)
        let values = ValueBuffer.values { $0.put(arguments) }
        do throws(VSphereError) {
            let call = try Call(operation, values)
            put(call, name, [], round) { result in
                guard case .success(let value) = result else { return false }
                answer(value)
                return true
            }
        } catch {
            note(error, name, [])
        }
    }

    /// Asks by a call that is no operation's.
    func ask(
        _ call: Call,
        named name: String,
        in round: Round,
        _ answer: @escaping (JSONValue) -> Void
    ) {
        put(call, name, [], round) { result in
            guard case .success(let value) = result else { return false }
            answer(value)
            return true
        }
    }

    /// Reads objects one by one: `read` asks for what there is about one, and gives what is done when all of it is there.
    func each(
        _ count: Int,
        in round: Round,
        _ read: @escaping (Int, Round) -> () -> Void
    ) {
        guard count > 0 else { return }
        round.enter(count)
        sources.append(
            Source(count: count) { [self] index in
                var finish: () -> Void = {}
                let own = Round { [self] in
                    finish()
                    progress.done += 1
                    round.leave()
                }
                finish = read(index, own)
                own.leave()
            }
        )
        pump()
    }

    private func put(
        _ call: Call,
        _ name: String,
        _ subject: [String],
        _ round: Round,
        isOnce: Bool = false,
        _ answer: @escaping (Result<JSONValue, VSphereError>) -> Bool
    ) {
        guard !isDone else { return }
        round.enter()
        urgent.append(
            Ask(
                call: call,
                name: name,
                subject: subject,
                round: round,
                answer: answer,
                isOnce: isOnce
            )
        )
        pump()
    }

    private func pump() {
        // What is answered at once asks for more before it returns.
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while !isDone, inFlight < pace.width {
            if let ask = urgent.popLast() {
                send(ask)
            } else if var source = sources.last {
                sources.removeLast()
                let index = source.next
                source.next += 1
                if source.next < source.count { sources.append(source) }
                source.begin(index)
            } else {
                return
            }
        }
    }

    private func send(_ ask: Ask) {
        inFlight += 1
        let (result, began) = (ValueBuffer(), clock())
        vcenter.perform(ask.call, into: result, argumentsStay: true, isAside: ask.isOnce) {
            [self] error in
            inFlight -= 1
            guard !isDone else { return }
            if let error, ask.isOnce, !error.isAnswer {
                // What is asked once is not waited for long either.
                var again = ask
                again.isOnce = false
                urgent.append(again)
                return pump()
            }
            pace.note(
                ask.name,
                took: clock() - began,
                isBusy: error.map { !$0.isAnswer || $0.status == 429 } ?? false
            )
            if let error, !error.isAnswer { return fail(error) }
            let isTaken =
                error.map { ask.answer(.failure($0)) }
                ?? ask.answer(.success(result.root.map { JSONValue($0) } ?? .null))
            if let error, !isTaken { note(error, ask.name, ask.subject) }
            ask.round.leave()
            pump()
        }
    }

    private func note(_ error: VSphereError, _ name: String, _ subject: [String]) {
        document.refuse(name, of: subject, error.kind.rawValue, error.message)
    }
}

extension VSphereError {
    /// Whether it is an answer about what was asked for, and not about the vCenter or the way there.
    fileprivate var isAnswer: Bool {
        switch kind {
        // A proxy in front of it says so too, and then nothing is said about the object.
        case .serviceUnavailable: !messages.isEmpty
        case .transport, .tls, .timeout, .cancelled, .usage, .configuration, .unauthenticated,
            .noMemory:
            false
        default: true
        }
    }
}
