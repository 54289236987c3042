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
    /// The items that have ended, until the journal has that: those that are done, those that failed, and those that
    /// nobody began.
    private var ended = Ended()
    /// How many have ended, and how many of these the journal has.
    private var (endedCount, toldCount) = (0, 0)
    /// The tasks that want an item, in the order in which they asked.
    private var asking: [Asker] = []
    /// Those who wait until the journal has what had ended when they asked.
    private var settling: [(count: Int, completion: (VSphereError?) -> Void)] = []
    /// Set while a question is on its way; there is one at a time.
    private var isAsking = false
    /// Set while no item is asked for, since all that are left are others'.
    private var isResting = false
    /// Set while nothing is asked, since the database was away a moment ago.
    private var isPaused = false
    /// Set after an error that does not pass: nothing is asked until a task wants something.
    private var hasGivenUp = false
    /// The time of the first of the failures in a row that may pass.
    private var awaySince: Duration?
    /// The last failure; nil after an answer.
    private var lastError: JournalError?
    /// How many answers in a row had nothing for us.
    private var vain = 0

    private struct Ended {
        var done: [Int] = []
        var failed: [Int] = []
        var untouched: [Int] = []

        var isEmpty: Bool { done.isEmpty && failed.isEmpty && untouched.isEmpty }

        static func + (first: Ended, second: Ended) -> Ended {
            Ended(
                done: first.done + second.done,
                failed: first.failed + second.failed,
                untouched: first.untouched + second.untouched
            )
        }
    }

    private struct Asker {
        let isThere: () -> Bool
        let completion: (Swift.Result<Int?, VSphereError>) -> Void
    }

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

    /// How long a database that is away is waited for.
    private static var patience: Duration { .seconds(60) }

    // MARK: What tasks ask for

    /// Takes the next item; waits while all that are left are others'.
    /// - Parameters:
    ///   - isThere: Whether the task still wants it: an item that nobody wants any more is given back.
    ///   - completion: Called with its place in the list, nil where nothing is left and all that has ended before is in
    ///     the journal, or with an error.
    public func next(
        isThere: @escaping () -> Bool,
        completion: @escaping (Swift.Result<Int?, VSphereError>) -> Void
    ) {
        guard leases != nil else {
            guard let place = open.first else { return completion(.success(nil)) }
            open.removeFirst()
            return completion(.success(place))
        }
        asking.append(Asker(isThere: isThere, completion: completion))
        hasGivenUp = false
        goOn()
    }

    /// Tells that an item is done.
    ///
    /// It goes with the next question, which its task asks at once where there is more to do, and else by itself. Nobody
    /// waits for that here, but in `settle`.
    /// - Parameter place: Its place.
    public func done(_ place: Int) {
        guard end(place, \.done) else { return }
        changes.loop.after(.zero) { [self] in goOn() }
    }

    /// Tells that an item has failed: a copy that begins later takes it up again.
    /// - Parameters:
    ///   - place: Its place.
    ///   - completion: Called when that is in the journal, or with why it is not.
    public func fail(_ place: Int, completion: @escaping (VSphereError?) -> Void) {
        guard end(place, \.failed) else { return completion(nil) }
        settle(completion: completion)
    }

    /// Gives an item back that was taken and not begun.
    /// - Parameter place: Its place.
    public func giveBack(_ place: Int) {
        if end(place, \.untouched) { goOn() }
    }

    /// Waits until the journal has what has ended so far.
    /// - Parameter completion: Called then, or with why it has not.
    public func settle(completion: @escaping (VSphereError?) -> Void) {
        settling.append((endedCount, completion))
        hasGivenUp = false
        goOn()
    }

    private func end(_ place: Int, _ list: WritableKeyPath<Ended, [Int]>) -> Bool {
        guard taken.remove(place) != nil, leases != nil else { return false }
        ended[keyPath: list].append(place)
        endedCount += 1
        return true
    }

    // MARK: Questions

    /// Asks what there is to ask, one question at a time.
    private func goOn() {
        guard !isAsking else { return }
        let told = settling.filter { $0.count <= toldCount }
        settling.removeAll { $0.count <= toldCount }
        for waiting in told { waiting.completion(nil) }
        // A completion may have asked already.
        guard !isAsking, !isPaused, !hasGivenUp else { return }
        asking.removeAll { !$0.isThere() }
        let wanted = asking.isEmpty || isResting ? [] : Array(open.prefix(Self.window))
        if !wanted.isEmpty || !ended.isEmpty { return ask(wanted) }
        guard open.isEmpty, ended.isEmpty, !asking.isEmpty else { return }
        let through = asking
        asking = []
        for asker in through { asker.completion(.success(nil)) }
    }

    /// Asks for the first of some items that nobody has, and tells what has ended.
    private func ask(_ wanted: [Int]) {
        let (telling, count) = (ended, endedCount)
        ended = Ended()
        isAsking = true
        let own = changes.settings.run.identifier
        leases?.ask(
            """
            SELECT key, state, runs
            FROM vmoon.take($1, $2, $3, $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
            """,
            [
                own, name, list(wanted), list(Array(taken)), list(telling.done),
                list(telling.failed), list(telling.untouched),
            ]
        ) { [self] result in
            isAsking = false
            switch result {
            case .success(let rows):
                (awaySince, lastError) = (nil, nil)
                toldCount = count
                // Not before: it would be taken for one whose answer was lost.
                open = telling.untouched + open
                took(rows, wanted)
            case .failure(let error):
                ended = telling + ended
                failed(error)
            }
            goOn()
        }
    }

    private func list(_ places: [Int]) -> String { Leases.list(places.map { keys[$0] }) }

    private func took(_ rows: [[String?]], _ wanted: [Int]) {
        guard !wanted.isEmpty else { return }
        var places: [String: Int] = [:]
        for place in wanted { places[keys[place]] = place }
        for row in rows {
            guard row.count == 3, let key = row[0], let place = places[key] else { continue }
            switch row[1] {
            case "done", "failed": open.removeAll { $0 == place }
            case "taken":
                vain = 0
                open.removeAll { $0 == place }
                taken.insert(place)
                return hand(place, after: row[2] ?? "")
            default: vain += 1
            }
        }
        // The others of this list come next; where all are somebody's, somebody may die.
        open = Array(open.dropFirst(Self.window)) + open.prefix(Self.window)
        guard !open.isEmpty, vain >= open.count else { return }
        vain = 0
        isResting = true
        changes.loop.after(.milliseconds(300)) { [self] in
            isResting = false
            goOn()
        }
    }

    /// Hands an item over, with what the copies that had it before know.
    private func hand(_ place: Int, after runs: String) {
        asking.removeAll { !$0.isThere() }
        guard !asking.isEmpty else { return giveBack(place) }
        let asker = asking.removeFirst()
        let own = changes.settings.run.identifier
        let earlier = runs.split(separator: " ").map(String.init).filter { $0 != own }
        if let error = changes.inherit(earlier, item: keys[place]) {
            return fail(place) { _ in asker.completion(.failure(error)) }
        }
        asker.completion(.success(place))
    }

    private func failed(_ error: JournalError) {
        lastError = error
        let now = changes.loop.now
        let since = awaySince ?? now
        if error.mayPass, now - since < Self.patience {
            // Nothing is begun meanwhile, and what has ended stays ours.
            (awaySince, isPaused) = (since, true)
            changes.loop.after(.milliseconds(500)) { [self] in
                isPaused = false
                goOn()
            }
            return
        }
        (awaySince, hasGivenUp) = (nil, true)
        let (askers, waiting) = (asking, settling)
        (asking, settling) = ([], [])
        for asker in askers { asker.completion(.failure(VSphereError(error))) }
        for other in waiting { other.completion(VSphereError(error)) }
    }

    // MARK: The end

    /// Ends with the run: what is still ours in a run that failed is not tried again by the copies that are at work.
    /// - Returns: Why the journal does not have all that has ended; nil where it has.
    func close(hasFailed: Bool) -> JournalError? {
        guard let leases else { return nil }
        if hasFailed { for place in taken { _ = end(place, \.failed) } }
        // Without a loop that turns nobody goes on by himself.
        isPaused = true
        asking = []
        let limit = leases.now + .seconds(5)
        while true {
            while isAsking { leases.awaitAnswers() }
            guard !ended.isEmpty else { return nil }
            if let lastError {
                guard lastError.mayPass, leases.now < limit else { return lastError }
                leases.pause()
            }
            ask([])
        }
    }
}

extension JournalError {
    /// True where the same may succeed later: the database is away, its disk is full, or two transactions waited for each
    /// other.
    fileprivate var mayPass: Bool { kind == .away || kind == .full || kind == .locked }
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
