import Buffers
import JSON
import Testing
import Text

@testable import Bindings
@testable import LineEditor

/// What `show` lines up stands in line at the prompt.
struct ColumnTests {
    @Test(arguments: [
        "web", "日本", "e\u{301}", "⚠\u{FE0F} old", "⚠ old", "👩\u{200D}💻", "👨\u{200D}👩\u{200D}👧", "🇩🇪",
        "☝🏽",
        "1\u{FE0F}\u{20E3}", "ｶﾞ", "a\u{200D}b",
    ])
    func `show and the prompt give a text the same columns`(_ text: String) throws {
        let records = ValueBuffer()
        records.put(
            [["a": .string(text), "b": "|"], ["a": "a long name", "b": "|"]] as JSONValue
        )
        let table = Show(width: nil, usesColor: false, now: nil)
            .render(try #require(records.root))
        let columns = table.split(separator: "\n").dropFirst().map { line in
            var layout = FrameLayout(width: 80)
            for character in line.prefix(while: { $0 != "|" }) { layout.add(character, .plain) }
            return layout.column
        }
        #expect(columns == [13, 13])
    }
}
