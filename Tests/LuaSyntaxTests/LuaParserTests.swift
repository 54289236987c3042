import LuaSyntax
import Testing

struct LuaParserTests {
    /// Chains that begin with chains: none is long, nor are they nested deeply.
    private static func chains(_ before: String, _ behind: String) -> String {
        "x = " + String(repeating: before, count: 60) + "a" + String(repeating: behind, count: 60)
    }

    private func parses(_ source: [UInt8]) -> LuaSyntaxError? {
        do {
            _ = try LuaParser.parse(source)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000),
        "x = " + String(repeating: "{", count: 100_000),
        "x = " + String(repeating: "a.", count: 50_000) + "b",
        "x = 1" + String(repeating: " + 1", count: 50_000),
        String(repeating: "do ", count: 50_000), "x = " + String(repeating: "not ", count: 50_000),
        "f" + String(repeating: "()", count: 50_000),
        chains("(", ")" + String(repeating: " + 1", count: 900)),
        chains("(", ")" + String(repeating: ".b", count: 900)),
        chains("(function() return ", " end)" + String(repeating: " + 1", count: 900)),
    ]) func `what is nested without end is told so, and ends nothing`(_ source: String) {
        #expect(parses(Array(source.utf8))?.isLimit == true)
    }

    @Test func `what stands side by side is not nested`() {
        let chain = "a" + String(repeating: ".b", count: 400)
        let list = String(repeating: "f(\(chain)), \(chain) .. 'x', ", count: 20)
        #expect(parses(Array("x = { \(list) } + 1 \(chain)()".utf8)) == nil)
        #expect(parses(Array(String(repeating: "do \(chain)() end ", count: 20).utf8)) == nil)
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
