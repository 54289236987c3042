import Support
import Testing

@testable import LineEditor

struct KeyDecoderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let bytes: String
        let keys: [Key]
        var testDescription: String { bytes.debugDescription }

        init(_ bytes: String, _ keys: [Key]) {
            self.bytes = bytes
            self.keys = keys
        }

        init(_ bytes: String, _ code: Key.Code, _ modifiers: Key.Modifiers = []) {
            self.init(bytes, [Key(code, modifiers)])
        }
    }

    static let cases: [Case] = [
        Case("a", .text("a")),
        Case("é日🙂", [Key(.text("é")), Key(.text("日")), Key(.text("🙂"))]),
        Case("\r", .enter),
        Case("\n", .enter),
        Case("\t", .tab),
        Case("\u{7F}", .backspace),
        Case("\u{1}", .text("a"), .control),
        Case("\u{1A}", .text("z"), .control),
        Case("\u{1F}", .text("_"), .control),
        Case("\u{0}", .text(" "), .control),
        Case("\u{1B}[A", .up),
        Case("\u{1B}OA", .up),
        Case("\u{1B}[1;5C", .right, .control),
        Case("\u{1B}[1;3D", .left, .alt),
        Case("\u{1B}[1;2H", .home, .shift),
        Case("\u{1B}[H", .home),
        Case("\u{1B}[1;-9223372036854775808A", .up),
        Case("\u{1B}[1;9223372036854775807A", .up, [.alt, .control]),
        Case("\u{1B}[4~", .end),
        Case("\u{1B}[8~", .end),
        Case("\u{1B}[3~", .delete),
        Case("\u{1B}[3;5~", .delete, .control),
        Case("\u{1B}[5~\u{1B}[6~", [Key(.pageUp), Key(.pageDown)]),
        Case("\u{1B}[Z", .tab, .shift),
        Case("\u{1B}OP", .function(1)),
        Case("\u{1B}[15~", .function(5)),
        Case("\u{1B}f", .text("f"), .alt),
        Case("\u{1B}ö", .text("ö"), .alt),
        Case("\u{1B}\r", .enter, .alt),
        Case("\u{1B}\u{7F}", .backspace, .alt),
        Case("\u{1B}[27;5;13~", .enter, .control),
        Case("\u{1B}[13;2u", .enter, .shift),
        Case("\u{1B}[97;5u", .text("a"), .control),
        Case("\u{1B}[?1;2c", .unknown),
        Case("\u{1B}]11;rgb:ffff/ffff/dddd\u{7}", .background(isLight: true)),
        Case("\u{1B}]11;rgb:1e1e/1e1e/2e2e\u{1B}\\", .background(isLight: false)),
        Case("\u{1B}]11;rgb:f/f/f\u{7}a", [Key(.background(isLight: true)), Key(.text("a"))]),
        Case("\u{1B}]11;rgba:ff/ff/ff/80\u{7}", .background(isLight: true)),
        Case("\u{1B}]11;rgb:ffff/ffff\u{7}", .unknown),
        Case("\u{1B}]11;rgb:-1/zz/00000\u{7}", .unknown),
        Case("\u{1B}]0;a title\u{1B}\\", .unknown),
        Case("\u{1B}]\r", [.alt("]"), Key(.enter)]),
        Case("\u{1B}]11;\u{3}", [Key(.unknown), .control("c")]),
        Case("\u{1B}[99~a", [Key(.unknown), Key(.text("a"))]),
        Case("\u{1B}[200~a\rb\tc\u{1B}[201~d", [Key(.paste("a\nb\tc")), Key(.text("d"))]),
        Case("\u{1B}[200~\u{1B}[A~\u{1B}[201~", .paste("\u{1B}[A~")),
        Case("\u{1B}[200~a\r\nb\u{1B}[201~", .paste("a\nb")),
    ]

    @Test(arguments: cases) func `bytes become keys, wherever they are cut`(_ test: Case) {
        let bytes = Array(test.bytes.utf8)
        for cut in 0...bytes.count {
            var decoder = KeyDecoder()
            let keys = decoder.decode(Array(bytes[..<cut])) + decoder.decode(Array(bytes[cut...]))
            #expect(keys == test.keys, "cut at \(cut)")
            #expect(!decoder.isWaiting)
        }
    }

    static let silences: [Case] = [
        Case("\u{1B}", .escape),
        Case("\u{1B}[", .text("["), .alt),
        Case("\u{1B}O", .text("O"), .alt),
        Case("\u{1B}]", .text("]"), .alt),
        Case("\u{1B}[1;", .unknown),
    ]

    @Test(arguments: silences) func `silence ends what waits`(_ test: Case) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(test.bytes) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == test.keys)
        #expect(!decoder.isWaiting)
    }

    @Test func `an answer of the terminal waits for its end, however slow the line`() {
        var decoder = KeyDecoder()
        #expect(decoder.decode("\u{1B}]11;rgb:0000/") == [])
        #expect(!decoder.isWaiting && decoder.flush() == [])
        #expect(decoder.decode("0000/0000\u{7}") == [Key(.background(isLight: false))])
        // What never ends is given up.
        _ = decoder.decode("\u{1B}]" + String(repeating: "x", count: 70))
        #expect(decoder.decode("q") == [Key(.text("q"))])
    }

    @Test func `bytes that are no UTF-8 are one key that means nothing`() {
        var decoder = KeyDecoder()
        let keys = decoder.decode([0xFF, 0x61, 0xC3, 0x61, 0xED, 0xA0, 0x80, 0x62])
        #expect(
            keys.filter { $0 != Key(.unknown) } == [
                Key(.text("a")), Key(.text("a")), Key(.text("b")),
            ]
        )
    }

    @Test func `random bytes never stop it`() {
        var generator = SeededRandom(seed: 7)
        var decoder = KeyDecoder()
        for _ in 0..<20_000 { _ = decoder.decode([UInt8.random(in: 0...255, using: &generator)]) }
        // Whatever waits, the end of a paste and an ordinary key come through.
        _ = decoder.flush()
        let keys =
            decoder.decode("\u{1B}[201~\u{7}") + decoder.flush() + decoder.decode("q")
        #expect(keys.last == Key(.text("q")))
    }
}

extension KeyDecoder {
    fileprivate mutating func decode(_ text: String) -> [Key] { decode(Array(text.utf8)) }
}
