internal import Buffers
internal import Text
internal import Transport
internal import VSphere

/// Looks at one vCenter: by reads alone, each asked once.
///
/// Its requests are the log-in, reads by GET, and the log-out. The answers of one round tell what the next one asks for.
final class Examination {
    /// Limits of what is looked at, so that it takes seconds.
    enum Limits {
        /// The time for all of it but the log-out.
        static let whole = Duration.seconds(10)
        static let request = Duration.seconds(5)
        static let connecting = Duration.seconds(4)
        static let width = 16
        static let libraries = 32
        static let items = 64
    }

    /// A question of a round.
    private struct Question {
        let call: Call
        let dialect: Dialect
        let isMadeUp: Bool
    }

    private(set) var facts: VCenterFacts
    private(set) var isDone = false
    let session: VCenter
    private let knocker: VCenter
    private let wallTime: () -> Duration
    private let clock: () -> Duration
    private var waiting: [Question] = []
    private var inFlight = 0
    private var next: (() -> Void)?
    private var logInBegan = Duration.zero
    /// The operations that were asked for in a dialect: `getItem/rest`.
    private var asked: Set<String> = []
    /// The identifiers of the items that were listed, in order, and what is known of each.
    private var items: [String] = []

    init(
        _ facts: VCenterFacts,
        session: VCenter,
        knocker: VCenter,
        clock: @escaping () -> Duration,
        wallTime: @escaping () -> Duration
    ) {
        self.facts = facts
        self.session = session
        self.knocker = knocker
        self.clock = clock
        self.wallTime = wallTime
    }

    /// Begins; `isDone` tells when all was looked at.
    func start() {
        guard !facts.isReplayed else { return logIn() }
        knocker.knock { [self] knock in
            guard !isDone else { return }
            facts.knock = knock
            guard knock.failure.map({ $0.stage == .answer }) ?? true else { return finish() }
            logIn()
        }
    }

    /// Ends it with what is known.
    func giveUp() {
        guard !isDone else { return }
        facts.limit = Limits.whole
        finish()
    }

    /// Records why the session may still be open.
    func note(logOut error: VSphereError) { facts.logOutProblem = error }

    private func finish() {
        isDone = true
        // What was not answered says nothing.
        facts.readings.removeAll { $0.probe.status == nil && $0.probe.error == nil }
        waiting = []
        next = nil
    }

    private func logIn() {
        if case .failure? = facts.password { return finish() }
        logInBegan = clock()
        session.open { [self] error in
            guard !isDone else { return }
            if let error {
                facts.logIn = .failure(error)
                return finish()
            }
            let dialect = session.dialect ?? .rest
            facts.logIn = .success(.init(dialect: dialect, duration: clock() - logInBegan))
            lists()
        }
    }

    // MARK: Rounds

    private func lists() {
        if let release = try? Call.release() { add(release) }
        for operation in VCenterFacts.reads
        where operation.parameters.allSatisfy({ $0.isOptional }) {
            add(operation)
        }
        ask { [self] in
            let libraries = texts(of: .listLibraries)
            for (place, library) in libraries.prefix(Limits.libraries).enumerated() {
                add(.getLibrary, library, inBoth: place == 0)
                add(.listItems, library, inBoth: place == 0)
            }
            if let machine = texts(of: .listVMs, "vm").first {
                for operation in [Operation.getVM, .getPower, .getVMItem] {
                    add(operation, machine)
                }
            }
            if let task = texts(of: .listTasks).first { add(.getTask, task) }
            ask { [self] in listed(libraries) }
        }
    }

    private func listed(_ libraries: [String]) {
        let records = results(of: .getLibrary)
        let lists = results(of: .listItems)
        let looked = libraries.prefix(Limits.libraries)
        facts.libraries = looked.indices.map { place in
            let record = place < records.count ? records[place] : nil
            let list = place < lists.count ? lists[place] : nil
            items += list?.elements.compactMap(\.string) ?? []
            return .init(
                name: record?["name"]?.string ?? libraries[place],
                items: list?.kind == .array ? list?.count : nil
            )
        }
        facts.libraries += libraries.dropFirst(looked.count).map { .init(name: $0, items: nil) }
        for (place, item) in items.prefix(Limits.items).enumerated() {
            add(.getItem, item, inBoth: place == 0)
        }
        ask { [self] in chosen() }
    }

