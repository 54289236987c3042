internal import VSphere
internal import Changes
internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon reconcile`: settles open operations.
    static let reconcile = Subcommand(
        "reconcile",
        operands: "[ID]",
        count: 0...1,
        summary: "Settle what is unknown, by looking.",
        words: .operations,
        flags: [
            .json, .settle, .giveUp, .deadline,
            Flag(
                .resend,
                "resend",
                in: .safety,
                "Send the identical request of operation ID again if it has not happened."
            ),
            Flag(
                .resolve,
                "resolve",
                .choice(["done", "not-applied"]),
                "OUTCOME",
                in: .safety,
                "Close operation ID by hand: somebody has found out."
            ),
        ]
    ) { invocation, operands, world in
        ReconcileCommand.start(invocation, operands.first, &world)
    }
}

/// The preparation of `vmoon reconcile`: chooses the operations.
enum ReconcileCommand {
    static func start(_ invocation: Invocation, _ id: String?, _ world: inout World) {
        let (runID, redaction) = (world.recordedRun ?? RandomIdentifier.make(), Redaction())
        var log: RunLog?
        func fail(_ message: String, _ code: ExitCode) {
            world.refuseRun(invocation, message, code, log: log, redaction, tellsWatchers: false)
        }
        do {
            if id == nil, invocation[.resend] != nil || invocation[.resolve] != nil {
                throw SettingsError(
                    "--resend and --resolve need the identifier of one operation",
                    hint: "vmoon reconcile ID --resend",
                    exitCode: .usage
                )
            }
            if invocation[.settle] != nil, invocation[.resend] == nil {
                throw SettingsError(
                    "--settle needs --resend: what is not sent again is looked at once",
                    hint: "vmoon reconcile ID --resend --settle 60s",
                    exitCode: .usage
                )
            }
            let (deadline, surroundings) = (invocation[.deadline]?.duration, world)
            let settings = try Settings(invocation, world: &world) { text, name in
                ConfigurationScript.load(text, name, within: deadline, surroundings)
            }
            redaction.hideProxies(of: world.environment)
            let opened = try RunLog(
                invocation,
                settings.run,
                runID: runID,
                world,
                redaction,
                isTraced: false
            )
            log = opened
            // What was kept on this machine is handed over before anything is looked at.
            if let shared = world.sharedJournal { _ = try world.writing(shared) }
            let found = try operations(id, in: world)
            if invocation[.resolve] != nil, let record = found.first, !record.isOpen,
                !record.isGivenUp
            {
                throw SettingsError("already settled: \(record.state)", exitCode: .usage)
            }
            if invocation[.resolve] != nil, let record = found.first {
                try checkEnded(record, in: world)
            }
            if invocation[.resend] != nil, let record = found.first, record.isOpen,
                !record.canBeSentAgain
            {
                throw SettingsError(
                    "a \(Display.escape(record.operation)) is not sent again: nothing in the vCenter "
                        + "would tell the second from the first",
                    hint: record.wayOut,
                    exitCode: .usage
                )
            }
            ReconcileRun(invocation, world, settings, found, opened, redaction).start()
        } catch let error as SettingsError {
            fail(error.description, error.exitCode)
        } catch let error as JournalError {
            fail("\(Display.escape(error.message)); \(error.hint)", .cannotCreateState)
        } catch {
            fail("\(error)", .internalError)
        }
    }

    /// Refuses to close by hand an operation that its run is at work on.
    private static func checkEnded(_ record: OperationRecord, in world: World) throws {
        guard record.outcome == nil, let store = try world.journalStore(),
            let run = try store.runs(startingWith: record.run, limit: 1).first, run.ended == nil
        else { return }
        let isHere = run.host == world.hostName && world.isReadable("/proc/\(run.process)")
        let isAlive = try world.sharedJournal == nil ? isHere : !world.areAtWork([run]).isEmpty
        guard isAlive else { return }
        let host = run.host == world.hostName ? "" : " on \(Display.escape(run.host))"
        throw SettingsError(
            "its run is alive (pid \(run.process)\(host)), and may be sending it now",
            hint: "wait for its end, or stop it",
            exitCode: .tryAgain
        )
    }

    /// The open operations, or the one that is named; nothing is written for that.
    private static func operations(_ id: String?, in world: World) throws -> [OperationRecord] {
        guard let store = try world.journalStore() else {
            guard let id else { return [] }
            throw SettingsError(
                "there is no journal, and no operation \(id.quotedForMessage)",
                exitCode: .notFound
            )
        }
        guard let id else { return try store.openOperations() }
        let found = try store.operations(startingWith: id)
        let chosen = try RecordName(id, of: .operation).choose(among: found.map(\.identifier)).get()
        return found.filter { $0.identifier == chosen }
    }
}
