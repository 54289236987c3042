import Journal
import Posix
import Testing

@testable import Shell

/// The forms of a report.
@Suite struct ReportFormTests {
    @Test(arguments: [
        (ReportForm.html, "report.html"), (.csv, "report.csv"), (.markdown, "report.md"),
        (.junit, "report.xml"),
    ]) func `a report is as recorded`(_ form: ReportForm, _ name: String) {
        let text = ReportFixture.text(ReportFixture.everything, form)
        #expect(text.hasPrefix(form.beginning))
        expectGolden(text.replacing("vmoon \(Program.version)", with: "vmoon VERSION"), name)
    }

    @Test(arguments: ReportForm.allCases)
    func `nothing of others has a meaning in it, and no secret is told`(_ form: ReportForm) {
        let text = ReportFixture.text(ReportFixture.everything, form)
        #expect(!text.contains("hush") && text.contains("***") || form == .markdown)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(!text.unicodeScalars.contains { $0 == "\u{202E}" || $0.value & 0xFFFE == 0xFFFE })
        let markup = text.contains("<script>")
        #expect(markup == (form == .csv), "only comma-separated values have it as it is")
        #expect(!text.contains("]]>") || form == .csv || form == .markdown)
    }

    static let texts: [(String, String, String, String)] = [
        ("plain-1.0", "plain-1.0", "plain-1.0", "plain-1.0"),
        (
            "<a b=\"c\" d='e'>&", "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;",
            "<a b=\"\"c\"\" d='e'>&",
            "\\<a b=\"c\" d='e'\\>\\&"
        ),
        ("a|b\\|c`*_", "a|b\\|c`*_", "a|b\\|c`*_", "a\\|b\\\\\\|c\\`\\*\\_"),
        ("\u{1B}\u{202E}\n", "\\x1B\\u{202E}\\n", "\\x1B\\u{202E}\\n", "\\\\x1B\\\\u{202E}\\\\n"),
        (
            "\u{FFFE}ü", "\\u{FFFE}ü", "\\u{FFFE}ü",
            "\\\\u{FFFE}ü"
        ),
        (String(decoding: [0x61, 0xFF], as: UTF8.self), "a\u{FFFD}", "a\u{FFFD}", "a\u{FFFD}"),
        // Trackers call people and link issues; an address calls nobody.
        (
            "@ann cc (@b-c) ann@vsphere.local @ #12 x#7 # !9",
            "@ann cc (@b-c) ann@vsphere.local @ #12 x#7 # !9",
            "@ann cc (@b-c) ann@vsphere.local @ #12 x#7 # !9",
            "@<!-- -->ann cc (@<!-- -->b-c) ann@vsphere.local @ \\#<!-- -->12 x\\#<!-- -->7 \\# \\!9"
        ),
    ]

    @Test(arguments: texts)
    func `a text of others is spelled so that it is only text`(
        _ text: String,
        _ markup: String,
        _ csv: String,
        _ markdown: String
    ) {
        let expected: [(Escaping, String)] = [
            (.markup, markup), (.csv, csv), (.markdown, markdown),
        ]
        for (escaping, spelled) in expected {
            var bytes: [UInt8] = []
            escaping.append(text, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == spelled)
        }
    }

    @Test func `a field that a spreadsheet would compute is text`() {
        let lines = ["=1", "+1", "-1", "@a"].map { name in
            let change = ReportFixture.change("a", "rollback", name: name, at: 0)
            let report = ReportFixture.report([(ReportFixture.row(), [change], nil)])
            return ReportFixture.text(report, .csv)
        }
        for (line, name) in zip(lines, ["=1", "+1", "-1", "@a"]) {
            #expect(line.contains(",'\(name),"))
        }
    }

    @Test func `the page asks for nothing`() {
        let page = ReportFixture.text(ReportFixture.everything, .html)
        for word in ["http://", "https://", "url(", "@import", " src=", "<script", "javascript:"] {
            #expect(!page.contains(word), "\(word)")
        }
        for part in page.split(separator: "href=\"").dropFirst() {
            #expect(part.hasPrefix("#") || part.hasPrefix("data:,"))
        }
    }

    @Test func `each link has a place to lead to, and each place one name`() {
        let page = ReportFixture.text(ReportFixture.everything, .html)
        let names = page.split(separator: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(Set(names).count == names.count)
        for part in page.split(separator: "href=\"#").dropFirst() {
            #expect(names.contains(part.prefix { $0 != "\"" }))
        }
    }

    @Test func `the first failure ends the writing`() {
        final class Count { var calls = 0 }
        let count = Count()
        var output = ReportOutput { _ throws(PosixError) in
            count.calls += 1
            throw PosixError("write to", path: "f", code: 28)
        }
        for _ in 0..<100 { output.put(String(repeating: "x", count: 64 << 10)) }
        #expect(throws: PosixError.self) { try output.end() }
        #expect(count.calls == 1)
    }
}
