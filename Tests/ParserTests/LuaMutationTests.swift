import LuaSyntax
import Support
import Testing

/// Lua source of whatever bytes.
struct LuaMutationTests {
    @Test func `tokens stand in order inside the source, and the parser ends`() throws {
        var parsed = 0
        try Corpus(files: "lua").each { text, _ in
            var end = 0
            for token in LuaLexer.tokens(of: text) {
                #expect(token.range.lowerBound >= end && !token.range.isEmpty, shown(text))
                end = token.range.upperBound
            }
            #expect(end <= text.count, shown(text))
            if (try? LuaParser.parse(text)) != nil { parsed += 1 }
        }
        #expect(parsed > 20)
    }

    @Test func `locals of a chunk are rewritten once, and every line keeps its number`() throws {
        try Corpus(files: "lua").each { text, _ in
            let text = String(decoding: text, as: UTF8.self)
            let rewritten = TopLevelLocals(text).text
            let lines = { (text: String) in text.utf8.count { $0 == 0x0A } }
            #expect(lines(rewritten) == lines(text), shown(Array(text.utf8)))
            _ = LuaNesting(LuaLexer.tokens(of: text)[...])
        }
    }
}
