import Posix
import Testing

@Suite struct SystemTextTests {
    /// Names as bytes, and as they are shown.
    static let names: [([UInt8], String)] = [
        (Array("plain".utf8), "plain"), (Array("grün 日本 🌙".utf8), "grün 日本 🌙"), ([], ""),
        ([0x6E, 0xFF, 0x2E], "n\\xFF."), ([0xC3], "\\xC3"), ([0xE2, 0x82, 0x41], "\\xE2\\x82A"),
        ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
        // U+10FF80 itself, which stands for the byte 0x80.
        ([0xF4, 0x8F, 0xBE, 0x80], "\\xF4\\x8F\\xBE\\x80"),
        // U+10FF7F stands for nothing else.
        ([0xF4, 0x8F, 0xBD, 0xBF], "\u{10FF7F}"),
    ]

    @Test(arguments: names) func `every name comes back as it was`(
        _ bytes: [UInt8],
        _ shown: String
    ) {
        let text = SystemText.text(bytes)
        #expect(SystemText.bytes(text) == bytes)
        #expect(SystemText.shown(text) == shown)
        #expect(SystemText.isPlain(text) == !shown.contains("\\x"))
    }

    @Test func `two names are never one text`() {
        let bytes = (0...255).map(UInt8.init)
        var names = bytes.map { [$0] } + bytes.flatMap { a in bytes.map { [a, $0] } }
        names += [[0xF4, 0x8F, 0xBE, 0x80], Array("\u{FFFD}".utf8)]
        #expect(
            Set(names.map { Array(SystemText.text($0).unicodeScalars.map(\.value)) }).count
                == names.count
        )
    }
}
