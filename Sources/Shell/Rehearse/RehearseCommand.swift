internal import JSON
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon rehearse`: tries a script on simulators with every fault that it can meet.
    static let rehearse = Subcommand(
        "rehearse",
        operands: "SCRIPT [ARGS]",
        count: 1...100_000,
        summary: "Try a script with every fault.",
        runsScript: true,
        flags: Flag.ofRehearsals
    ) { invocation, operands, world in
        RehearseCommand.start(invocation, operands, world)
    }
}

extension Flag {
    /// The options of `vmoon rehearse`: its own, and those of the run.
    static var ofRehearsals: [Flag] {
        [
            .inventory,
            Flag(
                .faults,
                "faults",
                .text,
                "LIST",
                in: .script,
                "Only these faults, separated by commas.",
                detail:
                    "Named as in the cases; kill_before and kill_after are those of the journal."
            ),
            Flag(
                .caseLimit,
                "limit",
                .count(1...10_000_000),
                "N",
                in: .script,
                "Only about N cases, chosen by the seed.",
                detail:
                    "Each fault is kept at least once for each operation, even if that makes more than N."
            ),
            Flag(
                .seed,
                "seed",
                .count(0...Int.max),
                "N",
                in: .script,
                "Chooses the cases of --limit.",
                default: .count(usualSeed)
            ),
            Flag(
                .cases,
                "case",
                .text,
                "CASE",
                in: .script,
                "Only this case; may be repeated.",
                detail: "As the report names it: rollback#3:reset_after_apply.",
                isRepeatable: true
            ),
            .json,
        ] + ofRehearsedRuns
    }

    /// The seed where none is given.
    static var usualSeed: Int { 1 }

    /// The options of the run that is rehearsed.
    static var ofRehearsedRuns: [Flag] {
        let wanted: [Option] = [
            .settle, .resends, .giveUp, .deadline, .grace, .memoryLimit, .sandbox, .yes, .shard,
            .lock, .lockWait,
        ]
        return all.filter { wanted.contains($0.option) }
    }
}

/// The preparation of `vmoon rehearse`, and its report.
enum RehearseCommand {
    static func start(_ invocation: Invocation, _ operands: [String], _ world: World) {
        guard operands[0] != "-" else {
            return world.fail(
                "a script is rehearsed many times, and standard input can be read once; name a file",
                .usage
            )
        }
        let wish: Rehearsal.Wish
        var plan: RehearsalPlan
        do throws(SettingsError) {
            wish = try self.wish(invocation, world)
            plan = try self.plan(invocation, operands, world)
        } catch {
            return world.fail(error.description, error.exitCode)
        }
        defer { try? world.removeFolder(plan.folder) }
        let rehearsal = Rehearsal(plan, world)
        let watch = rehearsal.watch()
        var ending = World.Ending.code(ExitCode.done.rawValue)
        var text = ""
        do throws(Rehearsal.Problem) {
            let report = try rehearsal.run(wish, progress: progress(world))
            text =
                invocation[.json] != nil
                ? JSONEncoder(.indented).encode(report.document) + "\n"
                : report.text(showsAll: wish.cases != nil)
            if !report.isGood { ending = .code(ExitCode.scriptError.rawValue) }
        } catch {
            if rehearsal.signal == nil { world.complain(error.message) }
            ending = .code(error.code)
        }
        if let signal = rehearsal.signal { ending = .signal(Int32(signal)) }
        try? world.removeFolder(plan.folder)
        withExtendedLifetime(watch) { world.end(ending, printing: text) }
    }

    private static func wish(
        _ invocation: Invocation,
        _ world: World
    ) throws(SettingsError) -> Rehearsal.Wish {
        let known =
            RehearsalFault.all.map(\.name) + KillPoint.Side.allCases.map { "kill_\($0.rawValue)" }
        let faults = invocation[.faults]?.text?.split(separator: ",").map(String.init)
        if let wrong = faults?.first(where: { !known.contains($0) }) {
            throw SettingsError(
                "--faults: there is no fault \(wrong.quotedForMessage)",
                hint: "there are \(known.joined(separator: ", "))",
                exitCode: .usage
            )
        }
        var cases: [RehearsalCase]?
        for name in invocation[.cases]?.texts ?? [] {
            guard let found = RehearsalCase(name) else {
                throw SettingsError(
                    "--case: \(name.quotedForMessage) is no case",
                    hint: "cases are written as the report has them: rollback#3:reset_after_apply",
                    exitCode: .usage
                )
            }
            cases = (cases ?? []) + (cases?.contains(found) == true ? [] : [found])
        }
        return Rehearsal.Wish(
            cases: cases,
            faults: faults,
            limit: invocation[.caseLimit]?.count,
            width: world.processorCount
        )
    }

    private static func plan(
        _ invocation: Invocation,
        _ operands: [String],
        _ world: World
    ) throws(SettingsError) -> RehearsalPlan {
        let own: [Option] = [.inventory, .faults, .caseLimit, .seed, .cases, .json]
        do throws(PosixError) {
            let inventory = invocation[.inventory]?.text
            if let inventory { _ = try world.readFile(inventory, 1 << 30) }
            let program = try world.executablePath()
            return RehearsalPlan(
                program: program,
                simulator: program.replacingLastComponent(with: "vmoon-sim"),
                folder: try world.makeTemporaryFolder(),
                options: RunRecipe.words(of: invocation) { !own.contains($0.option) },
                script: operands[0],
                arguments: Array(operands.dropFirst()),
                inventory: inventory,
                environment: world.environment,
                seed: UInt64(invocation[.seed]?.count ?? Flag.usualSeed)
            )
        } catch {
            throw SettingsError("\(error)", exitCode: error.isNotFound ? .notFound : .unavailable)
        }
    }

    /// Shows on a terminal how far it is.
    private static func progress(_ world: World) -> (Int, Int, Int) -> Void {
        guard world.error.isTerminal else { return { _, _, _ in } }
        var last: Duration = .zero
        return { done, all, wrong in
            let now = world.monotonicTime()
            guard done == all || now - last > .milliseconds(100) else { return }
            last = now
            let rest = wrong == 0 ? "" : ", \(wrong) not as they should be"
            let line = "\r\(done) of \(all) cases\(rest)\(done == all ? "\r\u{1B}[K" : "")"
            try? world.error.write(Array(line.utf8))
        }
    }
}
