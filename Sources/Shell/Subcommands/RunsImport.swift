internal import Journal
internal import Text
internal import VSphere

/// `vmoon runs --import`: copies a journal's file into the database that hosts share.
enum RunsImport {
    /// Copies all runs with their steps and operations; what is there already stays, and what is settled is settled.
    /// - Returns: A line that tells what was copied.
    static func text(_ path: String, in world: World) throws(SettingsError) -> String {
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
        return try SettingsError.ofJournal { () throws(JournalError) in
            let file = try SQLiteStore(file: path, isReadOnly: true)
            let store = try world.writing(shared)
            let runs = try file.runs(startingWith: "", limit: .max)
            var (operations, open) = (0, 0)
            for run in runs.reversed() {
                let made = try file.operations(ofRun: run.identifier)
                operations += made.count
                open += made.count(where: \.isOpen)
                try store.commit(try writes(run, made, file))
            }
            return "copied: \(runs.count) runs, \(operations) operations, \(open) of them open\n"
        }
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
