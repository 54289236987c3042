import CBuffers
import Testing
import Text

@Suite struct DisplayTests {
    @Test(arguments: [
        ("plain é 日本", "plain é 日本"), (#"VSPHERE.LOCAL\alice"#, #"VSPHERE.LOCAL\alice"#),
        ("a\nb\r\tc", #"a\nb\r\tc"#), ("\u{1b}[31m", #"\x1B[31m"#),
        ("\u{7f}\u{85}", #"\x7F\u{85}"#),
        ("\u{202e}txt", #"\u{202E}txt"#), ("\u{2028}", #"\u{2028}"#), ("\0\r\n", #"\x00\r\n"#),
        ("\u{feff}", #"\u{FEFF}"#), ("\u{61c}", #"\u{61C}"#), ("👩\u{200D}💻", "👩\u{200D}💻"),
    ])
    func `hostile text is shown escaped on one line`(text: String, shown: String) {
        #expect(Display.escape(text) == shown)
    }

    @Test func `bytes that are no text are shown as such, and a cut falls between characters`() {
        #expect(Display.escape(bytes: [0x61, 0xFF, 0xC3]) == #"a\xFF\xC3"#)
        #expect(Display.escape(bytes: Array("aé".utf8), limit: 2) == "a…")
        #expect(Display.escape(bytes: Array("aéb".utf8), limit: 3) == "aé…")
        #expect(Display.escape(bytes: [0x80, 0x80, 0x80], limit: 2) == "…")
        #expect(Display.excerpt([]) == "nothing")
        #expect(Display.excerpt(Array("<html>".utf8), limit: 3) == #""<ht…""#)
    }

    @Test func `line feeds and tabs stay where they are wanted, and nothing else does`() {
        #expect(Display.escapeLines("a\n\tb\r\u{1b}") == "a\n\tb\\r\\x1B")
    }

    /// As `print` does it, in C.
    private func escapedByC(_ bytes: [UInt8], _ keep: UInt32 = 0) -> String {
        let shown = vm_bytes_new(.max)
        defer { vm_bytes_delete(shown) }
        guard let shown, vm_bytes_append_escaped(shown, bytes, bytes.count, keep) else {
            return "out of memory"
        }
        let text = UnsafeBufferPointer(start: shown.pointee.data, count: shown.pointee.length)
        return String(decoding: text, as: UTF8.self)
    }

    @Test func `every character is shown as print shows it`() {
        for value in 0...UInt32(0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(Character(scalar))"
            let bytes = Array(text.utf8)
            let isSame =
                Display.escape(text) == escapedByC(bytes)
                && Display.escape(bytes: bytes) == escapedByC(bytes)
                && Display.escapeLines(text) == escapedByC(bytes, VM_KEEP_LINES)
            if !isSame {
                Issue.record("U+\(String(value, radix: 16))")
                return
            }
        }
    }

    @Test func `bytes of any kind are shown as print shows them`() {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        // The bytes at which UTF-8 decides something.
        let edges: [UInt8] = [
            0, 0x0A, 0x1B, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xAE, 0xBF, 0xC0, 0xC1, 0xC2,
            0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<50_000 {
            let bytes = (0..<random(9)).map { _ in edges[random(edges.count)] }
            if Display.escape(bytes: bytes) != escapedByC(bytes) {
                Issue.record("\(bytes)")
                return
            }
        }
    }
}
