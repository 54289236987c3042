import Testing

@testable import Shell

struct SubcommandTests {
    static let table = [
        Subcommand("look", operands: "FILE...", count: 1...9, summary: "Look at files."),
        Subcommand(
            "list",
            operands: "[ID]",
            count: 0...1,
            summary: "List things.",
            flags: [Flag(.noInit, "json", in: .output, "Write JSON.")]
        ),
    ]

    private func parse(_ arguments: String...) throws(UsageError) -> Invocation {
        try ArgumentParser.parse(arguments, inputIsTerminal: false, subcommands: Self.table)
    }

    @Test func `a sub-command is recognised as the first word only`() throws {
        #expect(try parse("look", "a").mode == .subcommand(name: "look", operands: ["a"]))
        #expect(try parse("--sim", "look", "a").mode == .script("look"))
        #expect(try parse("./look").mode == .script("./look"))
        #expect(try parse("--", "look").mode == .script("look"))
    }

    @Test func `its options and operands mix until --`() throws {
        let result = try parse("look", "a", "--vcenter", "h", "b", "--", "--c")
        #expect(result.mode == .subcommand(name: "look", operands: ["a", "b", "--c"]))
        #expect(result[.vcenter] == .text("h"))
        #expect(try parse("list", "--json")[.noInit] == .toggle(true))
    }

    @Test func `it refuses what it has no use for`() {
        let cases: [([String], String)] = [
            (["look"], "look got 0 operands; usage: vmoon look FILE..."),
            (["list", "a", "b"], "list got 2 operands; usage: vmoon list [ID]"),
            (["look", "-e", "x"], "-e does not apply to look; vmoon look --help lists what does"),
            (
                ["look", "--sandbox", "x"],
                "--sandbox does not apply to look; vmoon look --help lists what does"
            ),
            (
                ["look", "--json", "x"],
                "unknown option '--json'; vmoon look --help lists the options"
            ),
        ]
        for (arguments, message) in cases {
            let error = #expect(throws: UsageError.self) {
                try ArgumentParser.parse(
                    arguments,
                    inputIsTerminal: false,
                    subcommands: Self.table
                )
            }
            #expect(error?.description == message)
        }
    }

    @Test func `it has help of its own`() throws {
        #expect(try parse("list", "--help").mode == .help(subcommand: "list", isFull: true))
        expectGolden(HelpText.subcommand(Self.table[1], isFull: false), "help-subcommand.txt")
    }
}
