import LuaSyntax
import Support
import Testing

@testable import LineEditor

struct LexedTextTests {
    /// What taking the whole text apart gives.
    private static func expectWhole(_ text: LexedText, _ characters: [Character]) -> Bool {
        let bytes = Array(String(characters).utf8)
        return text.characters == characters && text.bytes == bytes
            && text.tokens == LuaLexer.tokens(of: bytes)
    }

    static let pieces = [
        "x", " ", "\n", "\n", "[[", "]]", "--", "--[==[", "]==]", "\"", "'", "\\\n", "\\z", "=",
        "#t", "日", "e\u{301}", "1.5e", "..", "end", "function f(a)\n", "\u{1}", "[", "]", "-",
    ]

    @Test(arguments: 1...20) func `after any changes the tokens are those of the whole text`(
        _ seed: UInt64
    ) {
        var generator = SeededRandom(seed: seed)
        var text = LexedText()
        var characters: [Character] = []
        for step in 0..<300 {
            let start = Int.random(in: 0...characters.count, using: &generator)
            let most = step % 20 == 0 ? 200 : 3
            let end = min(start + Int.random(in: 0...most, using: &generator), characters.count)
            var new: [Character] = []
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                new += Array(Self.pieces.randomElement(using: &generator) ?? "x")
            }
            characters.replaceSubrange(start..<end, with: new)
            text.update(to: characters)
            guard Self.expectWhole(text, characters) else {
                Issue.record("step \(step): \(String(characters).debugDescription)")
                return
            }
            let cursor = Int.random(in: 0...characters.count, using: &generator)
            let before = text.before(cursor)
            let bytes = Array(String(characters[..<cursor]).utf8)
            #expect(before.bytes == bytes && before.tokens == LuaLexer.tokens(of: bytes))
            #expect(text.byte(of: cursor) == bytes.count)
            #expect((0...cursor).contains(CursorContext(text, cursor: cursor).start))
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let before: String
        let after: String
        /// How many segments are taken apart again.
        let fresh: Int
        var testDescription: String { "\(before) → \(after)".debugDescription }
    }

    static let cases = [
        Case(before: "a\nb\nc", after: "a\nbx\nc", fresh: 1),
        Case(before: "a\nb\nc", after: "a\nb\nc", fresh: 0),
        Case(before: "a\nb\nc", after: "a\nb\ncx", fresh: 1),
        Case(before: "a\nb\nc", after: "xa\nb\nc", fresh: 1),
        Case(before: "a\nb\nc\nd", after: "a\nb\nnew\nc\nd", fresh: 1),
        Case(before: "a\nb\nc\nd", after: "a\nd", fresh: 0),
        // What opens here swallows what follows, and gives it back.
        Case(before: "a\nb\nc\nd", after: "a\n[[b\nc\nd", fresh: 1),
        Case(before: "a\n[[b\nc\nd", after: "a\nb\nc\nd", fresh: 3),
        // A quoted string ends with its line, so that one key costs one line.
        Case(before: "a\nb\nc\nd", after: "a\n\"b\nc\nd", fresh: 1),
    ]

    @Test(arguments: cases) func `only what has changed is taken apart again`(_ test: Case) {
        var text = LexedText(Array(test.before))
        text.update(to: Array(test.after))
        #expect(text.freshSegments == test.fresh)
        #expect(Self.expectWhole(text, Array(test.after)))
    }
}
