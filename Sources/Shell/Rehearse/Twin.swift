internal import JSON
internal import Journal
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// The simulators of one worker, which tries one case after another on them: before each they are put back to the
/// beginning.
final class Twin {
    /// A simulator, and the vCenter that it stands for.
    private struct Place {
        /// The URL by which the script names it; empty if it names none.
        let url: String
        let process: BackgroundProcess
        let ready: JSONValue
        let address: String
        /// The state before anything ran.
        var base: JSONValue = .null

        /// As cases name it.
        var name: String { Twin.name(of: url) }
    }

    private let plan: RehearsalPlan
    private let world: World
    private let multi: Multi
    private let link: SimulatorLink
    private let folder: String
    private var places: [Place] = []
    /// The process of the case under way.
    private var running: PipedProcess?
    /// How many cases were tried: each has a folder of its own.
    private var count = 0

    /// Makes a twin without simulators.
    init(_ plan: RehearsalPlan, number: Int, _ world: World, _ multi: Multi) {
        (self.plan, self.world, self.multi) = (plan, world, multi)
        link = SimulatorLink(multi)
        folder = "\(plan.folder)/\(number)"
    }

    /// A vCenter as cases name it: its host, with the port if it has one of its own.
    static func name(of url: String) -> String {
        url.isEmpty ? "" : (try? Endpoint.parse(url))?.endpoint.description ?? url
    }

    /// Starts a simulator for every vCenter of a list.
    func open(_ urls: [String]) throws(Rehearsal.Problem) {
        for url in urls where !places.contains(where: { $0.url == url }) {
            do throws(PosixError) {
                let process = try world.startInBackground(
                    plan.simulatorWords(of: Self.name(of: url))
                )
                let line = try process.firstLine(within: .seconds(30))
                guard let ready = try? JSONValue(parsing: line), let address = ready["url"]?.string
                else { throw PosixError("start", path: plan.simulator, code: 71, reason: line) }
                var place = Place(url: url, process: process, ready: ready, address: address)
                place.base = link.wait(.get, address + "/sim/state") ?? .null
                places.append(place)
            } catch {
                let failure = SimulatorFleet.failure(
                    Display.escape(error.description),
                    isMissing: error.isNotFound
                )
                throw Rehearsal.Problem(
                    message: "\(failure.message)\n  try: \(failure.hint ?? "")",
                    code: ExitCode.configuration.rawValue
                )
            }
        }
    }

    /// Ends the simulator of a vCenter that no session needs.
    func forget(_ url: String) {
        for place in places where place.url == url { place.process.end(within: .seconds(2)) }
        places.removeAll { $0.url == url }
    }

    /// Ends the simulators, and the case under way if the rehearsal is stopped.
    func close() {
        running?.end()
        for place in places { place.process.end(within: .seconds(2)) }
        places = []
    }

    /// The state before anything ran.
    var before: TwinState { state(places.map(\.base)) }

    private func state(_ documents: [JSONValue]) -> TwinState {
        var whole = TwinState()
        for (place, document) in zip(places, documents) {
            let prefix = places.count > 1 ? "\(place.name.isEmpty ? "default" : place.name):" : ""
            whole =
                whole
                + TwinState(document, base: place.base, vcenter: place.name, prefix: prefix)
        }
        return whole
    }

    /// Tries a case.
    /// - Parameters:
    ///   - point: What goes wrong; nil for nothing.
    ///   - expected: How the run ends without a fault; nil if that is not known yet.
    ///   - completion: Called with what is known afterwards, and the vCenters for which there is no simulator.
    func attempt(
        _ point: RehearsalCase?,
        expecting expected: Ending?,
        completion: @escaping (CaseEvidence, _ missing: [String]) -> Void
    ) {
        count += 1
        let own = "\(folder)-\(count)"
        var evidence = CaseEvidence()
        evidence.point = point
        func give(_ evidence: CaseEvidence) {
            let missing = lines(of: "\(own)/\(RehearsedRun.missingFile)")
            try? world.removeFolder(own)
            completion(evidence, missing)
        }
        do throws(PosixError) {
            try world.makePrivateFolder(own)
        } catch {
            evidence.problem = "\(error)"
            return give(evidence)
        }
        var requests = places.map { (Method.post, $0.address + "/sim/reset", JSONValue?.none) }
        if case .request(let operation, let vcenter, let number, let name) = point?.point {
            guard let place = places.first(where: { $0.name == vcenter }),
                let fault = RehearsalFault.named(name)
            else {
                evidence.problem = "the script names no vCenter \(vcenter)"
                return give(evidence)
            }
            let rule = fault.rule(
                operation: operation,
                number: number,
                item: point?.item?.id
            )
            requests.append((.post, place.address + "/sim/faults", rule))
        }
        let attempt = Attempt(evidence, folder: own, expected: expected, completion: give)
        ask(requests, attempt) { [self] _ in stage(.run, attempt) }
    }

