import Testing

@testable import Bindings

@Suite struct CSVTextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let rows: [[String]]
        var testDescription: String { text }

        init(_ text: String, _ rows: [[String]]) { (self.text, self.rows) = (text, rows) }
    }

    private func decode(_ text: String, _ separator: String = ",") throws -> [CSVText.Row] {
        try CSVText.decode(Array(text.utf8), separator: separator.utf8.first ?? 0)
    }

    @Test(arguments: [
        Case("", []), Case("a", [["a"]]), Case("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        Case("a,b\nc,d", [["a", "b"], ["c", "d"]]), Case("a,\n,b\n", [["a", ""], ["", "b"]]),
        Case("\"a,b\",c", [["a,b", "c"]]), Case("\"say \"\"x\"\"\"", [["say \"x\""]]),
        Case("\"two\nlines\",b\n", [["two\nlines", "b"]]),
        Case("\"\",\"\"", [["", ""]]), Case("a\n\n\nb\n", [["a"], ["b"]]),
        Case("\u{FEFF}a,b", [["a", "b"]]), Case(" a , b ", [[" a ", " b "]]),
    ]) func `a text is read`(_ row: Case) throws {
        let rows = try decode(row.text).map {
            $0.fields.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(rows == row.rows)
    }

    @Test(arguments: [
        ("a\n\"b", "the quotation mark is not closed", 2),
        ("\"a\nb\nc", "the quotation mark is not closed", 1),
        ("a\"b", "a quotation mark inside a field without any", 1),
        ("x\n\"a\"b", "text behind a closing quotation mark", 2),
        ("a\rb", "a carriage return without a line feed", 1),
    ]) func `what is none says where`(_ text: String, _ message: String, _ line: Int) {
        #expect(throws: CSVText.Problem(message: message, line: line)) { try decode(text) }
    }

    @Test(arguments: [
        (["a", "b"], "a,b\r\n"), (["a,b", "c"], "\"a,b\",c\r\n"),
        (["say \"x\""], "\"say \"\"x\"\"\"\r\n"),
        (["two\nlines"], "\"two\nlines\"\r\n"), ([""], "\"\"\r\n"), (["", ""], ",\r\n"),
        (["=1+1"], "=1+1\r\n"),
    ]) func `fields are quoted where they need it`(_ fields: [String], _ text: String) {
        var out: [UInt8] = []
        CSVText.encode(fields.map { Array($0.utf8) }, separator: UInt8(ascii: ","), into: &out)
        #expect(String(decoding: out, as: UTF8.self) == text)
    }

    @Test func `what was written is read again as it was`() throws {
        let pieces: [[UInt8]] = [[], [0x22], [0x2C], [0x0D], [0x0A], [0x41], [0xFF], [0x22, 0x2C]]
        for one in pieces {
            for other in pieces {
                let fields = [one + other, other, one]
                var out: [UInt8] = []
                CSVText.encode(fields, separator: 0x2C, into: &out)
                CSVText.encode([other, one], separator: 0x2C, into: &out)
                let rows = try CSVText.decode(out, separator: 0x2C).map(\.fields)
                #expect(rows == [fields, [other, one]])
            }
        }
    }
}
