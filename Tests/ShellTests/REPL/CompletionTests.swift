import Bindings
import LuaHost
import Testing

@testable import Shell

struct CompletionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let subject: CursorContext.Subject
        let typed: String
        let call: String
        var testDescription: String { text }

        init(_ text: String, _ subject: CursorContext.Subject, _ typed: String, _ call: String = "")
        {
            self.text = text
            self.subject = subject
            self.typed = typed
            self.call = call
        }
    }

    static let cases: [Case] = [
        Case("", .nothing, ""),
        Case("lis", .name(path: [], isMethod: false), "lis"),
        Case("json.en", .name(path: ["json"], isMethod: false), "en"),
        Case("vc:getCh", .name(path: ["vc"], isMethod: true), "getCh"),
        Case("a.b.c:d", .name(path: ["a", "b", "c"], isMethod: true), "d"),
        Case("vc:", .name(path: ["vc"], isMethod: true), ""),
        Case("f().x", .name(path: [], isMethod: false), "x"),
        Case("x = vc:", .name(path: ["vc"], isMethod: true), ""),
        Case("item \"gol", .string(quote: "\""), "gol", "item 0"),
        Case("item('gol", .string(quote: "'"), "gol", "item 0"),
        Case("rollback(x, \"", .string(quote: "\""), "", "rollback 1 (x)"),
        Case("it:rollback('", .string(quote: "'"), "", "it:rollback 0"),
        Case("rollback(", .nothing, "", "rollback 0"),
        Case("rollback(item 'a/b', ", .nothing, "", "rollback 1 (item 'a/b')"),
        Case("f(g(1, 2), h{3, 4}, ", .nothing, "", "f 2 (g(1, 2))"),
        Case("session{", .nothing, "", "session 0 {}"),
        Case("session{ vce", .name(path: [], isMethod: false), "vce", "session 0 {}"),
        Case(
            "rollback(i, v, 'm', { if",
            .name(path: [], isMethod: false),
            "if",
            "rollback 3 (i) {}"
        ),
        Case("function f(a", .name(path: [], isMethod: false), "a"),
        Case("-- ite", .closed, ""),
        Case("'done'", .closed, ""),
        Case("12", .closed, ""),
        Case("x = 'a' .. ", .nothing, ""),
        Case("f(function() return g(", .nothing, "", "g 0"),
        Case("日本 = item 'gö", .string(quote: "'"), "gö", "item 0"),
        Case("[[ite", .closed, "[ite"),
    ]

    @Test(arguments: cases) func `what stands around the cursor is seen`(_ test: Case) {
        let context = CursorContext(LexedText(Array(test.text)), cursor: test.text.count)
        #expect(context.subject == test.subject)
        #expect(context.typed == test.typed)
        #expect(context.start == test.text.count - test.typed.count)
        let call = context.call.map { call in
            let path = call.path.dropLast().joined(separator: ".")
            let name = path.isEmpty ? "" : path + (call.isMethod ? ":" : ".")
            let first =
                call.firstArgument.isEmpty || call.argument == 0 ? "" : " (\(call.firstArgument))"
            return "\(name)\(call.path.last ?? "") \(call.argument)\(first)"
                + (call.isInTable ? " {}" : "")
        }
        #expect(call ?? "" == test.call)
    }

    static let options: [(type: LuaType, names: [String])] = [
        ("{if_latest: string}", ["if_latest"]),
        ("{time: string, user: string?, ...}", ["time", "user"]),
        ("string|{name: string}", ["name"]),
        ("table", []),
        ("string", []),
    ]

    @Test(arguments: options.indices) func `option names come from the specification`(_ index: Int)
    {
        let test = Self.options[index]
        let parameter = FunctionSpec.Parameter("options", test.type, "")
        #expect(SpecIndex.options(of: parameter) == test.names)
    }

    static let literals: [(text: String, literal: String)] = [
        ("golden/ubuntu", "\"golden/ubuntu\""),
        ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("a\nb", "\"a\\nb\""),
        ("\u{1B}[31m", "\"\\u{1b}[31m\""),
        ("\u{202E}x", "\"\\u{202e}x\""),
        ("\" .. os.exit() .. \"", "\"\\\" .. os.exit() .. \\\"\""),
    ]

    @Test(arguments: literals.indices) func `a name of the server's is data, never code`(
        _ index: Int
    ) {
        let test = Self.literals[index]
        let literal = LuaLiteral.quoted(test.text)
        #expect(literal == test.literal)
        let tokens = LuaLexer.tokens(of: literal)
        #expect(tokens.count == 1 && tokens[0].kind == .string && !tokens[0].isOpen)
    }

    private static func completer(_ globals: [String: String]) -> Completer {
        Completer(
            index: SpecIndex(FunctionSpec.all),
            fields: { path in
                path.isEmpty
                    ? .init(value: nil, type: "table", names: globals.map { ($0, $1) }) : nil
            },
            itemIdentifier: { _ in nil },
            names: nil,
            files: { folder in folder == "/tmp/" ? ["a.lua", "b/", ".hidden"] : [] }
        )
    }

    static let completions: [(text: String, candidates: [String])] = [
        ("pri", ["print"]),
        ("loc", ["local"]),
        ("_", ["_secret"]),
        ("session{ vce", ["vcenter = "]),
        ("rollback(i, v, 'm', {", ["if_latest = "]),
        ("setPower('vm-1', ", ["\"start\"", "\"stop\"", "\"reset\"", "\"suspend\""]),
        ("setPower('vm-1', 'st", ["start'", "stop'"]),
        ("dofile('/tmp/", ["/tmp/a.lua'", "/tmp/b/"]),
        ("x = '/tmp/a", ["/tmp/a.lua'"]),
        ("x = 'tmp/a", []),
        (".he", [".help"]),
        (".load /tmp/a", ["/tmp/a.lua"]),
        ("nothing.at.all", []),
    ]

    @Test(arguments: completions.indices) func `what can stand at the cursor is found`(_ index: Int)
    {
        let test = Self.completions[index]
        let completer = Self.completer([
            "print": "function", "_secret": "table", "two words": "string",
        ])
        let list = completer.complete(LexedText(Array(test.text)), cursor: test.text.count)
        #expect(list.candidates.map(\.text) == test.candidates, "\(test.text)")
    }

    static let hints: [(text: String, beginning: String)] = [
        ("getCheckOut(", "getCheckOut(item, vm) → {time: string, user: string}  item: "),
        ("getCheckOut(x, ", "getCheckOut(item, vm) → {time: string, user: string}  vm: "),
        ("rollback(a, b, c, d, ", "rollback(item, version, message, [options]) → string"),
        ("print(", ""),
        ("x = 1", ""),
    ]

    @Test(arguments: hints.indices) func `the call at the cursor is explained`(_ index: Int) {
        let test = Self.hints[index]
        let hint = SignatureHint(completer: Self.completer([:]), parameters: { _ in nil })
        let text = hint.text(LexedText(Array(test.text)), cursor: test.text.count)
        #expect(text.hasPrefix(test.beginning) && text.isEmpty == test.beginning.isEmpty, "\(text)")
    }

    @Test func `a function of Lua's shows its parameters`() {
        let hint = SignatureHint(completer: Self.completer([:])) { path in
            .init(
                value: nil,
                type: "function",
                names: path == ["f"] ? [("a", ""), ("...", "")] : []
            )
        }
        #expect(hint.text(LexedText(Array("f(1")), cursor: 3) == "f(a, ...)")
    }
}
