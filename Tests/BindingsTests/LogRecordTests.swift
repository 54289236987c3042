import JSON
import Testing

@testable import Bindings

@Suite struct LogRecordTests {
    private func record(_ message: String, _ fields: [JSONValue.Member] = []) -> LogRecord {
        LogRecord(
            time: .milliseconds(1_795_255_872_345),
            level: .info,
            message: message,
            fields: fields
        )
    }

    static let fields: [(JSONValue, String)] = [
        ("plain", "plain"), ("two words", #""two words""#), ("", #""""#), (#"a"b"#, #""a\"b""#),
        ("a=b", #""a=b""#), ("a\nb", #""a\nb""#), ("\u{1B}[2J", #""\x1B[2J""#),
        ("\u{202E}x", #""\u{202E}x""#),
        ("/rest/vcenter/vm?names=é", #""/rest/vcenter/vm?names=é""#),
        ("vm-12:ab", "vm-12:ab"), (12, "12"), (1.5, "1.5"), (true, "true"), (nil, "null"),
        ([1, "x"], #"[1,"x"]"#), (["a": "b c"], #""{\"a\":\"b c\"}""#),
        (#"back\slash"#, #""back\\slash""#),
    ]

    @Test(arguments: fields) func `a value is one word`(_ value: JSONValue, _ text: String) {
        let line = record("done", [.init("key", value)]).text
        #expect(line == "2026-11-21T10:11:12.345Z INFO done key=\(text)")
    }

    @Test func `no message forges a second record`() {
        let text = record("a\r\n2026-11-21T10:11:12.345Z ERROR forged\u{85}\u{2028}").text
        #expect(text.split(whereSeparator: \.isNewline).count == 1)
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    }

    @Test func `a JSON record is one object on one line with the run's mark`() throws {
        let text = record("a\nb", [.init("item", "x"), .init("level", "mine"), .init("n", 3)])
            .json(runID: "5f3c")
        #expect(!text.contains("\n"))
        let value = try JSONParser().decode(Array(text.utf8))
        #expect(
            value == [
                "ts": "2026-11-21T10:11:12.345Z", "level": "info", "run_id": "5f3c",
                "message": "a\nb", "item": "x", "level_": "mine", "n": 3,
            ]
        )
    }

    @Test func `systemd's journal gets each field by itself, line breaks and all`() {
        let fields: [JSONValue.Member] = [
            .init("item", "x"), .init("n", 3), .init("text", "a\nb"), .init("not a name", "x"),
            .init("list", [1, 2]), .init(String(repeating: "n", count: 59), "too long"),
        ]
        let bytes = record("two\nlines", fields).journalEntry(runID: "5f3c", message: "m")
        let length: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0]
        let expected =
            Array(
                """
                MESSAGE=m
                PRIORITY=6
                SYSLOG_IDENTIFIER=vmoon
                VMOON_RUN_ID=5f3c
                VMOON_ITEM=x
                VMOON_N=3
                VMOON_TEXT

                """.utf8
            ) + length + Array("a\nb\nVMOON_LIST=[1,2]\n".utf8)
        #expect(bytes == expected)
        let own = String(decoding: record("two\nlines").journalEntry(runID: ""), as: UTF8.self)
        #expect(own.split(separator: "\n").first?.hasPrefix("MESSAGE=two") == true)
        #expect(own.split(separator: "\n").count == 4)
    }

    @Test func `levels are ordered by importance`() {
        #expect(LogRecord.Level.allCases.sorted() == [.trace, .debug, .info, .warn, .error])
    }
}
