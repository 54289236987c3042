internal import Changes
internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon resume`: continues a run that did not reach its end.
    static let resume = Subcommand(
        "resume",
        operands: "[RUN]",
        count: 0...1,
        summary: "Continue a run that did not end.",
        words: .runs,
        flags: [
            Flag(
                .scriptName,
                "script",
                .path,
                "FILE",
                in: .script,
                "The latest run of this script; otherwise the latest of all."
            ),
            Flag(
                .acceptChanges,
                "accept-changes",
                in: .safety,
                "Go on with a changed script, or with changes outside of steps.",
                detail: "What the script changes outside of steps it then changes again."
            ),
            .until, .deadline, .row(.grace), .row(.metricsFile), .row(.pingURL), .row(.onEnd),
            .row(.onFailure),
        ].compactMap { $0 }
    ) { invocation, operands, world in
        ResumeCommand.start(invocation, operands.first, &world)
    }
}

/// The preparation of `vmoon resume`: finds the run, and makes sure that it can be continued.
enum ResumeCommand {
    static func start(_ invocation: Invocation, _ id: String?, _ world: inout World) {
        do throws(SettingsError) {
            try JournalSetting.find(invocation, in: &world)
            let store = try journal(in: world)
            let run = try find(id, script: invocation[.scriptName]?.text, store, world)
            let hold = RunHold(world)
            guard try SettingsError.ofState({ () throws(PosixError) in try hold.take(run.first) })
            else {
                throw SettingsError(
                    "the run \(run.identifier) is alive\(hold.holder)",
                    hint: "wait for its end, or stop it",
                    exitCode: .tryAgain
                )
            }
            let past = try SettingsError.ofJournal { () throws(JournalError) in
                try Past(store, since: run.first)
            }
            let previous = past.runs.last ?? run
            // The script reached its end in spite of these; whoever names the run wants them tried again.
            guard !previous.isFinished || id != nil && past.failed > 0 else {
                let failed =
                    past.failed == 1 ? "a step of it failed" : "\(past.failed) steps of it failed"
                let rest =
                    past.failed == 0
                    ? "" : "; \(failed): vmoon resume \(previous.identifier) tries again"
                hold.remove()
                world.sharedJournal?.end()
                world.note(
                    "nothing is left to do: the run \(previous.identifier) reached its end\(rest)"
                )
                return world.end(.code(ExitCode.done.rawValue))
            }
            let recipe = try check(previous, past, invocation, world)
            let invocation = try invocation.withAbsolutePaths(in: &world)
            try enter(recipe.folder, &world)
            try checkText(of: recipe, invocation, world)
            let isBound = past.isAnythingKept && invocation[.acceptChanges] == nil
            let continuation = RunContinuation(
                previous: previous,
                history: past.history,
                hold: hold,
                addresses: isBound ? recipe.addresses : [:]
            )
            world.note(
                "continues the run \(previous.identifier) of \(recipe.script.quotedForMessage), "
                    + "begun \(Timestamp.text(past.runs.first?.started ?? previous.started)), "
                    + "\(previous.ending ?? "not ended")"
            )
            try start(recipe, invocation, continuation, &world)
        } catch {
            world.sharedJournal?.end()
            world.refuseRun(invocation, error.description, error.exitCode)
        }
    }

    /// The records of the runs that continue one another.
    private struct Past {
        let runs: [RunRecord]
        let history: StepHistory
        /// The changes outside of steps that have an effect, or may have.
        let outside: [OperationRecord]
        /// Whether a step is done, or a change was asked for.
        let isAnythingKept: Bool
        /// How many steps were begun and are not done.
        let failed: Int

        init(_ store: any JournalStore, since first: String) throws(JournalError) {
            runs = try store.runs(since: first)
            var known: [(steps: [StepRecord], operations: [OperationRecord])] = []
            for run in runs {
                let operations = try store.operations(ofRun: run.identifier)
                known.append((try store.steps(ofRun: run.identifier), operations))
            }
            history = StepHistory(known)
            let steps = known.flatMap(\.steps)
            let done = Set(steps.filter { $0.result != nil }.map(\.name))
            failed = Set(steps.map(\.name)).subtracting(done).count
            isAnythingKept = known.contains { run in
                !run.operations.isEmpty || run.steps.contains { $0.result != nil }
            }
            outside = known.flatMap(\.operations).filter { $0.step == nil && $0.mayHaveEffect }
        }
    }

    private static func journal(in world: World) throws(SettingsError) -> any JournalStore {
        let found = try SettingsError.ofJournal { () throws(JournalError) in
            try world.journalStore()
        }
        guard let found else {
            throw SettingsError("there is no journal, and so no run", exitCode: .notFound)
        }
        return found
    }

    /// The run that is named, or the latest one that can be continued.
    private static func find(
        _ id: String?,
        script: String?,
        _ store: any JournalStore,
        _ world: World
    ) throws(SettingsError) -> RunRecord {
        guard id.map(\.isEmpty) != true else {
            throw SettingsError(
                "the identifier of the run is empty",
                hint: "vmoon runs lists them",
                exitCode: .usage
            )
        }
        let found = try SettingsError.ofJournal { () throws(JournalError) in
            try store.runs(startingWith: id ?? "", limit: id == nil ? 1000 : 3)
        }
        guard let id else { return try latest(of: found, script: script, world) }
        let chosen = try RecordName(id, of: .run).choose(among: found.map(\.identifier)).get()
        guard let run = found.first(where: { $0.identifier == chosen }) else {
            preconditionFailure("one of those is chosen")
        }
        return run
    }

    /// The latest run that is not finished, else the latest that is; of those that continue one another the last
    /// one counts.
    private static func latest(
        of runs: [RunRecord],
        script: String?,
        _ world: World
    ) throws(SettingsError) -> RunRecord {
        let wanted = script.map { world.realPath($0) ?? $0 }
        var last: [String: RunRecord] = [:]
        var finished: RunRecord?
        for run in runs {
            let end = last[run.first] ?? run
            last[run.first] = end
            // A run that was stopped before its first step has no recipe; the one that it continues has.
            guard run.recipe != nil,
                wanted == nil || wanted == run.scriptPath.flatMap(world.realPath)
            else { continue }
            if !end.isFinished { return end }
            finished = finished ?? end
        }
        if let finished { return finished }
        let which = script.map { "of \($0.quotedForMessage) " } ?? ""
        throw SettingsError(
            "no run \(which)can be continued",
            hint: "vmoon runs lists them; a run can be continued once it has called step",
            exitCode: .notFound
        )
    }

    /// Checks whether a run can be continued from its steps alone.
    private static func check(
        _ run: RunRecord,
        _ past: Past,
        _ invocation: Invocation,
        _ world: World
    ) throws(SettingsError) -> RunRecipe {
        let recipes = past.runs.compactMap { $0.recipe.flatMap(RunRecipe.init) }
        guard var recipe = recipes.first, let last = recipes.last else {
            throw SettingsError(
                "the run \(run.identifier) cannot be continued: it called no step, or it was no script in a file",
                hint: "vmoon runs \(run.identifier) shows what it did",
                exitCode: .conflict
            )
        }
        // Options that a resume was given are not kept; a script that it accepted is.
        recipe.digest = last.digest
        recipe.stepNames = last.stepNames
        guard !recipe.isHeldToPlan else {
            throw SettingsError(
                "the run was held to a plan, which does not tell what is left of it",
                hint: "plan the rest: vmoon --dry-run --plan-out FILE script.lua args...",
                exitCode: .conflict
            )
        }
        guard recipe.arguments != nil else {
            throw SettingsError(
                "the run cannot be started again: an argument of the script looked like a secret, and was not kept",
                hint: "give secrets by secret.file or secret.env",
                exitCode: .configuration
            )
        }
        guard !past.outside.isEmpty, invocation[.acceptChanges] == nil else { return recipe }
        let lines = past.outside.map { "\n  \($0.line)" }.joined()
        throw SettingsError(
            "the run made changes outside of its steps, and would make them again:\(lines)"
                + "\nput them into steps; or --accept-changes goes on",
            exitCode: .conflict
        )
    }

    private static func enter(_ folder: String, _ world: inout World) throws(SettingsError) {
        do throws(PosixError) {
            try world.enterFolder(folder)
        } catch {
            throw SettingsError(
                "the run's working directory: \(Display.escape(error.description))",
                hint: "put it back where it was: the script and its files are looked for there",
                exitCode: .notFound
            )
        }
    }

    /// Refuses a script whose text is another one by now.
    private static func checkText(
        of recipe: RunRecipe,
        _ invocation: Invocation,
        _ world: World
    ) throws(SettingsError) {
        let text: [UInt8]
        do throws(PosixError) {
            text = try world.readFile(recipe.script, RunRecipe.scriptLimit).bytes
        } catch {
            throw SettingsError(
                "the script of the run: \(Display.escape(error.description))",
                hint:
                    "put it back where it was; the run's working directory is \(recipe.folder.quotedForMessage)",
                exitCode: .notFound
            )
        }
        guard SHA256.hex(text) != recipe.digest, invocation[.acceptChanges] == nil else { return }
        let now = StepNames.written(in: text).map(\.withoutTelltaleSecrets)
        let lists = [
            ("came", now.filter { !recipe.stepNames.contains($0) }),
            ("went", recipe.stepNames.filter { !now.contains($0) }),
            ("stayed", now.filter { recipe.stepNames.contains($0) }),
        ]
        let lines = lists.filter { !$0.1.isEmpty }.map { word, names in
            "\n  \(word): " + names.map { Display.escape($0) }.joined(separator: ", ")
        }
        throw SettingsError(
            "the script \(recipe.script.quotedForMessage) was changed since the run; its steps:"
                + lines.joined() + "\n--accept-changes goes on with it as it is now",
            exitCode: .conflict
        )
    }

    private static func start(
        _ recipe: RunRecipe,
        _ invocation: Invocation,
        _ continuation: RunContinuation,
        _ world: inout World
    ) throws(SettingsError) {
        let words = recipe.words(overriddenBy: invocation)
        let parsed: Invocation
        do throws(UsageError) {
            parsed = try ArgumentParser.parse(words, inputIsTerminal: world.inputIsTerminal)
        } catch {
            throw SettingsError(
                "the options of the run are not accepted any more: \(error.message)",
                exitCode: .usage
            )
        }
        recipe.restore(in: &world)
        world.arguments = world.arguments.prefix(1) + words
        world.argumentBytes = world.arguments.map(SystemText.bytes)
        ScriptRun.start(parsed, &world, continuing: continuation)
    }
}

extension RunRecord {
    /// Whether the script reached its end.
    var isFinished: Bool { ending == World.Ending.code(ExitCode.done.rawValue).description }

    /// The script's path; nil for a run that cannot be continued.
    fileprivate var scriptPath: String? {
        recipe.flatMap(RunRecipe.init).map { recipe in
            recipe.script.hasPrefix("/") ? recipe.script : "\(recipe.folder)/\(recipe.script)"
        }
    }
}
