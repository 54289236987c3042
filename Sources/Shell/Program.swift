internal import Bindings
internal import LuaHost
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// The program: from the arguments to the end of the process.
public enum Program {
    /// The version of vmoon.
    public static let version = Release.version

    /// Carries out the command line and ends the process.
    /// - Parameter world: The surroundings.
    public static func main(_ world: World) {
        var world = world
        // Where a parent passes none, newer kernels put an empty name.
        guard world.arguments.first?.isEmpty == false else {
            return world.fail(
                "it was started without any arguments, its own name among them",
                .usage
            )
        }
        do throws(RehearsedRun.Malformed) {
            try world.takeRehearsal()
        } catch {
            return world.fail("\(RehearsedRun.variable) is not as a rehearsal sets it", .usage)
        }
        let invocation: Invocation
        do throws(UsageError) {
            invocation = try ArgumentParser.parse(
                Array(world.arguments.dropFirst()),
                inputIsTerminal: world.inputIsTerminal
            )
        } catch {
            return refuse(error, world)
        }
        if invocation[.logFormat]?.text == RunOptions.LogFormat.json.rawValue {
            world.recordedRun = world.newRun()
        }
        if let deadline = invocation[.deadline]?.duration { world.limitWaiting(deadline) }
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
            show(Completions.text(shell, in: world), in: world)
        case .manual: show(ManualPage.text(), in: world)
        case .licenses: showNotices(in: world)
        case .subcommand(let name, let operands):
            Subcommand.all.first { $0.name == name }?.run(invocation, operands, &world)
        case .script, .standardInput, .actionsOnly, .prompt:
            ScriptRun.start(invocation, &world)
        }
    }

    /// Ends for a command line that cannot be understood; the log and the programs that it names are told, as far as it
    /// can be read.
    private static func refuse(_ error: UsageError, _ world: World) {
        let read = ArgumentParser.salvage(Array(world.arguments.dropFirst()))
        let isAwaited = [.logFormat, .logFile, .onEnd, .onFailure].contains { read[$0] != nil }
        guard isAwaited else { return world.fail(error.description, .usage) }
        world.refuseRun(read, error.description, .usage, tellsWatchers: false)
    }

    /// Carries out `--cron`: from here on output is shown only if the run fails.
    private static func keepOutput(of invocation: Invocation, _ world: inout World) {
        guard invocation.mode != .prompt, !invocation.entersPrompt else {
            let text = "--cron needs a script: nothing is seen of a prompt"
            return world.refuseRun(invocation, text, .usage, tellsWatchers: false)
        }
        do throws(PosixError) {
            try world.keepOutput()
        } catch {
            // The work counts more than the silence.
            return world.warn("--cron: \(error); the output is shown as it comes")
        }
        // No bars are drawn into output that is read later, and the log is kept as well.
        world.error.isTerminal = false
        world.journal = nil
        // A disk that is full later on must not take the reason of a failure with it.
        let (keep, release) = (world.error.write, world.releaseOutput)
        world.error.write = { bytes throws(PosixError) in
            do throws(PosixError) {
                try keep(bytes)
            } catch {
                release()
                let line =
                    World.warning("--cron: the output cannot be kept: \(error); some of it is lost")
                try keep(Array("\(World.sentence(line))\n".utf8) + bytes)
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

    private static func showNotices(in world: World) {
        guard let notices = world.notices() else {
            return world.fail(
                "this program was built without the notices: scripts/build collects them",
                .unavailable
            )
        }
        show(notices, in: world)
    }

    private static func show(_ text: String, in world: World) {
        world.end(.code(ExitCode.done.rawValue), printing: text)
    }
}

extension World {
    /// Writes a text to standard output and ends the process: where the text is lost, so is what the code is about.
    func end(_ ending: Ending, printing text: String) {
        do throws(PosixError) {
            try output.write(Array(text.utf8))
        } catch {
            if !error.isBrokenPipe { complain(error.description) }
            if case .code = ending { return end(.code(ExitCode.outputFailed.rawValue)) }
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

    /// A message as standard error has it.
    static func sentence(_ message: String) -> String { "vmoon: \(message)" }

    /// A message about what does not stop anything.
    static func warning(_ message: String) -> String { "warning: \(message)" }

    /// Writes an error of our own to standard error.
    func complain(_ message: String) { say(message, importance: 3) }

    /// Says what went wrong, and ends the process.
    func fail(_ message: String, _ code: ExitCode) {
        complain(message)
        end(.code(code.rawValue))
    }

    /// Writes to standard error what does not stop anything.
    func warn(_ message: String) {
        say(recordedRun == nil ? Self.warning(message) : message, importance: 4)
    }

    /// Writes to standard error what is neither an error nor a warning.
    func note(_ message: String) { say(message, importance: 6) }

    /// Writes a message; where even that fails there is nobody to tell.
    ///
    /// systemd's journal reads how important each line is, as in syslog(3), from its beginning.
    private func say(_ message: String, importance: Int) {
        if let recordedRun {
            let level: LogRecord.Level =
                importance < 4 ? .error : importance < 5 ? .warn : .info
            let record = LogRecord(time: wallTime(), level: level, message: message)
            return (try? error.write(line: record.json(runID: recordedRun))) ?? ()
        }
        let mark = journal == nil ? "" : "<\(importance)>"
        let text = mark + Self.sentence(message).replacing("\n", with: "\n" + mark)
        try? error.tell(text)
    }
}
