import Glibc
import Support

/// A program in a terminal of its own, typed at and looked at from outside: tmux is the
/// terminal.
final class PromptTerminal {
    /// Whether there is a tmux; installed where that can be done.
    static let isThere: Bool = {
        let line =
            "command -v tmux || { [ $(id -u) = 0 ] && apt-get install -y -qq tmux && command -v tmux; }"
        return (try? ProgramRun.shell(line))?.status == 0
    }()

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let name = "vmoon-test-\(UInt64.random(in: 0 ... .max))"
    private let folder: TestFolder

    /// Starts a line of the shell's, with variables beside `PATH`, `HOME` and `TERM`.
    init(
        _ command: String,
        environment: [String: String] = [:],
        columns: Int = 80,
        rows: Int = 24,
        settings: String = "",
        in folder: TestFolder = TestFolder()
    ) throws {
        self.folder = folder
        let variables = environment.merging(["TERM": "screen-256color"]) { own, _ in own }
            .map { "\($0.key)=\(Self.quoted($0.value))" }.joined(separator: " ")
        let line =
            "cd \(folder.path); env \(variables) \(command); echo \"ended with $?\"; exec sleep 600"
        // The server lives on: it must hold nothing that whoever runs the client waits for.
        let closing =
            "for fd in $(ls /proc/$$/fd); do [ $fd -gt 2 ] && eval \"exec $fd>&-\"; done; "
        let configuration = try folder.write(settings + "\n", to: "tmux.conf")
        let words =
            "-f \(configuration) new-session -d -x \(columns) -y \(rows) \(Self.quoted(line))"
        try tmux(words + " </dev/null >/dev/null 2>&1", before: closing)
    }

    deinit { _ = try? tmux("kill-server") }

    /// Types text as it is.
    func type(_ text: String) throws { try tmux("send-keys -l \(Self.quoted(text))") }

    /// Presses keys by the names tmux has for them.
    func press(_ keys: String...) throws { try tmux("send-keys \(keys.joined(separator: " "))") }

    /// Types a line.
    func enter(_ text: String) throws {
        try type(text)
        try press("Enter")
    }

    /// Pastes, between the marks of bracketed paste if the program has asked for them.
    func paste(_ text: String) throws {
        let file = try folder.write(text, to: "paste-\(UInt32.random(in: 0 ... .max))")
        try tmux("load-buffer \(file)")
        try tmux("paste-buffer -p")
    }

    func resize(columns: Int, rows: Int) throws {
        try tmux("resize-window -x \(columns) -y \(rows)")
    }

    /// The rows of the screen, without empty ones at its end; with what has scrolled off, or
    /// with the sequences of their colours, if asked for.
    func screen(all: Bool = false, colors: Bool = false) throws -> [String] {
        let shown = try tmux("capture-pane -p \(all ? "-S -5000" : "") \(colors ? "-e" : "")")
        var rows = shown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while rows.last?.isEmpty == true { rows.removeLast() }
        return rows
    }

    /// Looks until the screen is as it should be.
    /// - Returns: The screen.
    /// - Throws: `Failure` with the screen when it is not so within half a minute.
    @discardableResult
    func wait(until isRight: ([String]) throws -> Bool) throws -> [String] {
        var rows: [String] = []
        for _ in 0..<600 {
            rows = try screen()
            if try isRight(rows) { return rows }
            usleep(50_000)
        }
        throw Failure(description: "the screen stays\n" + rows.joined(separator: "\n"))
    }

    /// Looks until the last row of the screen ends so.
    @discardableResult
    func wait(forLast text: String) throws -> [String] {
        try wait { $0.last?.hasSuffix(text) == true }
    }

    /// Looks until a row is this.
    @discardableResult
    func wait(forRow text: String) throws -> [String] { try wait { $0.contains(text) } }

    /// The process that runs in the terminal under the shell.
    func programIdentifier() throws -> Int32 {
        let shell = try tmux("display-message -p '#{pane_pid}'").filter(\.isNumber)
        let child = try ProgramRun.shell("pgrep -n -P \(shell) vmoon").output.filter(\.isNumber)
        guard let number = Int32(child) else { throw Failure(description: "no vmoon runs") }
        return number
    }

    @discardableResult
    private func tmux(_ line: String, before: String = "") throws -> String {
        // Test runners block signals, and children inherit that: a tmux without SIGCHLD never ends.
        let unblock =
            "perl -MPOSIX -e 'sigprocmask(SIG_SETMASK, POSIX::SigSet->new); exec @ARGV' --"
        let run = try ProgramRun.shell("\(before)\(unblock) tmux -L \(name) \(line)", in: folder)
        guard run.status == 0 else { throw Failure(description: "tmux \(line): \(run.error)") }
        return run.output
    }

    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

extension PromptTerminal {
    /// Starts vmoon and waits for its prompt.
    static func prompt(
        _ options: String = "--sim",
        _ environment: [String: String] = [:],
        columns: Int = 80,
        rows: Int = 24,
        in folder: TestFolder = TestFolder()
    ) throws -> PromptTerminal {
        let program = try SimulatorProcess.program("vmoon")
        let terminal = try PromptTerminal(
            "\(program) \(options)",
            environment: environment,
            columns: columns,
            rows: rows,
            in: folder
        )
        try terminal.wait { $0.last?.hasSuffix(">") == true }
        return terminal
    }
}
