import LuaSyntax
import Support
import Testing

struct LuaLexerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let source: String
        let tokens: String
        var testDescription: String { source.debugDescription }

        init(_ source: String, _ tokens: String) {
            self.source = source
            self.tokens = tokens
        }
    }

    /// A letter for each kind, then what it covers: n name, k keyword, # number, s string, c
    /// comment, ? invalid; symbols stand for themselves, `…` behind what is open.
    static let cases: [Case] = [
        Case("", ""),
        Case("x = y", "n:x = n:y"),
        Case("_a1 and b", "n:_a1 k:and n:b"),
        Case("goto done ::done::", "k:goto n:done :: n:done ::"),
        Case(
            "3 3.0 .5 3. 0x1F 1e10 1E-2 0x.8p3 0xA.P-1",
            "#:3 #:3.0 #:.5 #:3. #:0x1F #:1e10 #:1E-2 #:0x.8p3 #:0xA.P-1"
        ),
        Case("3x 0x 1e 1..2 0x1p", "?:3x ?:0x ?:1e ?:1..2 ?:0x1p"),
        Case("a..b ...", "n:a .. n:b ..."),
        Case("a//b~=c<<1>>2<=3", "n:a // n:b ~= n:c << #:1 >> #:2 <= #:3"),
        Case("'a' \"b\\\"c\" 'd\\\\'", "s:'a' s:\"b\\\"c\" s:'d\\\\'"),
        Case("'a\\z\n  b' c", "s:'a\\z\n  b' n:c"),
        Case("'a\\\nb' c", "s:'a\\\nb' n:c"),
        Case("'a\nb", "?:'a… n:b"),
        Case("'abc", "s:'abc…"),
        Case("[[a]] [==[b]]c]=]d]==]", "s:[[a]] s:[==[b]]c]=]d]==]"),
        Case("[[a", "s:[[a…"),
        Case("[==[a]]", "s:[==[a]]…"),
        Case("a[b] a[[c]]", "n:a [ n:b ] n:a s:[[c]]"),
        Case("[=x", "[ = n:x"),
        Case("-- x\ny", "c:-- x n:y"),
        Case("--[[a\nb]]c", "c:--[[a\nb]] n:c"),
        Case("--[==[ a", "c:--[==[ a…"),
        Case("--[ a", "c:--[ a"),
        Case("#!/usr/bin/env vmoon\nx", "n:x"),
        Case("a#b", "n:a # n:b"),
        Case("x = é$", "n:x = ?:é ?:$"),
        Case("a:b()", "n:a : n:b ( )"),
        Case("local x <close> = 1", "k:local n:x < n:close > = #:1"),
    ]

    @Test(arguments: cases) func `source is taken apart as Lua does`(_ test: Case) {
        let bytes = Array(test.source.utf8)
        let shown = LuaLexer.tokens(of: bytes).map { token in
            let text =
                String(decoding: bytes[token.range], as: UTF8.self) + (token.isOpen ? "…" : "")
            return switch token.kind {
            case .name: "n:" + text
            case .keyword: "k:" + text
            case .number: "#:" + text
            case .string: "s:" + text
            case .comment: "c:" + text
            case .symbol: text
            case .invalid: "?:" + text
            }
        }
        #expect(shown.joined(separator: " ") == test.tokens)
    }

    static let rewritings: [Case] = [
        Case("local x = 1", "      x = 1"),
        Case("local x", "      x = nil"),
        Case("local a, b", "      a, b = nil"),
        Case("local a, b = f()", "      a, b = f()"),
        Case("local x <const> = 5", "      x         = 5"),
        Case("local a <const>, b = 1", "      a        , b = 1"),
        Case("local x <const>", "      x         = nil"),
        Case("local function f() local y = 1 end", "      function f() local y = 1 end"),
        Case("do local x = 1 end local y = 2", "do local x = 1 end       y = 2"),
        Case("if a then local x end", "if a then local x end"),
        Case("repeat local x = 1 until x local y", "repeat local x = 1 until x       y = nil"),
        Case("for i = 1, 2 do local x end local z", "for i = 1, 2 do local x end       z = nil"),
        Case("local f = function() local x end", "      f = function() local x end"),
        Case("local x -- local y\nlocal z = 1", "      x = nil -- local y\n      z = 1"),
        Case("print('local x')", "print('local x')"),
        Case("local x <\nclose> = f()", "      x  \n       = f()"),
        Case("local x <clos> = 1", "local x <clos> = 1"),
        Case("local a <close>, b <close> = f()", "local a <close>, b <close> = f()"),
        Case("local _ENV = {}", "local _ENV = {}"),
        Case("local", "local"),
        Case("local = 1", "local = 1"),
        Case(
            "if x then elseif y then local z end local w",
            "if x then elseif y then local z end       w = nil"
        ),
    ]

    @Test(arguments: rewritings) func `locals of a chunk's own level stay`(_ test: Case) {
        #expect(TopLevelLocals(test.source).text == test.tokens)
    }

    @Test func `the values to close are named, those of inner blocks are not`() {
        let source =
            "local a <close> = f() do local b <close> = g() end local c <const>, d <close> = h()"
        #expect(TopLevelLocals(source).closing == ["a", "d"])
    }

    static let depths: [(source: String, depth: Int)] = [
        ("x = 1", 0), ("function f()", 1), ("function f() end", 0), ("if a then", 1),
        ("if a then b() else", 1), ("if a then b() elseif c then", 1), ("if a", 0),
        ("while x do", 1), ("for i = 1, 2 do f(", 2), ("f({", 2), ("repeat", 1),
        ("repeat until", 0),
        ("f(function()", 2), ("end end", 0), ("f(end", 1), ("'(' -- (", 0), ("[[ do", 0),
    ]

    @Test(arguments: depths.indices) func `what is open is counted`(_ index: Int) {
        let test = Self.depths[index]
        #expect(
            LuaNesting(LuaLexer.tokens(of: test.source)[...]).depth == test.depth,
            "\(test.source)"
        )
    }

    @Test func `any bytes are tokens in order, each within the source and not empty`() {
        var random = SeededRandom(seed: 5)
        let pieces = Self.cases.map { Array($0.source.utf8) }
        for _ in 0..<2000 {
            var source = random.pick(pieces) + random.pick(pieces)
            for _ in 0...random.below(4) {
                source.insert(UInt8(random.below(256)), at: random.below(source.count + 1))
            }
            var end = 0
            for token in LuaLexer.tokens(of: source) {
                let isInOrder = token.range.lowerBound >= end && !token.range.isEmpty
                #expect(isInOrder, "\(source)")
                end = token.range.upperBound
            }
            #expect(end <= source.count)
            _ = try? LuaParser.parse(source)
        }
    }
}
