internal import Journal
internal import Text
public import VSphere

/// A list whose items are handed out to the copies of a run, each to one of them.
///
/// What a copy has taken it has claimed for as long as it lives. An item of a copy that died is handed on, with what that
/// copy's steps have done, so that whoever gets it goes on there.
public final class WorkShare {
    /// Who shares the list.
    public enum Scope: Sendable {
        /// Nobody else: the run has a simulator of its own, or only plans.
        case alone
        /// The copies of a run, which have this name.
        case copies(String)
        /// There is no journal that copies could share.
        case impossible
    }

    private unowned let changes: RunChanges
    private let leases: Leases?
    private let name: String
    let keys: [String]
    /// The places of the items that are not known to be over, those that are asked for next first.
    private var open: [Int]
    /// The items of this copy.
    private var taken: Set<Int> = []
    /// The items that are done, until that is on its way to the journal.
    private var over: [Int] = []
    /// How many questions that tell of such items were not answered yet.
    private var telling = 0
    /// Why it cannot be told that items are done.
    private var failure: VSphereError?
    /// Called when all that is done is in the journal, or with why it is not.
    private var waiting: [(VSphereError?) -> Void] = []
    /// How many answers in a row had nothing for us.
    private var vain = 0
    /// How long the database has been away, while somebody waits for an item.
    private var away: Duration = .zero

    init(_ keys: [String], _ name: String, _ leases: Leases?, _ changes: RunChanges) {
        (self.keys, self.name, self.leases, self.changes) = (keys, name, leases, changes)
        // Copies that begin at different places meet less often.
        let run = changes.settings.run.identifier
        let start = leases == nil ? 0 : run.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFFFF }
        let first = keys.isEmpty ? 0 : start % keys.count
        open = Array(first..<keys.count) + Array(0..<first)
    }

    /// The most items that one question is about.
    private static var window: Int { 64 }

    /// Takes the next item; waits while all that are left are others'.
    /// - Parameter completion: Called with its place in the list, nil where nothing is left and all that is done here is
    ///   in the journal, or with an error.
    public func next(completion: @escaping (Swift.Result<Int?, VSphereError>) -> Void) {
        guard leases != nil else {
            guard let place = open.first else { return completion(.success(nil)) }
            open.removeFirst()
            return completion(.success(place))
        }
        guard !open.isEmpty else { return settle(completion) }
        let asked = Array(open.prefix(Self.window))
        ask(asked) { [self] result in
            switch result {
            case .success(let rows): took(rows, asked, completion)
            case .failure(let error): failed(error, completion)
            }
        }
    }

    /// Asks for the first of some items that nobody has, and tells what is done.
    private func ask(
        _ asked: [Int],
        completion: @escaping (Swift.Result<[[String?]], JournalError>) -> Void
    ) {
        let told = over
        over = []
        telling += told.isEmpty ? 0 : 1
        leases?.ask(
            "SELECT key, state, runs FROM vmoon.take($1, $2, $3, $4::text[], $5::text[], $6::text[])",
            [
                changes.settings.run.identifier, name, list(asked), list(Array(taken)), list(told),
            ]
        ) { [self] result in
            telling -= told.isEmpty ? 0 : 1
            if case .failure(let error) = result {
                over = told + over
                if error.kind != .away { failure = VSphereError(error) }
            }
            completion(result)
            tellWaiting()
        }
    }

    private func list(_ places: [Int]) -> String { Leases.list(places.map { keys[$0] }) }

    /// Ends a question where no item is left.
    private func settle(_ completion: @escaping (Swift.Result<Int?, VSphereError>) -> Void) {
        waiting.append { error in completion(error.map { .failure($0) } ?? .success(nil)) }
        tellWaiting()
    }

    private func tellWaiting() {
        guard failure != nil || over.isEmpty && telling == 0 else { return }
        let told = waiting
        waiting = []
        for completion in told { completion(failure) }
    }

    private func took(
        _ rows: [[String?]],
        _ asked: [Int],
        _ completion: @escaping (Swift.Result<Int?, VSphereError>) -> Void
    ) {
        away = .zero
        var places: [String: Int] = [:]
        for place in asked { places[keys[place]] = place }
        for row in rows {
            guard row.count == 3, let key = row[0], let place = places[key] else { continue }
            switch row[1] {
            case "done", "failed": open.removeAll { $0 == place }
            case "taken":
                vain = 0
                open.removeAll { $0 == place }
                taken.insert(place)
                return hand(place, after: row[2] ?? "", completion)
            default: vain += 1
            }
        }
        guard !open.isEmpty else { return settle(completion) }
        // The others of this list come next; where all are somebody's, somebody may die.
        open = Array(open.dropFirst(Self.window)) + open.prefix(Self.window)
        guard vain >= open.count else { return next(completion: completion) }
        vain = 0
        changes.loop.after(.milliseconds(300)) { [self] in next(completion: completion) }
    }

    /// Hands an item over, with what the copies that had it before know.
    private func hand(
        _ place: Int,
        after runs: String,
        _ completion: @escaping (Swift.Result<Int?, VSphereError>) -> Void
    ) {
        let own = changes.settings.run.identifier
        let earlier = runs.split(separator: " ").map(String.init).filter { $0 != own }
        if let error = changes.inherit(earlier, item: keys[place]) {
            return fail(place) { _ in completion(.failure(error)) }
        }
        completion(.success(place))
    }

    private func failed(
        _ error: JournalError,
        _ completion: @escaping (Swift.Result<Int?, VSphereError>) -> Void
    ) {
        guard error.kind == .away, away < .seconds(60) else {
            return completion(.failure(VSphereError(error)))
        }
        // Nothing is begun meanwhile.
        away += .milliseconds(500)
        changes.loop.after(.milliseconds(500)) { [self] in next(completion: completion) }
    }

    /// Tells that an item is done: with the next question, which its task asks at once where there is more to do, and
    /// else by itself.
    ///
    /// Nobody waits for that here. Whoever is told that nothing is left is told so when it is in the journal.
    /// - Parameter place: Its place.
    public func done(_ place: Int) {
        taken.remove(place)
        guard leases != nil else { return }
        over.append(place)
        changes.loop.after(.zero) { [self] in tell() }
    }

    private func tell() {
        guard !over.isEmpty, failure == nil else { return }
        ask([]) { [self] result in
            guard case .failure(let error) = result, error.kind == .away else { return }
            guard away < .seconds(60) else { return failure = VSphereError(error) }
            // They stay ours until then.
            away += .milliseconds(500)
            changes.loop.after(.milliseconds(500)) { [self] in tell() }
        }
    }

    /// Tells that an item has failed: a copy that begins later takes it up again.
    /// - Parameters:
    ///   - place: Its place.
    ///   - completion: Called when that is in the journal, or with why it is not.
    public func fail(_ place: Int, completion: @escaping (VSphereError?) -> Void) {
        taken.remove(place)
        guard let leases else { return completion(nil) }
        leases.ask(
            "SELECT vmoon.finish($1, $2, $3::text[], 'failed')",
            [name, list([place])]
        ) { [self] result in
            switch result {
            case .success: completion(nil)
            case .failure(let error) where error.kind == .away && away < .seconds(60):
                // It stays ours until then.
                away += .milliseconds(500)
                changes.loop.after(.milliseconds(500)) { [self] in
                    fail(place, completion: completion)
                }
            case .failure(let error): completion(VSphereError(error))
            }
        }
    }

    /// Ends with the run: what is still ours in a run that failed is not tried again by the copies that are at work.
    func close(hasFailed: Bool) {
        tell()
        guard hasFailed else { return }
        for place in taken { fail(place) { _ in } }
    }
}

