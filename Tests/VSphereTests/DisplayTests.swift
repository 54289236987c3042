import Buffers
import Testing

@testable import VSphere

@Suite struct DisplayTests {
    @Test(arguments: [
        ("plain é 日本", "plain é 日本"), (#"VSPHERE.LOCAL\alice"#, #"VSPHERE.LOCAL\alice"#),
        ("a\nb\r\tc", #"a\nb\r\tc"#), ("\u{1b}[31m", #"\x1B[31m"#),
        ("\u{7f}\u{85}", #"\x7F\u{85}"#),
        ("\u{202e}txt", #"\u{202E}txt"#), ("\u{2028}", #"\u{2028}"#),
    ])
    func `hostile text is shown escaped on one line`(text: String, shown: String) {
        #expect(Display.escape(text) == shown)
    }

    @Test func `bytes that are no text are shown as such, and a cut falls between characters`() {
        #expect(Display.escape(bytes: [0x61, 0xFF, 0xC3]) == #"a\xFF\xC3"#)
        #expect(Display.escape(bytes: Array("aé".utf8), limit: 2) == "a…")
        #expect(Display.escape(bytes: Array("aéb".utf8), limit: 3) == "aé…")
        #expect(Display.escape(bytes: [0x80, 0x80, 0x80], limit: 2) == "…")
        #expect(Display.excerpt(ByteBuffer()) == "nothing")
        #expect(Display.excerpt(ByteBuffer("<html>"), limit: 3) == #""<ht…""#)
    }
}