    /// A case under way.
    private final class Attempt {
        var evidence: CaseEvidence
        let folder: String
        let expected: Ending?
        let completion: (CaseEvidence) -> Void
        var hasFinished = false

        init(
            _ evidence: CaseEvidence,
            folder: String,
            expected: Ending?,
            completion: @escaping (CaseEvidence) -> Void
        ) {
            self.evidence = evidence
            (self.folder, self.expected, self.completion) = (folder, expected, completion)
        }

        func fail(_ problem: String) {
            evidence.problem = problem
            finish()
        }

        func finish() {
            guard !hasFinished else { return }
            hasFinished = true
            completion(evidence)
        }
    }

    /// Asks for several things at once; a problem ends the case.
    private func ask(
        _ requests: [(method: Method, url: String, body: JSONValue?)],
        _ attempt: Attempt,
        completion: @escaping ([JSONValue]) -> Void
    ) {
        var answers = [JSONValue?](repeating: nil, count: requests.count)
        var rest = requests[...]
        // In order: what is reset first may be given a fault then.
        func next() {
            guard let (method, url, body) = rest.popFirst() else {
                return completion(answers.compactMap { $0 })
            }
            let place = answers.count - rest.count - 1
            link.ask(method, url, body) { result in
                switch result {
                case .success(let answer):
                    answers[place] = answer
                    next()
                case .failure(let problem): attempt.fail(problem.description)
                }
            }
        }
        next()
    }

    // MARK: Stages

    private func stage(_ kind: CaseEvidence.Stage.Kind, _ attempt: Attempt) {
        var requests = places.map { (Method.get, $0.address + "/sim/clock", JSONValue?.none) }
        if kind != .run, attempt.evidence.point?.fault == "meanwhile:lose_privileges" {
            // Somebody has given them back before it is tried again.
            for place in places {
                requests.append((.post, place.address + "/sim/users", ["privileges": .null]))
            }
        }
        ask(requests, attempt) { [self] answers in
            let ahead = answers.compactMap { $0["ahead_s"]?.number }.max() ?? 0
            start(kind, attempt, ahead: .milliseconds(Int(ahead * 1000)))
        }
    }

    private func start(_ kind: CaseEvidence.Stage.Kind, _ attempt: Attempt, ahead: Duration) {
        var kill: KillPoint?
        if kind == .run, case .write(let point) = attempt.evidence.point?.point { kill = point }
        let ready = Dictionary(places.map { ($0.url, $0.ready) }) { first, _ in first }
        let log = "\(attempt.folder)/log-\(attempt.evidence.stages.count).json"
        let environment = plan.environment(
            state: "\(attempt.folder)/state",
            rehearsal: RehearsedRun.text(
                simulators: ready,
                kill: kill,
                folder: attempt.folder,
                passed: ahead,
                seed: plan.seed,
                stage: attempt.evidence.stages.count
            )
        )
        do throws(PosixError) {
            let words = plan.words(of: kind, log: log, fault: attempt.evidence.point?.fault)
            let process = try world.startPiped(words, environment)
            running = process
            _ = CaseProcess(process, on: multi, within: RehearsalPlan.limit) {
                [self] ending, _, error in
                running = nil
                var stage = CaseEvidence.Stage(kind: kind, ending: ending)
                stage.message = naming(Self.lastMessage(error))
                stage.errorKind =
                    lines(of: log).last
                    .flatMap { try? JSONValue(parsing: $0) }?["kind"]?.string
                attempt.evidence.stages.append(stage)
                look(kind, attempt)
            }
        } catch {
            attempt.fail("\(error)")
        }
    }

