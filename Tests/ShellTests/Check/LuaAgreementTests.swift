import LuaHost
import LuaSyntax
import Support
import Testing

@testable import Shell

/// Our parser and checker against Lua's own parser.
struct LuaAgreementTests {
    /// All of the syntax of the manual, and the odd corners of it.
    static let corpus = [
        "", ";;;", "return", "return;", "return 1, 2;", "local a",
        "local a, b <const>, c <close> = 1, 2",
        "a = 1", "a, b.c, d[1] = 1, 2", "a.b['c'].d[e] = f", "f()", "f{}", "f''", "f[[x]]",
        "f'a''b'{}",
        "a.b:c(1)'x'", "(f)()", "(f or g)(1, ...)", "do end", "do local x; do y = x end end",
        "while a do break end", "repeat local x = 1 until x", "if a then end",
        "if a then elseif b then else end", "for i = 1, 2 do end", "for i = 1, 2, 3 do end",
        "for a, b, c in d, e, f do end", "function f() end", "function a.b.c:d(x, y, ...) end",
        "local function f(...) return ... end", "::a:: goto a", "goto b; ::b::",
        "x = function(a) return a end", "x = {}", "x = {1, 2; 3}", "x = {a = 1, ['b'] = 2, 3, f()}",
        "x = {...,}", "x = not not a", "x = -2 ^ -3", "x = a .. b .. c",
        "x = 1 + 2 * 3 // 4 % 5 / 6",
        "x = a and b or c", "x = a < b == c > d ~= (e <= f)", "x = 1 << 2 >> 3 & 4 | 5 ~ 6",
        "x = ~1",
        "x = #a.b", "x = 0x1p4 + .5 + 3e2 + 0xA.8", "x = 'a\\z\n b\\x41\\u{7FF}\\065'",
        "x = [==[a]]b]==]", "--[[ x ]] x = 1 --[==[\n]==]", "-- only", "#!/usr/bin/lua\nreturn 1",
        "local x <const> = 1; return x", "a.b.c.d.e()", "f(function() end)", "return f(...)",
        "local t = { f = function(self) return self end, [1] = -1 }", "x = (a).b",
        "x = ('s'):rep(2)",
        "local goto_ = 1", "return {f = 1}.f == nil or ({}).x", "a = b c = d", "a = f\n(g)()",
        "x = 3 .. 4", "x = a.b.c[d]['e']", "local _ENV = {}; x = y", "x = 'a' < 'b'",
        "for _ = 1, 0 do local function g() return g end end",
        "return function(...) return ... end",
    ]

    private let host = SilentHost()

    private func compiles(_ lua: Interpreter, _ source: [UInt8]) -> String? {
        do {
            let isScript = source.first == UInt8(ascii: "#")
            try lua.compile(isScript ? Array("--".utf8) + source : source, chunkName: "=x")
            return nil
        } catch {
            return error.message
        }
    }

    private func parses(_ source: [UInt8]) -> LuaSyntaxError? {
        do {
            _ = try LuaParser.parse(source)
            return nil
        } catch {
            return error
        }
    }

    @Test func `what Lua reads is read, and what it refuses is not`() throws {
        let lua = try Interpreter(host: host, usesEnvironment: false)
        for source in Self.corpus {
            // "return {f = 1}.f" is there because Lua refuses it.
            let refusal = compiles(lua, Array(source.utf8))
            let error = parses(Array(source.utf8))
            #expect((refusal == nil) == (error == nil), "\(source): \(refusal ?? "")")
        }
    }

    /// What is no matter of grammar: the parser leaves it to Lua.
    private static let beyondGrammar = [
        "goto", "label", "break outside", "attempt to assign to const", "unknown attribute",
        "multiple to-be-closed", "outside a vararg function", "escape", "too many", "too large",
        "overflow", "decimal", "UTF-8", "unfinished string", "invalid", "ambiguous", "missing '{'",
        "missing '}'",
    ]

    @Test func `ten thousand damaged sources crash nothing, and Lua agrees`() throws {
        let lua = try Interpreter(host: host, usesEnvironment: false)
        let check = try SourceCheck()
        var random = SeededRandom(seed: 20_261_121)
        let pieces: [String] = [
            "(", ")", "{", "}", "[", "]", "end", "do", "function", "local", "=", ",", ".", ":",
            "..",
            "...", "'", "\"", "[[", "]]", "--", "--[[", "\n", "<close>", "and", "not", "~", "x",
            "1",
            "0x", "\\", "return", "goto a", "::a::", "\u{0}", "é", "if", "then", "else", "until",
            "repeat", "for", "in", "while", "#", "-", "^", "session()", "item'a'", "rollback(",
        ]
        for _ in 0..<10_000 {
            var source = Array(
                (random.pick(Self.corpus) + " " + random.pick(Self.corpus) + "\n"
                    + random.pick(CheckerTests.arguments).source).utf8
            )
            for _ in 0...random.below(3) {
                let place = random.below(source.count + 1)
                switch random.below(4) {
                case 0 where place < source.count: source.remove(at: place)
                case 1 where place < source.count: source[place] = UInt8(random.below(256))
                case 2: source.insert(contentsOf: Array(random.pick(pieces).utf8), at: place)
                default:
                    let other = min(source.count, place + random.below(12))
                    source.removeSubrange(place..<other)
                }
            }
            let refusal = compiles(lua, source)
            let error = parses(source)
            let text = String(decoding: source, as: UTF8.self)
            if refusal == nil {
                #expect(error == nil, "\(text): \(error?.message ?? "")")
                _ = check.findings(in: source)
            } else if let refusal, !Self.beyondGrammar.contains(where: refusal.contains) {
                #expect(error != nil, "\(text): \(refusal)")
            }
        }
    }
}
