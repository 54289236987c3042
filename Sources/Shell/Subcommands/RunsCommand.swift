internal import Changes
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
        flags: Flag.runRows + [
            .json,
            Flag(.steps, "steps", in: .output, "The steps of run ID, and how far each has come."),
            Flag(
                .importFile,
                "import",
                .path,
                "FILE",
                in: .output,
                "Copy the journal in FILE into the one that --journal names.",
                detail: "It may be repeated: what is there already stays."
            ),
            Flag(
                .keep,
                "keep",
                .duration(atLeast: .zero),
                "TIME",
                in: .output,
                "Forget settled runs that began more than TIME before the newest.",
                detail: """
                    Runs with an operation that is still open are kept. Without it, the next change forgets what is \
                    older than \(SpanText.spelled(Retention.age)), but for the last \(Retention.runs) runs.
                    """
            ),
        ]
    ) { invocation, operands, world in
        do throws(SettingsError) {
            try JournalSetting.find(invocation, in: &world)
            let file = invocation[.importFile]?.text
            let text =
                if let file { try RunsImport.text(file, invocation, operands, in: world) } else {
                    try RunsCommand(invocation, operands, world).text()
                }
            world.end(.code(ExitCode.done.rawValue), printing: text)
        } catch {
            world.fail(error.description, error.exitCode)
        }
    }
}

extension Flag {
    /// `--json`, of the sub-commands that print records.
    static let json = Flag(.json, "json", in: .output, "Write JSON.")
}

/// `vmoon runs`: reads the journal, and makes a text of it.
struct RunsCommand {
    private let invocation: Invocation
    private let choice: RunChoice
    private let world: World
    private var isJSON: Bool { invocation[.json] != nil }

    init(_ invocation: Invocation, _ operands: [String], _ world: World) throws(SettingsError) {
        self.invocation = invocation
        self.world = world
        choice = RunChoice(invocation, operands)
        guard invocation[.steps] == nil || !operands.isEmpty else {
            throw SettingsError(
                "--steps needs the identifier of a run; vmoon runs lists them",
                exitCode: .usage
            )
        }
    }

    func text() throws(SettingsError) -> String {
        let found = try SettingsError.ofJournal { () throws(JournalError) in
            if let age = invocation[.keep]?.duration { try forget(age) }
            return try world.journalStore()
        }
        guard let store = found else {
            guard let name = choice.names.first else { return isJSON ? "[]\n" : "" }
            throw SettingsError(
                "there is no journal, and no run \(name.quotedForMessage)",
                exitCode: .notFound
            )
        }
        tellKept()
        let rows = try choice.read(store, in: world)
        guard !choice.names.isEmpty, let row = rows.first else {
            return isJSON
                ? JSONEncoder(.indented).encode(.array(rows.map(\.document))) + "\n"
                : RunTable(rows, now: world.wallTime().wholeMilliseconds)
                    .text(width: width)
        }
        return try SettingsError.ofJournal { () throws(JournalError) in try one(row, store) }
    }

    /// The width of the list: that of the terminal; into a file or a pipe rows are whole, unless `COLUMNS` says
    /// otherwise.
    private var width: Int {
        guard !world.output.isTerminal else { return world.output.width }
        return world.environment.nonEmpty("COLUMNS").flatMap { Int($0) }.flatMap {
            $0 > 0 ? $0 : nil
        }
            ?? .max
    }

    /// Forgets runs; if our clock is ahead of the newest run, the start of that run counts as the present.
    private func forget(_ age: Duration) throws(JournalError) {
        let store: any JournalStore
        if let shared = world.sharedJournal {
            store = try world.writing(shared)
        } else {
            guard let folder = world.journalFolder() else { return }
            store = try SQLiteStore(folder: folder)
        }
        let newest = try store.runs(startingWith: "", limit: 1).first?.started ?? 0
        let now = min(world.wallTime().wholeMilliseconds, newest + 1)
        try store.commit([.forget(before: now - age.wholeMilliseconds)])
    }

    /// Tells what the database does not have yet.
    private func tellKept() {
        guard let count = world.sharedJournal?.keptCount(), count > 0 else { return }
        let what = count == 1 ? "an outcome is" : "\(count) outcomes are"
        world.note(
            "\(what) kept on this machine, since the database was away, and not in this list: vmoon reconcile hands "
                + "them over"
        )
    }

    private func one(_ row: RunRow, _ store: any JournalStore) throws(JournalError) -> String {
        if invocation[.steps] != nil {
            let steps = try StepListing(row.run, isAlive: row.end == .runs, in: store)
            return isJSON ? JSONEncoder(.indented).encode(steps.document) + "\n" : steps.text
        }
        let operations = try store.operations(ofRun: row.run.identifier)
        guard isJSON else {
            let chain = try store.runs(since: row.run.first)
            return world.output.fitted(RunSheet(row, operations, of: chain).text)
        }
        var document = row.document
        document["operations"] = .array(operations.map(\.document))
        return JSONEncoder(.indented).encode(document) + "\n"
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