    /// A message with the names of the vCenters in place of where their simulators happen to be.
    private func naming(_ message: String) -> String {
        places.reduce(message) { text, place in
            text.replacing(
                Self.name(of: place.address),
                with: place.url.isEmpty ? "vcenter" : place.name
            )
        }
    }

    /// The last line on standard error; the message of a record.
    private static func lastMessage(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let found = text.split(separator: "\n").last { line in
            let record = try? JSONValue(parsing: String(line))
            return record == nil || record?["level"]?.string == "error"
        }
        guard let found else { return "" }
        let record = try? JSONValue(parsing: String(found))
        let message = record?["message"]?.string ?? String(found)
        return Display.escape(String(message.prefix(300)))
    }

    /// Looks what a stage has left, and goes on.
    private func look(_ kind: CaseEvidence.Stage.Kind, _ attempt: Attempt) {
        readJournal(attempt)
        if kind == .run {
            let lines = lines(of: "\(attempt.folder)/\(RehearsedRun.writesFile)")
            attempt.evidence.isKillNoted = lines.contains { $0.hasPrefix("killed ") }
            attempt.evidence.writes = lines.filter { !$0.hasPrefix("killed ") }
                .map { $0.split(separator: " ").map(String.init) }
            attempt.evidence.openAfterRun = attempt.evidence.told.count(where: \.isOpen)
        }
        guard kind == .resume else { return goOn(kind, attempt) }
        askForStates(attempt) { [self] state in
            attempt.evidence.isAsBefore = state.differences(from: before).isEmpty
            goOn(kind, attempt)
        }
    }

    private func askForStates(_ attempt: Attempt, completion: @escaping (TwinState) -> Void) {
        let requests = places.map { (Method.get, $0.address + "/sim/state", JSONValue?.none) }
        ask(requests, attempt) { [self] answers in completion(state(answers)) }
    }

    private func goOn(_ kind: CaseEvidence.Stage.Kind, _ attempt: Attempt) {
        let ending = attempt.evidence.stages[0].ending
        let next = CaseCourse.next(after: attempt.evidence, expected: attempt.expected ?? ending)
        guard let next else { return finish(attempt) }
        guard kind == .run else { return stage(next, attempt) }
        askForStates(attempt) { [self] state in
            attempt.evidence.stateAfterRun = state
            stage(next, attempt)
        }
    }

    private func readJournal(_ attempt: Attempt) {
        let state = "\(attempt.folder)/state"
        // A run that changes nothing has none.
        guard world.isReadable("\(state)/journal.db"),
            let store = try? SQLiteStore(folder: state, isReadOnly: true),
            let runs = try? store.runs(startingWith: "", limit: 100)
        else { return }
        attempt.evidence.canResume = runs.contains { $0.recipe != nil }
        attempt.evidence.told = runs.reversed().flatMap { run in
            (try? store.operations(ofRun: run.identifier)) ?? []
        }
        .map { record in
            let place = places.first { Self.name(of: $0.address) == record.vcenter }
            return CaseEvidence.Told(record, at: place?.name ?? "")
        }
    }

    /// Lets happen what is still to happen, and reads the record.
    private func finish(_ attempt: Attempt) {
        let month: JSONValue = ["advance_s": .integer(30 * 86_400)]
        let count = places.count
        let requests =
            places.map { (Method.get, $0.address + "/sim/sessions", JSONValue?.none) }
            + places.map { (Method.post, $0.address + "/sim/clock", JSONValue?.some(month)) }
            + places.map {
                (Method.get, $0.address + "/sim/requests?headers=false", JSONValue?.none)
            }
            + places.map { (Method.get, $0.address + "/sim/state", JSONValue?.none) }
        ask(requests, attempt) { [self] answers in
            attempt.evidence.sessionsLeft =
                answers[..<count].reduce(0) { $0 + ($1["open"]?.integer ?? 0) }
            attempt.evidence.requests = zip(places, answers[(2 * count)..<(3 * count)])
                .flatMap { SeenRequest.all($1, at: $0.name) }
            attempt.evidence.state = state(Array(answers[(3 * count)...]))
            attempt.finish()
        }
    }

    private func lines(of file: String) -> [String] {
        // One that is not there has no line; one that says "\n" has one, which is empty.
        guard let text = (try? world.readFile(file, 64 << 20))?.text, !text.isEmpty else {
            return []
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast(text.hasSuffix("\n") ? 1 : 0).map(String.init)
    }
}
