/// Comma-separated values as RFC 4180 has them, as bytes.
enum CSVText {
    /// A fault in a text.
    struct Problem: Error, Equatable {
        let message: String
        /// Its line, from 1.
        let line: Int
    }

    /// A line of a text: its fields, and where it begins.
    struct Row: Equatable {
        var fields: [[UInt8]] = []
        let line: Int
    }

    private static let quote = UInt8(ascii: "\"")
    static let feed = UInt8(ascii: "\n")
    static let back = UInt8(ascii: "\r")

    /// Reads a text.
    ///
    /// Lines end with a line feed, or with carriage return and line feed; empty ones are left out.
    static func decode(_ text: [UInt8], separator: UInt8) throws(Problem) -> [Row] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var place = text.starts(with: mark) ? mark.count : 0
        var line = 1
        var rows: [Row] = []
        while place < text.count {
            var row = Row(line: line)
            repeat {
                row.fields.append(
                    try field(text, &place, &line, separator: separator)
                )
            } while take(separator, text, &place)
            if place < text.count {
                // A field ends at a separator or at the end of its line.
                _ = take(back, text, &place)
                guard take(feed, text, &place) else {
                    throw Problem(message: "a carriage return without a line feed", line: line)
                }
                line += 1
            }
            if row.fields != [[]] { rows.append(row) }
        }
        return rows
    }

    private static func take(_ byte: UInt8, _ text: [UInt8], _ place: inout Int) -> Bool {
        guard place < text.count, text[place] == byte else { return false }
        place += 1
        return true
    }

    private static func field(
        _ text: [UInt8],
        _ place: inout Int,
        _ line: inout Int,
        separator: UInt8
    ) throws(Problem) -> [UInt8] {
        guard take(quote, text, &place) else {
            let start = place
            while place < text.count, ![separator, feed, back].contains(text[place]) {
                if text[place] == quote {
                    throw Problem(
                        message: "a quotation mark inside a field without any",
                        line: line
                    )
                }
                place += 1
            }
            return Array(text[start..<place])
        }
        let first = line
        var field: [UInt8] = []
        while true {
            guard place < text.count else {
                throw Problem(message: "the quotation mark is not closed", line: first)
            }
            if take(quote, text, &place) {
                // Two of them stand for one.
                guard take(quote, text, &place) else { break }
                field.append(quote)
                continue
            }
            if text[place] == feed { line += 1 }
            field.append(text[place])
            place += 1
        }
        guard place == text.count || [separator, feed, back].contains(text[place]) else {
            throw Problem(message: "text behind a closing quotation mark", line: line)
        }
        return field
    }

    /// Appends a line: fields in quotation marks where they need them.
    /// - Parameters:
    ///   - fields: The fields.
    ///   - separator: What stands between them.
    ///   - ending: What stands at its end; the standard has carriage return and line feed.
    ///   - out: Where to.
    static func encode(
        _ fields: [[UInt8]],
        separator: UInt8,
        ending: [UInt8] = [back, feed],
        into out: inout [UInt8]
    ) {
        for (place, field) in fields.enumerated() {
            if place > 0 { out.append(separator) }
            let isPlain = !field.contains { [separator, quote, feed, back].contains($0) }
            // An empty line would be no line.
            guard !isPlain || field.isEmpty && fields.count == 1 else {
                out += field
                continue
            }
            out.append(quote)
            for byte in field {
                if byte == quote { out.append(quote) }
                out.append(byte)
            }
            out.append(quote)
        }
        out += ending
    }
}
