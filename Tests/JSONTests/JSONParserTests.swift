import Buffers
import JSON
import Testing

/// What JSON text becomes, and which text is refused with which words.
@Suite struct JSONParserTests {
    static let accepted: [(text: String, value: JSONValue)] = [
        ("null", .null), (" true ", .boolean(true)), ("false\n", .boolean(false)),
        ("0", .integer(0)), ("-0", .integer(0)), ("-0.0", .double(-0.0)), ("1e2", .double(100)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("999999999999999999", .integer(999_999_999_999_999_999)),
        ("1000000000000000000", .integer(1_000_000_000_000_000_000)),
        ("-99999999999999999", .integer(-99_999_999_999_999_999)),
        ("-999999999999999999", .integer(-999_999_999_999_999_999)),
        ("1.5", .double(1.5)), ("12e3", .double(12000)), ("-7E2", .double(-700)),
        ("9223372036854775808", .double(9223372036854775808)),
        ("18446744073709551616", .double(18446744073709551616)),
        ("-9223372036854775809", .double(-9223372036854775808)),
        ("0.1", .double(0.1)), ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
        ("1.7976931e-324", .double(0)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1e-400", .double(0)),
        ("123456789012345678901234567890", .double(1.2345678901234568e29)),
        ("2.2250738585072011e-308", .double(Double.leastNormalMagnitude.nextDown)),
        (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u00e9\u20ac\ud83d\ude00""#, .string("é€😀")), (#""é€😀""#, .string("é€😀")),
        (#""\u0000""#, .string("\0")), ("\"\u{7f}\"", .string("\u{7f}")),
        ("[]", .array([])),
        ("[1,[2,[]]]", .array([.integer(1), .array([.integer(2), .array([])])])),
        ("{}", .object([])),
        (#"{"b":1,"a":{"b":null}}"#, ["b": 1, "a": ["b": nil]]),
        (#"{"":{"":""}}"#, ["": ["": ""]]),
    ]

    @Test(arguments: accepted) func `text becomes a value`(text: String, value: JSONValue) throws {
        #expect(try JSONParser().decode(Array(text.utf8)) == value)
        // The same among bytes that are checked for UTF-8.
        let inside = Array("[\"é\",\(text)]".utf8)
        #expect(try JSONParser().decode(inside) == .array([.string("é"), value]))
    }

    static let refused: [(text: [UInt8], words: String)] = [
        ("", "no JSON at all"), (" \n\t ", "no JSON at all"),
        ("[1,]", "malformed JSON (Invalid value, at byte 4)"),
        ("[1 2]", "malformed JSON (Missing a comma or ']' after an array element, at byte 4)"),
        (#"{"a" 1}"#, "malformed JSON (Missing a colon after a name of object member, at byte 6)"),
        ("{a:1}", "malformed JSON (Missing a name for object member, at byte 2)"),
        (#"{"a":1"#, "malformed JSON (Missing a comma or '}' after an object member, at byte 7)"),
        (
            "1 2",
            "malformed JSON (The document root must not be followed by other values, at byte 3)"
        ),
        ("nul", "malformed JSON (Invalid value, at byte 4)"),
        ("NaN", "malformed JSON (Invalid value, at byte 1)"),
        ("'a'", "malformed JSON (Invalid value, at byte 1)"),
        (
            "01",
            "malformed JSON (The document root must not be followed by other values, at byte 2)"
        ),
        ("+1", "malformed JSON (Invalid value, at byte 1)"),
        ("1.", "malformed JSON (Miss fraction part in number, at byte 3)"),
        ("1e", "malformed JSON (Miss exponent in number, at byte 3)"),
        ("1e400", "a number out of range (Number too big to be stored in double, at byte 1)"),
        ("\"a", "malformed JSON (Missing a closing quotation mark in string, at byte 3)"),
        ("\"a\nb\"", "malformed JSON (Invalid escape character in string, at byte 3)"),
        (#""\x""#, "malformed JSON (Invalid escape character in string, at byte 2)"),
        (#""\ud800""#, "malformed JSON (The surrogate pair in string is invalid, at byte 2)"),
        (
            #""\u12g4""#,
            "malformed JSON (Incorrect hex digit after \\u escape in string, at byte 2)"
        ),
        (#"{"a":1,"b":2,"a":3}"#, #"the key "a" stands twice in one object"#),
        (#"[{"k":{"x":1,"x":1}}]"#, #"the key "x" stands twice in one object"#),
        ("1\0", "malformed JSON (a NUL, at byte 2)"),
        ("1\0 2", "malformed JSON (a NUL, at byte 2)"),
        ("[1\0]", "malformed JSON (Missing a comma or ']' after an array element, at byte 3)"),
    ].map { (Array($0.0.utf8), $0.1) }

    @Test(arguments: refused) func `text is refused in words`(text: [UInt8], words: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser().decode(text) }
        #expect(error?.description == words)
    }

    @Test(
        arguments: [
            [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFF],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]]
    ) func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x7B, 0x22] + bytes + [0x22, 0x3A, 0x31, 0x7D]] {
            let error = #expect(throws: JSONError.self) { try JSONParser().decode(text) }
            #expect(error?.reason == .notUTF8)
        }
    }

    /// Parsers look at strings in blocks: what a byte means must not depend on where it stands.
    @Test func `a control character is refused wherever it stands`() {
        for byte in UInt8(0)..<0x20 {
            for before in 0..<70 {
                let text =
                    [0x22] + [UInt8](repeating: 0x61, count: before) + [byte]
                    + [UInt8](repeating: 0x61, count: 40) + [0x22]
                #expect(throws: JSONError.self, "\(byte) behind \(before)") {
                    try JSONParser().decode(text)
                }
            }
        }
    }

    @Test func `nesting has a limit, also where the text ends in the depths`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8
            )
        }
        _ = try JSONParser().decode(nested(64))
        for text in [nested(65), Array(nested(65).prefix(65)), nested(1_000_000)] {
            let error = #expect(throws: JSONError.self) { try JSONParser().decode(text) }
            #expect(error?.description == "nested deeper than 64 levels")
        }
        _ = try JSONParser().decode(nested(2000), depth: 2000)
    }

    @Test func `keys of large objects are compared too`() throws {
        let members = (0..<1000).map { "\"key \($0 * 7919 % 1000)\":\($0)" }
        let whole = "{" + members.joined(separator: ",") + "}"
        #expect(try JSONParser().decode(Array(whole.utf8)).members?.count == 1000)
        let twice = "{" + (members + ["\"key 500\":0"]).joined(separator: ",") + "}"
        let error = #expect(throws: JSONError.self) { try JSONParser().decode(Array(twice.utf8)) }
        #expect(error?.description == #"the key "key 500" stands twice in one object"#)
    }

    @Test func `a refused text leaves nothing in the buffer, and the parser works on`() throws {
        let parser = JSONParser()
        let out = ValueBuffer()
        for text in ["[1,{\"a\":[\"b\"", "{\"a\":1,\"a\":2}", "[[[[[]]]]", "[1e999]", "\"\u{1}\""] {
            #expect(throws: JSONError.self) { try parser.decode(ByteBuffer(text), into: out) }
            #expect(out.root == nil)
        }
        try parser.decode(ByteBuffer(#"{"a":[1]}"#), into: out)
        #expect(out.root.map { JSONValue($0) } == ["a": [1]])
    }
}
