import LuaSyntax
import Testing

struct LuaLiteralTests {
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

    static let texts: [(source: String, text: String?)] = [
        ("'a\"b'", "a\"b"), ("\"a\\\"b\\\\\"", "a\"b\\"), ("[=[x]]]=]", "x]]"), ("'a", nil),
        ("a", nil),
        ("'a' .. 'b'", nil), ("", nil), ("#'a'", nil),
    ]

    @Test(arguments: texts.indices) func `a source that is one literal has a text`(_ index: Int) {
        let test = Self.texts[index]
        #expect(LuaLiteral.text(of: test.source) == test.text, "\(test.source)")
    }
}
