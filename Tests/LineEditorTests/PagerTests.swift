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
