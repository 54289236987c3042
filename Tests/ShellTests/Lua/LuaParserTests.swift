import LuaHost
import Testing

@testable import Shell

/// Our parser against Lua's own.
@Suite struct LuaParserTests {
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
        var random = SplitMix(state: 20_261_121)
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

    @Test(arguments: [
        String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000),
        "x = " + String(repeating: "{", count: 100_000),
        "x = " + String(repeating: "a.", count: 50_000) + "b",
        "x = 1" + String(repeating: " + 1", count: 50_000),
        String(repeating: "do ", count: 50_000), "x = " + String(repeating: "not ", count: 50_000),
        "f" + String(repeating: "()", count: 50_000),
    ]) func `what is nested without end is told so, and ends nothing`(_ source: String) {
        #expect(parses(Array(source.utf8))?.isLimit == true)
    }

    @Test func `names mean the nearest declaration`() throws {
        let source = "local x = 1 do local x = x print(x) end x = 2 y = 3 function z.w() y = 4 end"
        let chunk = try LuaParser.parse(Array(source.utf8))
        guard case .local(let outer, _) = chunk.body[0].form,
            case .block(let block) = chunk.body[1].form,
            case .local(let inner, let values) = block[0].form,
            case .local(let used) = values[0].form
        else { Issue.record("another tree"); return }
        #expect(used === outer[0])
        #expect(outer[0].isReassigned && !inner[0].isReassigned)
        #expect(chunk.assignedGlobals == ["y": [false, true]])
        #expect(chunk.assignedFields == ["z.w"])
    }
}

/// Random numbers that are the same in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
}
