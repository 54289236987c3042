import Posix
import Testing
import VSphere

@testable import Shell

struct FlagTableTests {
    @Test(arguments: Option.allCases)
    func `every option has one row and says what it does`(_ option: Option) {
        // Sub-commands may share a row of their own.
        let all = Flag.all + Subcommand.all.flatMap(\.flags)
        let rows = all.filter { $0.option == option }
        #expect(Set(rows.map(\.summary)).count == 1)
        for row in rows {
            #expect(row.name != nil || row.short != nil)
            #expect(row.summary.hasSuffix(".") && row.summary.count <= 72)
            #expect(
                row.detail.isEmpty || row.detail.last?.isPunctuation == true
                    || row.detail.contains("vmoon")
            )
            #expect(row.takesValue == !row.placeholder.isEmpty)
        }
    }

    @Test func `no name and no letter stands for two options`() {
        let names = Flag.all.compactMap(\.name)
        let letters = Flag.all.compactMap(\.short)
        #expect(Set(names).count == names.count)
        #expect(Set(letters).count == letters.count)
    }

    @Test func `the defaults that help shows are values the options accept`() {
        for flag in Flag.all {
            guard let text = flag.defaultText else { continue }
            #expect(throws: Never.self) { try flag.value(text, spelling: flag.spelling) }
        }
    }

    @Test func `help is 80 columns wide and as recorded`() {
        for isFull in [false, true] {
            let text = HelpText.program(isFull: isFull)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
            expectGolden(text, isFull ? "help-full.txt" : "help-short.txt")
        }
    }

    @Test(arguments: [("bash", "bash", ["-n"]), ("zsh", "zsh", ["-n"]), ("fish", "fish", ["-n"])])
    func `completions are valid programs of their shell`(
        _ shell: String,
        _ program: String,
        _ check: [String]
    ) throws {
        for subcommands in [Subcommand.all, SubcommandTests.table] {
            let script = try #require(Completions.script(for: shell, subcommands: subcommands))
            for flag in Flag.all + subcommands.flatMap(\.flags) {
                let spelling =
                    shell == "fish" ? flag.name ?? flag.short.map(String.init) : flag.spelling
                #expect(script.contains(try #require(spelling)))
            }
            guard Self.isInstalled(program) else { continue }
            let path = "/tmp/vmoon-completions-\(RandomIdentifier.make())"
            try File.replace(path, with: Array(script.utf8))
            defer { try? File.remove(path) }
            let outcome = try Command([program] + check + [path], timeout: .seconds(20)).run()
            #expect(outcome.ending == .exited(0))
        }
        #expect(Completions.script(for: "tcsh") == nil)
    }

    @Test func `bash completes options, choices and files`() throws {
        let script = try #require(Completions.script(for: "bash"))
        let cases: [(words: String, expected: String)] = [
            ("vmoon --vc", "--vcenter"), ("vmoon --api re", "rest"),
            ("vmoon --user x --log-f", "--log-format --log-file"), ("vmoon a.lua --vc", ""),
            ("vmoon --api = re", "rest"),
            ("vmoon --api = rest --vc", "--vcenter"), ("vmoon --api =", "auto rest api jsonrpc"),
            // Those of a sub-command are its own.
            ("vmoon runs --st", "--steps"), ("vmoon runs --dry", ""), ("vmoon ru", "runs"),
            ("vmoon check --format te", "text"), ("vmoon test --format t", "tap"),
            ("vmoon --format te", ""), ("vmoon reconcile --resend 0", "0a"),
            ("vmoon runs 2", "2b"), ("vmoon resume 0", "0a"), ("vmoon --profile p", "profiles"),
            ("vmoon runs --profile p", "profiles"), ("vmoon doc f", "functions"),
            ("vmoon --lock lo", "locks"),
            ("vmoon doc --log-", "--log-format --log-level --log-file"),
        ]
        for (words, expected) in cases {
            let program = """
                compopt() { :; }
                vmoon() { printf '%s\\n' "$2" 0a 2b; }
                \(script)
                COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _vmoon
                printf '%s' "${COMPREPLY[*]}"
                """
            let outcome = try Command(["bash", "-c", program], timeout: .seconds(20)).run()
            #expect(String(decoding: outcome.output, as: UTF8.self) == expected)
        }
    }

    @Test func `fish completes the options and operands of a sub-command`() throws {
        guard Self.isInstalled("fish") else {
            return print("not tested: fish is not installed")
        }
        let script = try #require(Completions.script(for: "fish"))
        let cases: [(line: String, expected: [String])] = [
            ("vmoon runs --st", ["--steps"]), ("vmoon runs 2", ["2b"]),
            ("vmoon doc f", ["functions"]),
            ("vmoon reconcile --resen", ["--resend"]), ("vmoon --lock lo", ["locks"]),
            ("vmoon check --format j", ["json"]), ("vmoon ru", ["runs"]), ("vmoon runs --dry", []),
        ]
        let path = "/tmp/vmoon-fish-\(RandomIdentifier.make())"
        try File.replace(path, with: Array(script.utf8))
        defer { try? File.remove(path) }
        for (line, expected) in cases {
            let program = """
                function vmoon; printf '%s\\n' $argv[2] 0a 2b; end
                source \(path)
                complete -C '\(line)'
                """
            let outcome = try Command(["fish", "-N", "-c", program], timeout: .seconds(20)).run()
            let found = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
                .map { String($0.prefix { $0 != "\t" }) }
            #expect(found == expected, "\(line)")
        }
    }

    @Test func `bash completes a name with spaces as one`() throws {
        let script = try #require(Completions.script(for: "bash"))
        let folder = "/tmp/vmoon-names-\(RandomIdentifier.make())"
        for words in ["vmoon my", "vmoon --ca-file my", "vmoon a.lua my"] {
            let program = """
                mkdir -p '\(folder)' && cd '\(folder)' && touch 'my first.lua' 'my last.lua'
                compopt() { :; }
                \(script)
                COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _vmoon
                printf '%s|' "${COMPREPLY[@]}"
                rm -r '\(folder)'
                """
            let outcome = try Command(["bash", "-c", program], timeout: .seconds(20)).run()
            let names = String(decoding: outcome.output, as: UTF8.self).split(separator: "|")
            #expect(Set(names) == ["my first.lua", "my last.lua"], "\(words)")
        }
    }

    @Test func `the manual page has all options and codes and is clean roff`() throws {
        let page = ManualPage.text(subcommands: SubcommandTests.table)
        for flag in Flag.all {
            #expect(page.contains(flag.spelling.replacing("-", with: "\\-")))
        }
        for code in ExitCode.allCases { #expect(page.contains(".B \(code.rawValue)\n")) }
        guard Self.isInstalled("groff") else { return }
        let path = "/tmp/vmoon-manual-\(RandomIdentifier.make())"
        try File.replace(path, with: Array(page.utf8))
        defer { try? File.remove(path) }
        let command = ["bash", "-c", "groff -man -Tutf8 -wall -z \"$1\" 2>&1", "-", path]
        let outcome = try Command(command, timeout: .seconds(20)).run()
        #expect(String(decoding: outcome.output, as: UTF8.self) == "")
        #expect(outcome.ending == .exited(0))
    }

    private static func isInstalled(_ program: String) -> Bool {
        let look = Command(["bash", "-c", "command -v \(program)"], timeout: .seconds(20))
        return (try? look.run())?.ending == .exited(0)
    }
}
