import Testing
import VSphere

@testable import Shell

struct ArgumentParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var terminal = false
        var mode: Invocation.Mode
        var actions: [Invocation.Action] = []
        var options: OptionTable<OptionValue> = [:]
        var rest: [String] = []
        var position: Int?
        var testDescription: String { arguments.joined(separator: " ") }

        init(
            _ arguments: String...,
            terminal: Bool = false,
            gives mode: Invocation.Mode,
            _ actions: [Invocation.Action] = [],
            options: OptionTable<OptionValue> = [:],
            rest: [String] = [],
            at position: Int? = nil
        ) {
            self.arguments = arguments
            self.terminal = terminal
            self.mode = mode
            self.actions = actions
            self.options = options
            self.rest = rest
            self.position = position
        }
    }

    static let pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    static let cases: [Case] = [
        // Without a script.
        Case(gives: .standardInput),
        Case(terminal: true, gives: .prompt),
        Case("-", gives: .standardInput, at: 1),
        Case("-", "a", "-b", gives: .standardInput, rest: ["a", "-b"], at: 1),
        Case("--", gives: .standardInput),
        Case("--", terminal: true, gives: .prompt),
        Case("-i", gives: .prompt),
        Case("-v", terminal: true, gives: .actionsOnly),
        Case("-E", terminal: true, gives: .prompt),
        Case("-W", gives: .standardInput, [.warningsOn]),
        // Scripts: options end at the name.
        Case("a.lua", gives: .script("a.lua"), at: 1),
        Case("a.lua", "x", "y", gives: .script("a.lua"), rest: ["x", "y"], at: 1),
        Case("a.lua", "--help", gives: .script("a.lua"), rest: ["--help"], at: 1),
        Case(
            "a.lua",
            "--password",
            "-e",
            gives: .script("a.lua"),
            rest: ["--password", "-e"],
            at: 1
        ),
        Case("a.lua", "--", "x", gives: .script("a.lua"), rest: ["--", "x"], at: 1),
        Case("--", "-a.lua", "x", gives: .script("-a.lua"), rest: ["x"], at: 2),
        Case("--", "-", gives: .script("-"), at: 2),
        Case("-i", "a.lua", gives: .script("a.lua"), at: 2),
        Case("check", gives: .script("check"), at: 1),
        Case("./check", gives: .script("./check"), at: 1),
        Case("", gives: .script(""), at: 1),
        // -e and -l, in order.
        Case("-e", "x=1", gives: .actionsOnly, [.execute("x=1")]),
        Case("-ex=1", gives: .actionsOnly, [.execute("x=1")]),
        Case("-e", "", gives: .actionsOnly, [.execute("")]),
        Case("-e", "-- x", gives: .actionsOnly, [.execute("-- x")]),
        Case("-e", "--help", gives: .actionsOnly, [.execute("--help")]),
        Case("-e", "a", "-e", "b", gives: .actionsOnly, [.execute("a"), .execute("b")]),
        Case(
            "-e",
            "a",
            "-l",
            "m",
            "-eb",
            gives: .actionsOnly,
            [.execute("a"), .require(module: "m", global: "m"), .execute("b")]
        ),
        Case("-e", "a", "s.lua", "z", gives: .script("s.lua"), [.execute("a")], rest: ["z"], at: 3),
        Case("-e", "a", "-", gives: .standardInput, [.execute("a")], at: 3),
        Case("-e", "a", "-i", gives: .prompt, [.execute("a")]),
        Case("-l", "m", gives: .standardInput, [.require(module: "m", global: "m")]),
        Case("-lm", terminal: true, gives: .prompt, [.require(module: "m", global: "m")]),
        Case("-l", "g=m", "s", gives: .script("s"), [.require(module: "m", global: "g")], at: 3),
        Case("-lg=a.b", gives: .standardInput, [.require(module: "a.b", global: "g")]),
        Case("-W", "-e", "a", gives: .actionsOnly, [.warningsOn, .execute("a")]),
        // Long options.
        Case("--user", "bob", gives: .standardInput, options: [.user: .text("bob")]),
        Case("--user=bob", gives: .standardInput, options: [.user: .text("bob")]),
        Case("--user=a=b", gives: .standardInput, options: [.user: .text("a=b")]),
        Case("--user", "--x", gives: .standardInput, options: [.user: .text("--x")]),
        Case("--user", "a", "--user", "b", gives: .standardInput, options: [.user: .text("b")]),
        Case("--vcenter", "h", "s", gives: .script("s"), options: [.vcenter: .text("h")], at: 3),
        Case("--insecure", "s", gives: .script("s"), options: [.insecure: .toggle(true)], at: 2),
        Case("--timeout=30s", gives: .standardInput, options: [.timeout: .duration(.seconds(30))]),
        Case(
            "--timeout",
            "1h30m",
            gives: .standardInput,
            options: [.timeout: .duration(.seconds(5400))]
        ),
        Case(
            "--timeout=250ms",
            gives: .standardInput,
            options: [.timeout: .duration(.milliseconds(250))]
        ),
        Case("--grace=0s", gives: .standardInput, options: [.grace: .duration(.zero)]),
        Case("--max-answer=64K", gives: .standardInput, options: [.maxAnswer: .size(65536)]),
        Case(
            "--memory-limit",
            "1G",
            gives: .standardInput,
            options: [.memoryLimit: .size(1 << 30)]
        ),
        Case("--limit=1", gives: .standardInput, options: [.limit: .count(1)]),
        Case("--api", "rest", gives: .standardInput, options: [.api: .text("rest")]),
        Case("--color=never", gives: .standardInput, options: [.color: .text("never")]),
        Case("--log-level=trace", gives: .standardInput, options: [.logLevel: .text("trace")]),
        Case(
            "--pin",
            pin,
            "--pin",
            pin,
            gives: .standardInput,
            options: [.pin: .texts([pin, pin])]
        ),
        Case(
            "--sim",
            "--dry-run",
            gives: .standardInput,
            options: [.sim: .toggle(true), .dryRun: .toggle(true)]
        ),
        // Requests for information.
        Case("--help", gives: .help(subcommand: nil, isFull: true)),
        Case("-h", gives: .help(subcommand: nil, isFull: false)),
        Case("-h", "s.lua", gives: .help(subcommand: nil, isFull: false)),
        Case("--version", gives: .version),
        Case("--sim", "--version", gives: .version, options: [.sim: .toggle(true)]),
        Case("--completions", "zsh", gives: .completions(shell: "zsh")),
        Case("--completions=fish", gives: .completions(shell: "fish")),
        Case("--man", gives: .manual),
        Case("--licenses", gives: .licenses),
    ]

    @Test(arguments: cases)
    func `a command line is understood as lua(1) and GNU would`(_ row: Case) throws {
        let result = try ArgumentParser.parse(
            row.arguments,
            inputIsTerminal: row.terminal,
            subcommands: []
        )
        #expect(result.mode == row.mode)
        #expect(result.actions == row.actions)
        #expect(result.scriptArguments == row.rest)
        #expect(result.scriptPosition == row.position)
        var settings = OptionTable<OptionValue>()
        for (option, value) in result.options
        where Flag.row(option)?.name != nil
            && ![.help, .version, .completions, .manual, .licenses].contains(option)
        {
            settings[option] = value
        }
        #expect(settings == row.options)
    }

    @Test func `-i implies -v and stays after a script`() throws {
        let result = try ArgumentParser.parse(["-i", "s.lua"], inputIsTerminal: false)
        #expect(result.entersPrompt && result.showsVersion && !result.ignoresEnvironment)
        let other = try ArgumentParser.parse(["-E", "s.lua"], inputIsTerminal: false)
        #expect(!other.entersPrompt && !other.showsVersion && other.ignoresEnvironment)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let error: String
        var testDescription: String { arguments.joined(separator: " ") }
        init(_ arguments: String..., error: String) {
            self.arguments = arguments
            self.error = error
        }
    }

    static let refusals: [Refusal] = [
        Refusal("-e", error: "-e needs a value; write -e CODE"),
        Refusal("-l", error: "-l needs a value; write -l MOD"),
        Refusal("-l", "-i", error: "-l needs the name of a module; write -l MOD or -l G=MOD"),
        Refusal("-l", "g=", error: "-l needs the name of a module; write -l MOD or -l G=MOD"),
        Refusal("-iv", error: "unknown option '-iv'; vmoon --help lists the options"),
        Refusal(
            "--user=me:S3c",
            error:
                "--user: the name is refused: no name holds a colon, and a password must not stand "
                + "behind it; use --password-file, --password-command or VMOON_PASSWORD"
        ),
        Refusal("-x", error: "unknown option '-x'; vmoon --help lists the options"),
        Refusal("--vcentre", "h", error: "unknown option '--vcentre'; did you mean --vcenter?"),
        Refusal("--time-out=3s", error: "unknown option '--time-out'; did you mean --timeout?"),
        Refusal(
            "--passwort=hunter2",
            error: "unknown option '--passwort'; vmoon --help lists the options"
        ),
        Refusal("--user", error: "--user needs a value; write --user NAME"),
        Refusal(
            "--user=",
            error: "--user: '' is refused: it is empty; give a value or leave it out"
        ),
        Refusal("--insecure=1", error: "--insecure takes no value; write --insecure"),
        Refusal(
            "--timeout",
            "30",
            error: "--timeout: '30' is refused: it has no unit; did you mean 30s?"
        ),
        Refusal(
            "--timeout",
            "soon",
            error: "--timeout: 'soon' is refused: it is not a length of time; "
                + "write it as 250ms, 30s, 5m or 1h30m"
        ),
        Refusal(
            "--timeout=0s",
            error: "--timeout: '0s' is refused: it is too short; give more than 0"
        ),
        Refusal(
            "--timeout=1m1h",
            error: "--timeout: '1m1h' is refused: its units are out of order; "
                + "write it as 250ms, 30s, 5m or 1h30m"
        ),
        Refusal(
            "--max-answer=lots",
            error: "--max-answer: 'lots' is refused: it is not a size; write it as 64K, 256M or 1G"
        ),
        Refusal(
            "--limit=0",
            error: "--limit: '0' is refused: it is not a number from 1 to 1000; the default is 16"
        ),
        Refusal(
            "--api=soap",
            error: "--api: 'soap' is refused: there is no such choice; "
                + "it is auto, rest, api or jsonrpc"
        ),
        Refusal(
            "--pin",
            "abc",
            error: "--pin: 'abc' is refused: it is not the hash of a key; "
                + "write sha256// and the 44 characters of base64"
        ),
        Refusal(
            "--user\u{1b}[2J",
            error: "unknown option '--user\\x1B[2J'; vmoon --help lists the options"
        ),
    ]

    @Test(arguments: refusals)
    func `a mistake is told in one line with what to try`(_ row: Refusal) {
        let error = #expect(throws: UsageError.self) {
            try ArgumentParser.parse(row.arguments, inputIsTerminal: false, subcommands: [])
        }
        #expect(error?.description == row.error)
        #expect(error?.exitCode == .usage)
    }

    static let salvaged: [(String, String?)] = [
        ("--bogus --log-file F", "F"), ("--log-file F --bogus", "F"),
        ("--deadline soon --log-file F", "F"), ("--deadline=soon --log-file=F s.lua", "F"),
        ("--bogus=3 --log-file F s.lua", "F"), ("-Q --log-file F", "F"),
        ("--sim=1 --log-file F", "F"), ("--password=x --log-file F", "F"),
        // The word behind may be the script, and then what follows is its own.
        ("--bogus s.lua --log-file F", nil), ("--password x --log-file F", nil),
        ("-Q s.lua --log-file F", nil), ("--deadline soon s.lua --log-file F", nil),
        ("--deadline soon -- --log-file F", nil), ("--log-file F --log-file", "F"),
        ("-e x -W --deadline soon --log-file F", "F"), ("-ex --deadline 0x --log-file F", "F"),
        // Behind a sub-command options and operands mix.
        ("reconcile --bogus 5f3c0a1b --log-file F", nil), ("reconcile a b --log-file F", "F"),
        ("runs --limit many --log-file F", "F"),
    ]

    @Test(arguments: salvaged)
    func `of a command line that is wrong the rest is read`(_ line: String, _ file: String?) {
        let words = line.split(separator: " ").map(String.init)
        #expect(ArgumentParser.salvage(words)[.logFile]?.text == file)
        #expect(throws: UsageError.self) {
            try ArgumentParser.parse(words, inputIsTerminal: false)
        }
    }

    @Test func `the script of such a line is known where it is beyond doubt`() {
        let read = ArgumentParser.salvage(["--deadline", "soon", "s.lua", "--token=x"])
        #expect(read.mode == .script("s.lua") && read.scriptArguments == ["--token=x"])
        #expect(ArgumentParser.salvage(["--bogus", "s.lua"]).mode == .actionsOnly)
        let command = ArgumentParser.salvage(["reconcile", "--bogus"])
        #expect(command.mode == .subcommand(name: "reconcile", operands: []))
    }

    @Test(arguments: [["--password", "hunter2"], ["--password=hunter2"], ["--password"]])
    func `--password is refused without showing its value`(_ arguments: [String]) {
        let error = #expect(throws: UsageError.self) {
            try ArgumentParser.parse(arguments, inputIsTerminal: false)
        }
        #expect(error?.description.contains("--password-file") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(arguments: [
        (["s.lua", "--dry-run"], "--dry-run"), (["s.lua", "x", "--read-only"], "--read-only"),
        (["--limit", "3", "-", "--dry-run"], "--dry-run"), (["--dry-run", "s.lua"], nil),
        (["--dry-run", "s.lua", "--dry-run"], nil), (["s.lua", "--dry-running"], nil),
        (["-e", "x"], nil),
    ]) func `a safeguard behind the script is noticed`(_ arguments: [String], _ option: String?)
        throws
    {
        let invocation = try ArgumentParser.parse(arguments, inputIsTerminal: false)
        #expect(invocation.misplacedSafeguard == option)
    }
}
