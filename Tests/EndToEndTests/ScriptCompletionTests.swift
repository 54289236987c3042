import Support
import Testing

/// A script's own options at the prompt of a shell: the same in bash, zsh and fish.
@Suite struct ScriptCompletionTests {
    /// A line behind the program's name, and the words that its last one may become.
    static let lines: [(line: String, words: [String])] = [
        ("patch.lua --k", ["--keep"]), ("patch.lua x --fo", ["--force"]),
        ("--user me patch.lua --mo", ["--mode"]), ("patch.lua --mode c", ["careful"]),
        ("patch.lua --mode=c", ["careful"]),
        // Those of vmoon end at the script's name.
        ("patch.lua --vce", []), ("patch.lua x --dry", []), ("--user me patch.lua --vcenter", []),
        ("--vce", ["--vcenter"]), ("--user me --vce", ["--vcenter"]),
        ("patch.lua pat", ["patch.lua"]),
        // A word of the script's is no sub-command.
        ("patch.lua check --k", ["--keep"]), ("check --form", ["--format"]),
    ]

    private func folder(_ shell: String) throws -> TestFolder? {
        guard try ProgramRun.shell("command -v \(shell)").status == 0 else {
            print("not tested: \(shell) is not installed")
            return nil
        }
        let folder = TestFolder()
        _ = try folder.write(BoxTests.options, to: "patch.lua")
        let program = try SimulatorProcess.program("vmoon")
        let made = try ProgramRun.shell(
            "mkdir bin && ln -s '\(program)' bin/vmoon && bin/vmoon --completions \(shell) >completions",
            in: folder
        )
        #expect(made.status == 0)
        return folder
    }

    @Test func `bash completes the options of a script`() throws {
        guard let folder = try folder("bash") else { return }
        for (line, words) in Self.lines {
            // As bash splits it.
            let split = line.replacing("=", with: " = ")
            let count = split.split(separator: " ").count
            let run = try ProgramRun.shell(
                "bash -c 'source ./completions; COMP_WORDS=(bin/vmoon \(split)); COMP_CWORD=\(count); "
                    + "compopt() { :; }; _vmoon; echo \"${COMPREPLY[*]}\"'",
                in: folder
            )
            #expect(run.output == words.joined(separator: " ") + "\n", "\(line): \(run.error)")
        }
    }

    @Test func `fish completes the options of a script`() throws {
        guard let folder = try folder("fish") else { return }
        for (line, words) in Self.lines {
            let run = try ProgramRun.shell(
                "PATH=$PWD/bin:$PATH fish -N -c 'source completions; complete -C \"vmoon \(line)\"'",
                in: folder
            )
            let lead = line.split(separator: " ").last?.split(separator: "=").first ?? ""
            let found = run.lines.map { line -> String in
                let word = String(line.prefix { $0 != "\t" })
                return word.hasPrefix(lead + "=") ? String(word.dropFirst(lead.count + 1)) : word
            }
            #expect(found == words, "\(line): \(run.error)")
        }
    }

    @Test func `zsh completes the options of a script`() throws {
        guard let folder = try folder("zsh") else { return }
        // A terminal of zsh's own, with a key that tells the line.
        _ = try folder.write(
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            send() { zpty -w $2 shell "$1"; }
            send 'PS1=; PATH=$PWD/bin:$PATH; autoload -Uz compinit; compinit -u -D; source ./completions'
            send 'tell() { print -r -- "$BUFFER" >>told; BUFFER=; }; zle -N tell; bindkey "^X" tell; setopt no_beep'
            touch told
            send 'touch ready'
            until [[ -e ready ]]; do sleep 0.1; done
            while IFS= read -r line; do
              send "vmoon $line"$'\\t' -n
              sleep 0.5
              send $'\\x18' -n
              tries=0
              until [[ $(wc -l 2>/dev/null <told) -ge $((++n)) || $((tries++)) -gt 100 ]]; do ((n--)); sleep 0.05; done
            done
            cat told
            """,
            to: "type.zsh"
        )
        let input = Self.lines.map { $0.line + "\n" }.joined()
        let run = try ProgramRun.shell("zsh type.zsh <<'END'\n\(input)END\n", in: folder)
        for ((line, words), told) in zip(Self.lines, run.lines) {
            let last = line.split { " =".contains($0) }.last.map(String.init) ?? ""
            let expected = "vmoon " + line.dropLast(last.count) + (words.first ?? last)
            // zsh adds the sign that the value follows.
            let told = told.replacing(/=$/, with: "")
            #expect(told.split(separator: " ") == expected.split(separator: " "), "\(run.error)")
        }
        #expect(run.lines.count == Self.lines.count, "\(run)")
    }
}
