import Posix
import Shell
import Synchronization

/// Surroundings made of tables: files, programs, a terminal that answers.
final class FakeWorld: Sendable {
    struct FakeFile {
        var text = ""
        var mode: UInt32 = 0o600
        var owner: UInt32 = 0
        /// What opening it gives; 0 for success.
        var error: Int32 = 0
    }

    private struct Seen {
        var commands: [[String]] = []
        var timeouts: [Duration] = []
        var questions: [String] = []
        var removed: [String] = []
        var replaced: [String: String] = [:]
    }

    private let seen = Mutex(Seen())
    let files: [String: FakeFile]
    // Safe because only the test that made the world sets it.
    nonisolated(unsafe) var answer: LinePrompt.Answer?
    let outcome: Command.Outcome

    init(
        files: [String: FakeFile] = [:],
        answer: LinePrompt.Answer? = nil,
        outcome: Command.Outcome = Command.Outcome(ending: .exited(0), output: Array("cmd\n".utf8))
    ) {
        self.files = files
        self.answer = answer
        self.outcome = outcome
    }

    var commands: [[String]] { seen.withLock { $0.commands } }
    var timeouts: [Duration] { seen.withLock { $0.timeouts } }
    var questions: [String] { seen.withLock { $0.questions } }
    var removed: [String] { seen.withLock { $0.removed } }
    var replaced: [String: String] { seen.withLock { $0.replaced } }

    func world(_ environment: [String: String] = [:]) -> World {
        let quiet = World.Output(isTerminal: false) { _ in }
        var world = World(
            arguments: ["vmoon"],
            environment: environment,
            output: quiet,
            error: quiet
        )
        world.removeVariable = { name in self.seen.withLock { $0.removed.append(name) } }
        world.replaceVariable = { name, value in self.seen.withLock { $0.replaced[name] = value } }
        world.readFile = { path, limit throws(PosixError) in
            guard let file = self.files[path] else {
                throw PosixError("read", path: path, code: 2)
            }
            guard file.error == 0 else { throw PosixError("read", path: path, code: file.error) }
            return File.Contents(
                bytes: Array(file.text.utf8),
                status: .init(owner: file.owner, mode: file.mode)
            )
        }
        world.run = { command throws(PosixError) in
            self.seen.withLock {
                $0.commands.append(command.arguments)
                $0.timeouts.append(command.timeout)
            }
            return self.outcome
        }
        world.askSecret = { prompt throws(PosixError) in
            self.seen.withLock { $0.questions.append(prompt) }
            guard let answer = self.answer else {
                throw PosixError("ask on", path: "/dev/tty", code: 6)
            }
            return answer
        }
        return world
    }
}
