import Support
import Testing

@testable import Simulator

/// `vmoon-sim --completions SHELL`.
struct CompletionTests {
    static let shells = Completions.Shell.allCases

    /// Runs a program of a shell; nil where the shell is not installed.
    private func run(_ shell: Completions.Shell, _ words: [String]) throws -> String? {
        let found = try Command(["sh", "-c", "command -v \(shell.rawValue)"])
        guard found.code == 0 else {
            print("not tested: \(shell.rawValue) is not installed")
            return nil
        }
        let run = try Command([shell.rawValue] + words)
        #expect(run.code == 0, "\(run.output)")
        return run.output
    }

    @Test(arguments: shells)
    func `the script is a valid program of its shell and has every option`(
        _ shell: Completions.Shell
    ) throws {
        let run = try Command([
            try SimulatorProcess.program("vmoon-sim"), "--completions", shell.rawValue,
        ])
        let script = Completions.script(for: shell)
        #expect(run.code == 0 && run.output == script)
        for option in OptionParser.all {
            let name = shell == .fish ? "-l " + option.name.dropFirst(2) : option.name
            #expect(script.contains(name), "\(option.name)")
        }
        // It is read and not run.
        _ = try self.run(shell, ["-n", "-c", script])
    }

    @Test(arguments: [
        ("vmoon-sim --li", "--listen --listen-anywhere"), ("vmoon-sim --statuses s", "seed spec"),
        ("vmoon-sim --dialects = re", "rest,api rest"),
        ("vmoon-sim --http --ma", "--man --max-sessions"),
        ("vmoon-sim --user x", ""), ("vmoon-sim --completions z", "zsh"),
        ("vmoon-sim --cert /etc/hostnam", "/etc/hostname"),
    ])
    func `bash completes options, choices and files`(_ words: String, _ expected: String) throws {
        let program = """
            compopt() { :; }
            \(Completions.script(for: .bash))
            COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _vmoon_sim
            printf '%s' "${COMPREPLY[*]}"
            """
        let found = try run(.bash, ["-c", program]).map { $0.split(separator: " ").sorted() }
        #expect(found ?? [] == expected.split(separator: " ").sorted())
    }

    @Test(arguments: [
        ("vmoon-sim --statuses s", ["seed", "spec"]), ("vmoon-sim --lat", ["--latency"]),
        ("vmoon-sim --dialects re", ["rest", "rest,api"]),
    ])
    func `fish completes options and choices`(_ line: String, _ expected: [String]) throws {
        let program = "\(Completions.script(for: .fish))\ncomplete -C '\(line)'"
        guard let output = try run(.fish, ["-N", "-c", program]) else { return }
        let found = output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
        #expect(found.sorted() == expected)
    }
}
