internal import Bindings
internal import LuaHost
internal import Posix
internal import Transport

/// The program: from the arguments to the end of the process.
public enum Program {
    /// The version of vmoon.
    public static let version = "0.1.0"

    /// Carries out the command line and ends the process.
    /// - Parameter world: The surroundings.
    public static func main(_ world: World) {
        var world = world
        guard !world.arguments.isEmpty else {
            world.complain("it was started without any arguments, its own name among them")
            return world.end(.code(ExitCode.usage.rawValue))
        }
        let invocation: Invocation
        do throws(UsageError) {
            invocation = try ArgumentParser.parse(
                Array(world.arguments.dropFirst()),
                inputIsTerminal: world.inputIsTerminal
            )
        } catch {
            world.complain(error.description)
            return world.end(.code(ExitCode.usage.rawValue))
        }
        if invocation[.cron] != nil { keepOutput(of: invocation, &world) }
        switch invocation.mode {
        case .help(let name, let isFull):
            let command = Subcommand.all.first { $0.name == name }
            show(
                command.map { HelpText.subcommand($0, isFull: isFull) }
                    ?? HelpText.program(isFull: isFull),
                in: world
            )
        case .version: show(versionText + "\n", in: world)
        case .completions(let shell):
            show(Completions.script(for: shell) ?? "", in: world)
        case .manual: show(ManualPage.text(), in: world)
        case .subcommand(let name, let operands):
            Subcommand.all.first { $0.name == name }?.run(invocation, operands, &world)
        case .script, .standardInput, .actionsOnly, .prompt:
            ScriptRun.start(invocation, &world)
        }
    }

    /// Carries out `--cron`: from here on output is shown only if the run fails.
    private static func keepOutput(of invocation: Invocation, _ world: inout World) {
        guard invocation.mode != .prompt, !invocation.entersPrompt else {
            world.complain("--cron needs a script: nothing is seen of a prompt")
            return world.end(.code(ExitCode.usage.rawValue))
        }
        do throws(PosixError) {
            try world.keepOutput()
        } catch {
            // The run matters more than its silence.
            return world.complain("warning: --cron: \(error); the output is shown as it comes")
        }
        // No bars are drawn into output that is read later, and the log is kept as well.
        world.error.isTerminal = false
        world.journal = nil
        // A full disk later on must not lose the reason of a failure.
        let keep = world.error.write
        world.error.write = { bytes throws(PosixError) in
            do throws(PosixError) {
                try keep(bytes)
            } catch {
                KeptOutput.release()
                let line =
                    "vmoon: warning: --cron: the output cannot be kept: \(error); some of it is lost\n"
                try keep(Array(line.utf8) + bytes)
            }
        }
    }

    /// The versions of vmoon and of its libraries.
    static var versionText: String {
        var lines = "vmoon \(version)\n\(Interpreter.version)"
        do throws(TransportError) {
            lines += "\nlibcurl " + (try LibCurl.version())
        } catch {
            lines += "\nlibcurl: \(error.message)"
        }
        return lines
    }

    private static func show(_ text: String, in world: World) {
        world.end(.code(ExitCode.done.rawValue), printing: text)
    }
}

extension World {
    /// Writes a text to standard output and ends the process; lost output is reported if there was no other
    /// failure.
    func end(_ ending: Ending, printing text: String) {
        do throws(PosixError) {
            try output.write(Array(text.utf8))
        } catch {
            if !error.isBrokenPipe { complain(error.description) }
            if ending == .code(ExitCode.done.rawValue) {
                return end(.code(ExitCode.outputFailed.rawValue))
            }
        }
        end(ending)
    }

    /// The absolute path of the folder that contains a file; nil if the working directory is
    /// unknown.
    func folder(of path: String) -> String? {
        let folder = path.replacingLastComponent(with: "")
        guard !folder.hasPrefix("/") else {
            return folder.count > 1 ? String(folder.dropLast()) : "/"
        }
        guard let here = try? workingDirectory() else { return nil }
        return folder.isEmpty ? here : "\(here)/\(folder.dropLast())"
    }

    /// Writes a message of vmoon to standard error; a failure of that cannot be
    /// reported.
    ///
    /// systemd's journal reads the priority of each line from its beginning.
    func complain(_ message: String) {
        say(message, message.hasPrefix("warning: ") ? "<4>" : "<3>")
    }

    /// Like `complain`, for a message that is neither an error nor a warning.
    func note(_ message: String) { say(message, "<6>") }

    private func say(_ message: String, _ mark: String) {
        var text = "vmoon: \(message)"
        if journal != nil {
            text = mark + text.replacing("\n", with: "\n" + mark)
        }
        try? error.write(line: text)
    }
}
