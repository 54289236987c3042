import Testing

@testable import Shell

struct DotCommandTests {
    static let cases: [(line: String, command: DotCommand?)] = [
        (".help", .help(nil)),
        (".help rollback", .help("rollback")),
        (".load  a file.lua ", .load("a file.lua")),
        (".load", .wrong(".load needs the name of a file")),
        (".save out.lua", .save("out.lua")),
        (".time", .time(nil)),
        (".time on", .time(true)),
        (".time off", .time(false)),
        (".time maybe", .wrong(".time takes on or off")),
        (".exit", .exit),
        (".reconnect", .reconnect),
        (".quit", .wrong("there is no .quit; .help lists what there is")),
        (".5 + 1", nil),
        ("x", nil),
        ("..", nil),
    ]

    @Test(arguments: cases.indices) func `a line with a dot is a command`(_ index: Int) {
        #expect(DotCommand(Self.cases[index].line) == Self.cases[index].command)
    }
}
