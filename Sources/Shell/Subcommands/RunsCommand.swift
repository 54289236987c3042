internal import Changes
internal import Bindings
internal import JSON
internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon runs`: shows the journal.
    static let runs = Subcommand(
        "runs",
        operands: "[ID]",
        count: 0...1,
        summary: "Past runs, or one run's operations.",
        words: .runs,
        flags: [
            .json,
            Flag(.steps, "steps", in: .output, "The steps of run ID, and how far each has come."),
            Flag(
                .keep,
                "keep",
                .duration(atLeast: .zero),
                "TIME",
                in: .output,
                "Forget settled runs that are older than TIME.",
                detail: """
                    Runs with an operation that is still open are kept. Without it, the next change forgets what is \
                    older than \(SpanText.spelled(Retention.age)), but for the last \(Retention.runs) runs.
                    """
            ),
        ]
    ) { invocation, operands, world in
        guard invocation[.steps] == nil || !operands.isEmpty else {
            return world.fail(
                "--steps needs the identifier of a run; vmoon runs lists them",
                .usage
            )
        }
        let isForPerson = invocation[.json] == nil
        JournalReader.show(in: world, isForPerson: isForPerson) { () throws(JournalError) in
            let isAlive = { [world] (run: RunRecord) in RunHold(world).isAlive(run.first) }
            let listing = RunListing(isJSON: invocation[.json] != nil, isAlive: isAlive)
            guard let folder = world.journalFolder() else { return listing.text([]) }
            if let age = invocation[.keep]?.duration {
                let store = try SQLiteStore(folder: folder)
                // If our clock is ahead of the newest run, the start of that run counts as the present.
                let newest = try store.runs(startingWith: "", limit: 1).first?.started ?? 0
                let now = min(world.wallTime().wholeMilliseconds, newest + 1)
                try store.commit([.forget(before: now - age.components.seconds * 1000)])
            }
            let store = try SQLiteStore(folder: folder, isReadOnly: true)
            guard let id = operands.first else {
                return listing.text(try store.runs(startingWith: "", limit: 1000))
            }
            let found = try store.runs(startingWith: id, limit: 2)
            guard let run = found.first, found.count == 1 else { return nil }
            if invocation[.steps] != nil {
                let isAlive = run.ended == nil && isAlive(run)
                let steps = try StepListing(run, isAlive: isAlive, in: store)
                return listing.isJSON
                    ? JSONEncoder(.indented).encode(steps.document) + "\n" : steps.text
            }
            let chain = try store.runs(since: run.first)
            return listing.text(run, try store.operations(ofRun: run.identifier), of: chain)
        }
    }
}

extension Flag {
    /// `--json`, of the sub-commands that print records.
    static let json = Flag(.json, "json", in: .output, "Write JSON.")
}

/// Reading the journal for a sub-command.
enum JournalReader {
    /// Prints a text and ends the process; a nil text means that there is no such record.
    static func show(
        in world: World,
        isForPerson: Bool,
        _ text: () throws(JournalError) -> String?
    ) {
        do throws(JournalError) {
            guard let text = try text() else {
                return world.fail(
                    "the journal has no single record whose identifier begins so",
                    .notFound
                )
            }
            let shown = isForPerson ? world.output.fitted(text) : text
            world.end(.code(ExitCode.done.rawValue), printing: shown)
        } catch {
            world.fail("\(Display.escape(error.message)); \(error.hint)", .cannotCreateState)
        }
    }
}

/// Runs and operations as text or JSON.
struct RunListing {
    let isJSON: Bool
    /// Whether a process is at work on a run.
    var isAlive: (RunRecord) -> Bool = { _ in false }

    /// A list of runs, newest first.
    func text(_ runs: [RunRecord]) -> String {
        if isJSON {
            return JSONEncoder(.indented).encode(.array(runs.map(\.document))) + "\n"
        }
        let chains = Dictionary(grouping: runs.reversed(), by: \.first)
        return runs.reduce(into: "") { $0 += line($1, of: chains[$1.first] ?? []) + "\n" }
    }

    /// One run with its operations.
    ///
    /// The chain has the runs that continue one another, the oldest first.
    func text(
        _ run: RunRecord,
        _ operations: [OperationRecord],
        of chain: [RunRecord]
    ) -> String {
        if isJSON {
            var document = run.document
            document["operations"] = .array(operations.map(\.document))
            return JSONEncoder(.indented).encode(document) + "\n"
        }
        return line(run, of: chain) + "\n" + operations.map { "  " + $0.line + "\n" }.joined()
    }

    private func line(_ run: RunRecord, of chain: [RunRecord]) -> String {
        // An older version of vmoon may have recorded secrets.
        let words = [run.script] + run.arguments.withoutTelltaleSecrets
        return [
            run.identifier, Timestamp.text(run.started), run.ending ?? "not ended",
            words.map { Display.escape($0) }.joined(separator: " "),
            run.continues.map { "(continues \($0.prefix(8)))" } ?? "",
            wayOn(from: run, chain) ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// The command that continues a run with steps that did not reach its end; nil for none, or while one runs.
    private func wayOn(from run: RunRecord, _ chain: [RunRecord]) -> String? {
        guard !run.isFinished, chain.last?.identifier == run.identifier,
            let recipe = chain.lazy.compactMap({ $0.recipe.flatMap(RunRecipe.init) }).first,
            !recipe.isHeldToPlan, run.ended != nil || !isAlive(run)
        else { return nil }
        return recipe.arguments == nil
            ? "(cannot be resumed: an argument looked like a secret, and was not kept)"
            : "(vmoon resume \(run.identifier.prefix(8)) goes on)"
    }
}

extension OperationRecord {
    /// One line for a person.
    var line: String {
        var words = [identifier, operation, Display.escape(subject), "at", Display.escape(vcenter)]
        words.append("- " + state)
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Its outcome, in words.
    var state: String {
        var text: String
        switch outcome {
        case .done: text = "done"
        case .rejected: text = "refused"
        case .notSent: text = "not sent"
        case .conflict: text = "conflict, it did not happen"
        case .notSeen: text = "taken to be lost"
        case .resolvedDone: text = "done"
        case .resolvedNotApplied: text = "not applied"
        case .unknown, nil: text = "still unknown"
        }
        if let result { text += " (\(Display.escape(result)))" }
        if let explanation { text += ": \(explanation)" }
        return text
    }
}

extension RunRecord {
    /// All its fields, as an object.
    var document: JSONValue {
        var members: [JSONValue.Member] = [
            .init("run_id", .string(identifier)),
            .init("started", .string(Timestamp.text(started))),
        ]
        if let ended { members.append(.init("ended", .string(Timestamp.text(ended)))) }
        if let ending { members.append(.init("ending", .string(ending))) }
        if let continues { members.append(.init("continues", .string(continues))) }
        members += [
            .init("script", .string(script)),
            .init("arguments", .array(arguments.withoutTelltaleSecrets.map { .string($0) })),
            .init("host", .string(host)),
            .init("pid", .integer(Int(process))),
        ]
        return .object(members)
    }
}