extension RunChanges {
    /// Shares a list with the copies of this run.
    /// - Parameter keys: What tells the items apart, the same in every copy.
    /// - Returns: The number of the share, or why there can be none.
    public func share(_ keys: [String]) -> Swift.Result<Int, VSphereError> {
        let hint =
            "--journal postgres://… keeps one; for copies on one host, parallel, or shard with --shard I/N"
        func add(_ name: String, _ leases: Leases?) -> Int {
            shares.append(WorkShare(keys, name, leases, self))
            return shares.count - 1
        }
        switch steps.isPlanned ? .alone : settings.sharing {
        case .alone: return .success(add("", nil))
        case .impossible:
            return .failure(
                VSphereError(
                    .usage,
                    "copies of a run can share a list only in a journal that they share",
                    operation: "share",
                    hint: hint
                )
            )
        case .copies(let name):
            guard !name.isEmpty else {
                return .failure(
                    VSphereError(
                        .usage,
                        "the run has no name, by which its copies are known",
                        operation: "share",
                        hint:
                            "--run-name NAME: the same for all copies, another one for the next night"
                    )
                )
            }
            let known = Set(shares.flatMap(\.keys))
            if let twice = keys.first(where: known.contains) {
                return .failure(
                    VSphereError(
                        .usage,
                        "\(Display.name(twice)) is in a list that this run shares already: what is done stays done "
                            + "under the run's name, and would not be handed out again",
                        operation: "share",
                        hint:
                            "give the items of the second list keys of their own: "
                            + "share(list, { key = function(it) return \"second \" .. it.id end })"
                    )
                )
            }
            if let error = beginSteps() { return .failure(error) }
            // The run is in the journal before anything of it is handed to another copy.
            record([], isUrgent: true) { _ in }
            return .success(add(name, leases))
        }
    }

    /// Takes over what the steps of other runs have done.
    /// - Returns: Why that cannot be.
    func inherit(_ runs: [String], item: String) -> VSphereError? {
        guard !runs.isEmpty, let store = journal else { return nil }
        var known: [(run: String, steps: [StepRecord], operations: [OperationRecord])] = []
        do throws(JournalError) {
            for run in runs {
                known.append((run, try store.steps(ofRun: run), try store.operations(ofRun: run)))
            }
        } catch {
            return VSphereError(error)
        }
        for run in known {
            let outside = run.operations.filter { $0.step == nil && $0.mayHaveEffect }
            guard let first = outside.first else { continue }
            return VSphereError(
                .conflict,
                "\(Display.name(item)) is not taken over: run \(run.run), which had it and did not end, changed "
                    + "something outside of its steps (\(first.operation)), and that would be made again",
                operation: "share",
                hint:
                    "put the changes into step(name, fn); vmoon runs \(run.run) tells what was done"
            )
        }
        steps.inherit(known)
        return nil
    }
}
