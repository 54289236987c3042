import Support
import Testing

/// The prompt without an editor: lines come from a pipe.
struct PromptPlainTests {
    static let cases: [(input: String, output: String)] = [
        ("1 + 1\n", "2\n"),
        ("x = 1\nx\n", "1\n"),
        ("local x, y <const> = 1, 2\nx + y\n", "3\n"),
        ("function f(a)\nreturn a * 2\nend\nf(4)\n", "8\n"),
        ("f = function()\n\nreturn 5 end\nf()", "5\n"),
        ("nil\n", "nil\n"),
        ("_\n7\n_ * 2\n", "nil\n7\n14\n"),
        ("pcall(error)\n", "false\nnil\n"),
        ("io.write('a') print('b')\n", "ab\n"),
        (
            "local c <close> = setmetatable({}, {__close = function() print 'closed' end})\nprint 'last'\n",
            "last\nclosed\n"
        ),
        ("local c <close> = 5\n", "variable 'c' got a non-closable value\n"),
        (".time on\n.exit\nprint('never')\n", "times are shown\n"),
        ("spawn(function() print('task') end):join()\n", "task\n"),
        (
            "error({ kind = 1 })\n_err.kind\n",
            "(error object is a table value)\n  error({ kind = 1 })\n1\n"
        ),
    ]

    @Test(arguments: cases.indices) func `lines run as they come`(_ index: Int) throws {
        let test = Self.cases[index]
        let run = try ProgramRun.of("vmoon", ["--sim", "-i"], input: test.input)
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        // `-i` shows the versions first, as lua(1) does.
        let output = lines.drop {
            $0.hasPrefix("vmoon ") || $0.hasPrefix("Lua ") || $0.hasPrefix("libcurl")
        }
        let shown = output.joined(separator: "\n")
        #expect(shown.hasPrefix(test.output), "\(test.input): \(shown) \(run.error)")
        #expect(run.status == 0)
    }
}
