internal import Changes
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon apply`: runs the script of a plan, held to it.
    static let apply = Subcommand(
        "apply",
        operands: "PLAN",
        count: 1...1,
        summary: "Run a plan's script, held to it.",
        flags: [.showPlan] + Flag.ofHeldRuns
    ) { invocation, operands, world in
        do throws(SettingsError) {
            let document = try PlanFile.read(operands[0], world).document
            guard invocation[.showPlan] == nil else {
                let width = world.output.isTerminal ? min(world.output.width, 100) : 80
                return world.end(
                    .code(ExitCode.done.rawValue),
                    printing: PlanText.text(of: document, width: width)
                )
            }
            // The script and its files are looked for where the plan was made.
            let given = try invocation.withAbsolutePaths(in: &world)
            let plan = try world.absolute(operands[0])
            let run = try given.applying(document, plan, &world)
            do throws(PosixError) {
                try world.enterFolder(document.folder)
            } catch {
                throw SettingsError(
                    "the folder that the plan was made in: \(Display.escape(error.description))",
                    hint: "or give the script by hand: vmoon --plan FILE script.lua args...",
                    exitCode: .notFound
                )
            }
            ScriptRun.start(run, &world)
        } catch {
            world.refuseRun(invocation, error.description, error.exitCode)
        }
    }
}

extension Invocation {
    /// The run of a plan's script, with its arguments.
    fileprivate func applying(
        _ document: PlanDocument,
        _ file: String,
        _ world: inout World
    ) throws(SettingsError) -> Invocation {
        guard !document.hidesArguments else {
            throw SettingsError(
                "the plan keeps no secrets, and an argument of its script looked like one",
                hint: "give script and arguments by hand: vmoon --plan FILE script.lua args...",
                exitCode: .usage
            )
        }
        var run = self
        let script = document.script
        run.mode = .script(script)
        run.scriptArguments = document.arguments
        run.scriptPosition = 1
        run.options[.plan] = .text(file)
        let words = [script] + document.arguments
        world.argumentBytes = Array(world.argumentBytes.prefix(1)) + words.map(SystemText.bytes)
        // A plan of one vCenter is for that one, unless something names another: that is then refused.
        let variables = ["VMOON_VCENTER", "GOVC_URL", "VMOON_PROFILE"]
        let isNamed =
            run[.vcenter] != nil || run[.profile] != nil
            || variables.contains { world.environment.nonEmpty($0) != nil }
        if !isNamed, document.vcenters.count == 1 {
            run.options[.vcenter] = .text(document.vcenters[0].name)
        }
        return run
    }
}

/// A plan for people.
enum PlanText {
    /// When and by whom it was made, and the lines of the dry run, wrapped.
    static func text(of document: PlanDocument, width: Int) -> String {
        let places = document.vcenters.map {
            "\(Display.escape($0.name)) as \(Display.escape($0.user))"
        }
        var lines = ["made \(document.madeText) on \(Display.escape(document.host))"]
        lines += wrapped("vmoon \(Display.escape(document.version))", width)
        lines += places.flatMap { wrapped("vCenter \($0)", width) }
        let words = [document.script] + document.arguments
        lines += wrapped("script \(words.map(shown).joined(separator: " "))", width)
        lines += wrapped("in \(Display.escape(document.folder))", width)
        lines += wrapped("SHA-256 \(Display.escape(document.scriptHash))", width)
        lines += document.lines.flatMap { wrapped("plan: " + $0, width) }
        let (count, refused) = (document.count, document.refusedCount)
        let total = count == 1 ? "1 change" : "\(count) changes"
        lines.append(refused == 0 ? total : "\(total), \(refused) would be refused")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func shown(_ word: String) -> String {
        let text = Display.escape(SystemText.shown(word))
        return text.isEmpty || text.contains(" ") ? "'\(text)'" : text
    }

    /// A line broken at spaces, the rest indented.
    private static func wrapped(_ line: String, _ width: Int) -> [String] {
        var lines = line.wrapped(to: max(width - 6, 20))
        for place in lines.indices.dropFirst() { lines[place] = "      " + lines[place] }
        return lines
    }
}
