import Testing

@testable import Text

@Suite struct DisplayWidthTests {
    /// A text, and the columns that a terminal gives it.
    static let samples: [(text: String, columns: Int)] = [
        ("", 0), ("abc", 3), ("é", 1), ("日本", 4), ("한글", 4), ("ｱ", 1), ("Ａ", 2), ("😀", 2),
        // Marks, alone, on a letter, and those that have a column: a Hangul of its parts, a voiced ｶ, का.
        ("e\u{301}", 1), ("\u{301}", 0), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｶﾞ", 2),
        ("\u{915}\u{93E}", 2), ("\u{600}1", 1),
        // A sign is narrow until a selector makes it a picture; a letter stays a letter.
        ("⚠", 1), ("⚠\u{FE0F}", 2), ("⚠\u{FE0E}", 1), ("❤\u{FE0F}", 2), ("1\u{FE0F}\u{20E3}", 2),
        ("©\u{FE0F}", 2), ("⌚\u{FE0F}", 2), ("я\u{FE0F}", 1),
        // Pictures joined to one, flags, colours of skin.
        ("👩\u{200D}💻", 2), ("👨\u{200D}👩\u{200D}👧", 2), ("🏳\u{FE0F}\u{200D}🌈", 2),
        ("🇩🇪", 2), ("🇩", 1), ("👍🏽", 2), ("☝🏽", 2), ("a⚠\u{FE0F}b", 4),
        // What is not seen.
        ("a\u{200B}b", 2), ("\u{2060}", 0),
    ]

    @Test(arguments: samples)
    func `characters take the columns that terminals give them`(_ text: String, _ columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
        ("abc", 1, "…"), ("abc", 0, ""), ("⚠\u{FE0F}⚠\u{FE0F}", 3, "⚠\u{FE0F}…"),
        ("👩\u{200D}💻ab", 3, "👩\u{200D}💻…"),
    ]) func `a text is cut to its columns`(_ text: String, _ limit: Int, _ cut: String) {
        #expect(DisplayWidth.cut(text, to: limit) == cut)
    }

    @Test func `the tables are in order and say each character once`() {
        for table in [DisplayWidth.wide, DisplayWidth.zero] {
            for (left, right) in zip(table, table.dropFirst()) {
                #expect(left.upperBound < right.lowerBound)
            }
        }
        for range in DisplayWidth.wide {
            #expect(!DisplayWidth.zero.contains { $0.overlaps(range) })
        }
    }
}
