import Foundation
import JSON
import Support
import Testing

/// The page that `vmoon report` writes, in a browser and under the eyes of a checker.
@Suite struct ReportPageTests {
    private static let browser = isThere("chromium")
    private static let checker = isThere("tidy")

    private static func isThere(_ program: String) -> Bool {
        (try? ProgramRun.shell("command -v \(program)"))?.status == 0
    }

    private static let journal = Result {
        let journal = try ReportJournal(runs: 50, changes: 2000, open: 5)
        let run = try journal.report(
            "--html",
            "r.html",
            "--csv",
            "r.csv",
            "--markdown",
            "r.md",
            "--junit",
            "r.xml"
        )
        #expect(run.status == 0 && run.output.isEmpty && run.error.isEmpty, "\(run.error)")
        return journal
    }

    /// Opens a file in Chromium.
    /// - Returns: What it said, and the requests that the page made.
    private func open(
        _ file: String,
        _ journal: ReportJournal,
        _ options: String
    ) throws -> (run: ProgramRun, requests: [String]) {
        let folder = journal.folder
        // Two browsers with one profile are one.
        let log = "net-\(UUID().uuidString).json"
        let run = try ProgramRun.shell(
            "chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run "
                + "--disable-background-networking --user-data-dir=\(folder.path)/\(log).d "
                + "--enable-logging=stderr --log-net-log=\(folder.path)/\(log) \(options) file://\(folder.path)/\(file)",
            in: folder,
            within: 300
        )
        // A line for each event; the browser may end before it has written the last. What it does on its own account
        // has no origin.
        let requests = try journal.text(log).split(separator: "\n").compactMap { event in
            event.contains("\"initiator\":\"") && !event.contains("\"not an origin\"")
                ? event.firstMatch(of: /"url":"([^"]*)"/).map { String($0.1) } : nil
        }
        return (run, requests)
    }

    private func consoleLines(_ run: ProgramRun) -> [Substring] {
        run.error.split(separator: "\n").filter { $0.contains("CONSOLE") }
    }

    @Test(
        .enabled(if: browser, "there is no chromium (apt-get install chromium)"),
        .timeLimit(.minutes(10))
    )
    func `a browser shows it without a request, a script or a complaint`() throws {
        let journal = try Self.journal.get()
        let seen = try open("r.html", journal, "--dump-dom")
        #expect(seen.requests.isEmpty)
        #expect(consoleLines(seen.run).isEmpty)
        #expect(seen.run.output.contains("<h2>5 changes are in doubt</h2>"))
        #expect(seen.run.output.contains("</footer>") && !seen.run.output.contains("<script"))
        // A page that does what a report must not is caught at it.
        let bad =
            "<title>x</title><script>console.log('here')</script><img src='http://127.0.0.1:9/x'>"
        try journal.folder.write(bad, to: "bad.html")
        let control = try open("bad.html", journal, "--dump-dom")
        #expect(control.requests.contains { $0.contains("127.0.0.1:9") })
        #expect(!consoleLines(control.run).isEmpty)
    }

    @Test(
        .enabled(if: browser, "there is no chromium (apt-get install chromium)"),
        .timeLimit(.minutes(10))
    )
    func `it is drawn on a wide and a narrow screen, and printed`() throws {
        let journal = try Self.journal.get()
        for width in [1280, 400] {
            let options = "--window-size=\(width),2000 --screenshot=\(width).png"
            let seen = try open("r.html", journal, options)
            #expect(consoleLines(seen.run).isEmpty)
            let image = try Data(
                contentsOf: URL(fileURLWithPath: "\(journal.folder.path)/\(width).png")
            )
            // The width is in the header of a PNG; an empty page has a few thousand bytes.
            #expect(Int(image[18]) << 8 | Int(image[19]) == width && image.count > 50_000)
        }
        _ = try open("r.html", journal, "--no-pdf-header-footer --print-to-pdf=r.pdf")
        let printed = try Data(contentsOf: URL(fileURLWithPath: "\(journal.folder.path)/r.pdf"))
        #expect(printed.starts(with: Array("%PDF-".utf8)) && printed.count > 1_000_000)
    }

    @Test(.enabled(if: checker, "there is no tidy (apt-get install tidy)"))
    func `a checker of HTML finds nothing`() throws {
        let journal = try Self.journal.get()
        let run = try ProgramRun.shell("tidy -q -e r.html", in: journal.folder)
        #expect(run.status == 0 && run.error.isEmpty, "\(run.error.prefix(2000))")
    }

    @Test func `every datum of the comma-separated values stands in the page beside its change`()
        throws
    {
        let journal = try Self.journal.get()
        let page = try journal.text("r.html")
        let rows = Self.rows(try journal.text("r.csv"))
        let names = try #require(rows.first)
        #expect(rows.count == 2001)
        #expect(rows.count { $0[names.firstIndex(of: "in_doubt") ?? 0] == "yes" } == 5)
        // By operation: the row of the table, and what stands about its run.
        var cells: [String: Substring] = [:]
        for row in page.split(separator: "<tr>") {
            guard let end = row.range(of: "</code></td></tr>"),
                let start = row[..<end.lowerBound].range(of: "<code>", options: .backwards)
            else { continue }
            cells[String(row[start.upperBound..<end.lowerBound])] = row
        }
        let runs = page.components(separatedBy: "<tr id=\"run-").dropFirst()
        for row in rows.dropFirst() {
            let about = try #require(runs.first { $0.contains(row[0]) })
            let change = try #require(cells[row[names.firstIndex(of: "op_id") ?? 8]], "\(row)")
            for (name, field) in zip(names, row) where !field.isEmpty {
                let words = Self.words(name, field)
                let found = words.allSatisfy { about.contains($0) || change.contains($0) }
                #expect(found, "\(name): \(field)")
            }
        }
    }

    /// A field as it stands in the page.
    private static func words(_ name: String, _ field: String) -> [String] {
        if name == "in_doubt" { return field == "yes" ? ["in doubt"] : [] }
        // The state says these in words of people.
        let states = [
            "done": "done", "rejected": "refused", "not_sent": "not sent", "open": "in doubt",
        ]
        if name == "outcome" { return [states[field] ?? "in doubt"] }
        if name == "attempts", field == "1" { return [] }
        let isQuoted =
            field.first == "'" && field.dropFirst().first.map { "=+-@".contains($0) } == true
        let text = isQuoted ? String(field.dropFirst()) : field
        return [
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
                ">",
                with: "&gt;"
            )
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
        ]
    }

    /// Reads comma-separated values whose fields have no line breaks.
    private static func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n").map { line in
            var fields: [String] = []
            var field = ""
            var isQuoted = false
            var rest = line
            while let character = rest.popFirst() {
                if character == "\"", isQuoted, rest.first == "\"" {
                    field.append("\"")
                    rest.removeFirst()
                } else if character == "\"" {
                    isQuoted.toggle()
                } else if character == ",", !isQuoted {
                    fields.append(field)
                    field = ""
                } else {
                    field.append(character)
                }
            }
            return fields + [field]
        }
    }

    @Test func `the XML is well-formed, and counts what it holds`() throws {
        let journal = try Self.journal.get()
        let code = """
            import sys, xml.etree.ElementTree as T
            root = T.parse("r.xml").getroot()
            cases = root.findall("testsuite/testcase")
            print(len(root), len(cases), len(root.findall(".//error")), len(root.findall(".//failure")),
                len(root.findall(".//skipped")), root.get("tests"), root.get("errors"), root.get("failures"),
                root.get("skipped"))
            """
        let script = try journal.folder.write(code, to: "count.py")
        let run = try ProgramRun.shell("python3 \(script)", in: journal.folder)
        let counts = run.output.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        #expect(counts.count == 9, "\(run.error)")
        // A case for each run too: six ended with 81, and one died.
        #expect(counts.prefix(3) == [50, 2050, 12])
        #expect(counts.dropFirst().prefix(4) == counts.dropFirst(5))
    }
}