    private func chosen() {
        let records = results(of: .getItem)
        let templates = zip(items, records).filter { $1?["type"]?.string == "vm-template" }
        facts.items = records.count { $0 != nil }
        facts.templates = templates.count
        guard let (template, _) = templates.first else { return routes() }
        for operation in [Operation.getTemplate, .listVersions, .listCheckOuts, .listChanges] {
            add(operation, template)
        }
        ask { [self] in
            if let version = texts(of: .listVersions, "version").first {
                add(.getVersion, template, version)
            }
            if let version = texts(of: .listChanges, "version").first {
                add(.getChange, template, version)
            }
            if let machine = texts(of: .listCheckOuts, "vm").first {
                add(.getCheckOut, template, machine)
            }
            routes()
        }
    }

    /// Asks for an object that nobody has, where none is known: whether there is such a route is told all the same.
    private func routes() {
        for operation in VCenterFacts.reads {
            let names = operation.parameters.filter { !$0.isOptional }.map { _ in Probe.madeUp }
            for dialect in Dialect.allCases
            where !asked.contains("\(operation.name)/\(dialect.rawValue)") {
                add(operation, names, [dialect], isMadeUp: true)
            }
        }
        ask { [self] in finish() }
    }

    // MARK: Questions

    /// The dialect in which lists are followed: that of the session, unless only the other one has libraries.
    private var dialect: Dialect {
        let own = session.dialect ?? .rest
        let lists = facts.readings(of: Operation.listLibraries.name, in: own)
        return lists.contains { $0.probe.error?.kind == .noSuchRoute } ? own.other : own
    }

    private func add(_ operation: VSphere.Operation, _ texts: String..., inBoth: Bool = true) {
        add(operation, texts, inBoth ? Dialect.allCases : [dialect])
    }

    private func add(
        _ operation: VSphere.Operation,
        _ texts: [String],
        _ dialects: [Dialect],
        isMadeUp: Bool = false
    ) {
        let arguments = ValueBuffer.values { buffer in for text in texts { buffer.put(text) } }
        // What a server calls an identifier need not be one.
        guard let call = try? Call(operation, arguments) else { return }
        add(call, dialects, isMadeUp: isMadeUp)
    }

    private func add(_ call: Call, _ dialects: [Dialect] = Dialect.allCases, isMadeUp: Bool = false)
    {
        for dialect in dialects {
            asked.insert("\(call.operation.name)/\(dialect.rawValue)")
            waiting.append(Question(call: call, dialect: dialect, isMadeUp: isMadeUp))
        }
    }

    /// Asks what was added, and goes on when all of it has its answer.
    private func ask(_ then: @escaping () -> Void) {
        next = then
        pump()
    }

    private func pump() {
        while inFlight < Limits.width, !waiting.isEmpty {
            let question = waiting.removeFirst()
            let place = facts.readings.count
            // Answers come in any order, and are told in the order of the questions.
            facts.readings.append(
                .init(probe: Probe(question.call.operation.name, in: question.dialect))
            )
            inFlight += 1
            session.probe(question.call, in: question.dialect) { [self] probe in
                guard !isDone else { return }
                inFlight -= 1
                facts.readings[place] = .init(
                    probe: probe,
                    isMadeUp: question.isMadeUp,
                    received: wallTime().wholeMilliseconds
                )
                pump()
            }
        }
        guard inFlight == 0, waiting.isEmpty, let next else { return }
        self.next = nil
        next()
    }

    // MARK: Answers

    /// The results of an operation in the dialect that is followed, in the order of the questions.
    private func results(of operation: VSphere.Operation) -> [Value?] {
        facts.readings(of: operation.name, in: dialect).map { $0.probe.result.root }
    }

    /// The texts in a list, or under a field of its elements, or the keys of a map; in the first dialect that has any.
    private func texts(of operation: VSphere.Operation, _ field: String? = nil) -> [String] {
        for dialect in [dialect, dialect.other] {
            for reading in facts.readings(of: operation.name, in: dialect) {
                guard let answer = reading.probe.result.root else { continue }
                let elements = answer.elements.compactMap { element in
                    field.map { element[$0]?.string } ?? element.string
                }
                let found =
                    elements + (field == nil ? answer.fields.compactMap { $0.key.string } : [])
                if !found.isEmpty { return found }
            }
        }
        return []
    }
}
