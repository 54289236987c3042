internal import JSON
internal import Text

extension LogRecord {
    /// One line for a person, without its newline: `2026-11-21T10:11:12.345Z INFO message
    /// key=value`.
    ///
    /// Everything in it is escaped: no text can imitate a second record or control a terminal.
    public var text: String {
        "\(Timestamp(time).text()) \(level.rawValue.uppercased()) \(body)"
    }

    /// The same without time and level.
    var body: String {
        var line = Display.escape(message)
        for field in fields { line += " \(Self.word(field.name))=\(Self.word(field.value))" }
        return line
    }

    /// One line of JSON, without its newline: `ts`, `level`, `run_id`, `message`, then the
    /// fields.
    ///
    /// A field with one of those four names gets an underscore after it: no key occurs twice in a record.
    public func json(runID: String) -> String {
        var members: [JSONValue.Member] = [
            .init("ts", .string(Timestamp(time).text())),
            .init("level", .string(level.rawValue)),
            .init("run_id", .string(runID)),
            .init("message", .string(message)),
        ]
        for field in fields {
            var field = field
            while members.contains(where: { $0.name == field.name }) { field.name += "_" }
            members.append(field)
        }
        return Self.spelled(JSONEncoder().encode(.object(members)))
    }

    /// Tells whether a file that starts with these bytes is a log written by vmoon.
    ///
    /// One of its first three lines is `2026-11-21T10:11:12.345Z INFO `, or our JSON; the first line may be
    /// incomplete at its start. Empty lines do not count.
    public static func begins(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).prefix(3)
        guard let first = lines.first else { return true }
        let rest = /[0-9T:.-]{0,40}Z (TRACE|DEBUG|INFO|WARN|ERROR)(\s|$)/
        return lines.contains(where: isRecord)
            || String(decoding: first.prefix(64), as: UTF8.self).prefixMatch(of: rest) != nil
    }

    private static func isRecord(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts(with: "{\"ts\":\"".utf8) { return true }
        let text = String(decoding: line.prefix(64), as: UTF8.self)
        let pattern = /[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z (TRACE|DEBUG|INFO|WARN|ERROR)(\s|$)/
        return text.prefixMatch(of: pattern) != nil
    }

    private static func word(_ value: JSONValue) -> String {
        if case .string(let text) = value { return word(text) }
        return word(JSONEncoder().encode(value), keeps: "{}[],:\"")
    }

    /// A text as one word: in quotes, unless it is already unambiguous.
    private static func word(_ text: String, keeps: String = "") -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-_./:+@%?&~,*".unicodeScalars.contains(scalar)
                    || keeps.unicodeScalars.contains(scalar)
            }
        guard !isPlain else { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return Display.escape(quoted + "\"")
    }
}

extension LogRecord {
    /// The same JSON with escapes for characters that a terminal may obey: JSON allows DEL, C1 controls and
    /// bidirectional controls unescaped.
    ///
    /// They occur only inside strings, where an escape means the same.
    private static func spelled(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: Display.isHostile) else { return json }
        var text = ""
        for scalar in json.unicodeScalars {
            guard Display.isHostile(scalar) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return text
    }
}
