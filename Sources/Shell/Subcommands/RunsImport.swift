internal import Journal
internal import Text
internal import VSphere

/// `vmoon runs --import`: copies a journal's file into the database that hosts share.
enum RunsImport {
    /// What a copy has brought.
    private struct Counts {
        var (runs, operations, open) = (0, 0, 0)

        mutating func add(_ operations: some Collection<OperationRecord>) {
            self.operations += operations.count
            open += operations.count(where: \.isOpen)
        }

        var text: String {
            "\(Report.count(runs, "run")), \(Report.count(operations, "operation"))"
        }
    }

    /// Copies all runs with their steps and operations; what is there already stays, and what is settled is settled.
    /// - Returns: A line that tells what was copied.
    static func text(
        _ path: String,
        _ invocation: Invocation,
        _ operands: [String],
        in world: World
    ) throws(SettingsError) -> String {
        let other = Subcommand.runs.flags
            .first { $0.option != .importFile && invocation[$0.option] != nil }
        if let other = operands.first?.quotedForMessage ?? other?.spelling {
            throw SettingsError(
                "\(other) stands beside --import, which copies the whole file and shows nothing",
                hint: "copy first; then vmoon runs shows what is there",
                exitCode: .usage
            )
        }
        guard let shared = world.sharedJournal else {
            throw SettingsError(
                "--import copies a file into a journal that hosts share, and none is named",
                hint: "vmoon runs --journal postgres://USER@HOST/DATABASE --import journal.db",
                exitCode: .usage
            )
        }
        if (try? world.listFolder(path)) != nil {
            throw SettingsError(
                "--import: \(path.quotedForMessage) is a folder",
                hint: "name the file in it: journal.db",
                exitCode: .usage
            )
        }
        guard world.isReadable(path) else {
            throw SettingsError("no journal \(path.quotedForMessage)", exitCode: .notFound)
        }
        let file = try SettingsError.ofJournal { () throws(JournalError) in
            let file = try SQLiteStore(file: path, isReadOnly: true)
            return try file.isJournal() ? file : nil
        }
        guard let file else {
            throw SettingsError(
                "\(path.quotedForMessage) is no journal of vmoon, or only a part of one",
                hint:
                    "the journal is journal.db in the state folder; where it is copied while there is a "
                    + "journal.db-wal beside it, that belongs to it: \(Display.escape(path))-wal",
                exitCode: .invalidInput
            )
        }
        return try SettingsError.ofJournal { () throws(JournalError) in
            try copy(file, to: try world.writing(shared))
        }
    }

    private static func copy(
        _ file: SQLiteStore,
        to store: any JournalStore
    ) throws(JournalError) -> String {
        let there = Set(try store.runs(startingWith: "", limit: .max).map(\.identifier))
        var (new, known) = (Counts(), Counts())
        var settled = 0
        for run in try file.runs(startingWith: "", limit: .max).reversed() {
            let operations = try file.operations(ofRun: run.identifier)
            let isThere = there.contains(run.identifier)
            let copied = isThere ? try store.operations(ofRun: run.identifier) : []
            let isOpen = Dictionary(copied.map { ($0.identifier, $0.isOpen) }) { first, _ in first }
            new.add(operations.filter { isOpen[$0.identifier] == nil })
            known.add(operations.filter { isOpen[$0.identifier] != nil })
            if isThere { known.runs += 1 } else { new.runs += 1 }
            settled += operations.count { !$0.isOpen && isOpen[$0.identifier] == true }
            try store.commit(try writes(run, operations, file))
        }
        var text = "copied: \(new.text), \(new.open) of them open"
        if known.runs > 0 { text += "; there already: \(known.text)" }
        if settled > 0 { text += ", \(settled) of them settled now" }
        return text + "\n"
    }

    private static func writes(
        _ run: RunRecord,
        _ operations: [OperationRecord],
        _ file: SQLiteStore
    ) throws(JournalError) -> [JournalWrite] {
        var writes: [JournalWrite] = [.begin(run)]
        if let ended = run.ended {
            writes.append(.end(run: run.identifier, ending: run.ending ?? "", time: ended))
        }
        writes += try file.steps(ofRun: run.identifier).map { .step($0) }
        for operation in operations {
            writes.append(.intend(operation))
            // It was copied before, and was still open then.
            guard let outcome = operation.outcome, !outcome.isOpen else { continue }
            var settlement = Settlement(
                outcome,
                result: operation.result,
                detail: operation.detail,
                reply: operation.reply,
                time: operation.settled ?? operation.intended
            )
            settlement.error = operation.error
            let id = operation.identifier
            writes.append(.settle(operation: id, settlement, ifOpen: true))
        }
        return writes
    }
}
