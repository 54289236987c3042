internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon privileges`: runs a script as a dry run, and tells what its calls need.
    static let privileges = Subcommand(
        "privileges",
        operands: "SCRIPT [ARGS]",
        count: 1...100_000,
        summary: "Tell what a script's account needs.",
        runsScript: true,
        flags: [
            .json,
            Flag(
                .role,
                "role",
                .text,
                "NAME",
                in: .output,
                "Print the commands of govc and PowerCLI that make such a role."
            ),
        ] + Flag.all.filter { ofDryRuns.contains($0.option) }
    ) { invocation, operands, world in
        PrivilegesCommand.start(invocation, operands, &world)
    }

    /// The options of a run that matter where nothing is changed.
    private static let ofDryRuns: [Option] = [.sim, .deadline, .grace, .memoryLimit, .sandbox]
}

/// Runs a script for what it asks for.
enum PrivilegesCommand {
    static func start(_ invocation: Invocation, _ operands: [String], _ world: inout World) {
        let isJSON = invocation[.json] != nil
        let name = invocation[.role]?.text
        guard name == nil || !isJSON, name?.isEmpty != true else {
            let problem =
                isJSON ? "--role prints commands, and --json prints JSON" : "--role needs a name"
            return world.fail(UsageError(problem, hint: "give one of them").description, .usage)
        }
        var run = invocation
        run.options[.dryRun] = .toggle(true)
        run.mode = .script(operands[0])
        run.scriptArguments = Array(operands.dropFirst())
        run.scriptPosition = 1
        world.argumentBytes = world.argumentBytes.prefix(1) + operands.map(SystemText.bytes)
        // What the script prints is not part of the answer.
        if let write = try? world.reserveOutput() { world.output.write = write }
        let role = NeededRole()
        let (output, warn) = (world.output, world.warn)
        role.onEnd = { role, outcome in
            if outcome.ending != .code(ExitCode.done.rawValue) {
                guard !role.rows.isEmpty else { return true }
                warn("the script did not reach its end: what comes after may need more")
            }
            let text = isJSON ? role.json : name.map(role.commands) ?? role.text
            return (try? output.write(Array(text.utf8))) != nil
        }
        ScriptRun.start(run, &world, noting: role)
    }
}
