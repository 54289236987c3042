import Testing

@testable import LineEditor

struct PagerTests {
    @Test func `long output comes a page at a time`() throws {
        let text = (1...50).map(String.init).joined(separator: "\n")
        var pager = try #require(Pager(text, columns: 80, rows: 11))
        #expect(pager.begin().hasPrefix("1\r\n2\r\n"))
        #expect(pager.handle(Key(.enter)).contains("11\r\n"))
        #expect(pager.handle(Key(.text(" "))).contains("21\r\n"))
        #expect(!pager.isDone)
        #expect(pager.handle(Key(.text("x"))).contains("31\r\n"))
        #expect(pager.handle(Key(.text("G"))).hasSuffix("50\r\n"))
        #expect(pager.isDone)
    }

    @Test func `it goes back, and searches`() throws {
        let text = (1...50).map { "row \($0)" }.joined(separator: "\n")
        var pager = try #require(Pager(text, columns: 80, rows: 11))
        _ = pager.begin()
        _ = pager.handle(Key(.text(" ")))
        let back = pager.handle(Key(.text("b")))
        #expect(back.hasPrefix("\u{1B}[H\u{1B}[Jrow 1\r\n") && back.contains("row 10\r\n"))
        #expect(pager.handle(Key(.up)).contains("10 of 50"), "there is nothing before the first")
        _ = pager.handle(Key(.text("/")))
        for letter in ["R", "O", "W", " ", "3"] { _ = pager.handle(Key(.text(letter))) }
        #expect(pager.status.contains("/ROW 3"))
        #expect(pager.handle(Key(.enter)).contains("\u{1B}[Jrow 3\r\n"))
        #expect(pager.handle(Key(.text("n"))).contains("\u{1B}[Jrow 30\r\n"))
        _ = pager.handle(Key(.text("/")))
        _ = pager.handle(Key(.text("z")))
        #expect(pager.handle(Key(.enter)).contains("not found: z"))
        #expect(!pager.isDone)
    }

    @Test(arguments: [80, 60, 40, 20, 12, 3]) func `its footer fits`(_ columns: Int) throws {
        let text = (1...5000).map { "\u{1B}[32m\($0)\u{1B}[0m" }.joined(separator: "\n")
        var pager = try #require(Pager(text, columns: columns, rows: 11))
        _ = pager.begin()
        let shown = pager.status.replacing("\u{1B}[7m", with: "").replacing("\u{1B}[0m", with: "")
        #expect(shown.count <= columns, "\(shown)")
    }

    @Test func `a coloured line takes the rows that it looks like`() throws {
        let line = "\u{1B}[32m" + String(repeating: "x", count: 25) + "\u{1B}[0m"
        let text = Array(repeating: line, count: 4).joined(separator: "\n")
        var pager = try #require(Pager(text, columns: 10, rows: 11))
        #expect(pager.begin().count { $0 == "\r\n" } == 10)
        #expect(Pager(text, columns: 30, rows: 11) == nil)
    }

    @Test func `q leaves the rest out, and what fits needs no pager`() throws {
        let text = (1...50).map(String.init).joined(separator: "\n")
        var pager = try #require(Pager(text, columns: 80, rows: 11))
        _ = pager.begin()
        _ = pager.handle(Key(.text("q")))
        #expect(pager.isDone)
        #expect(Pager("a\nb", columns: 80, rows: 11) == nil)
        #expect(Pager(String(repeating: "x", count: 1000), columns: 80, rows: 11) != nil)
    }
}
