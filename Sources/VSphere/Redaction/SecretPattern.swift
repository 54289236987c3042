/// One secret, found in any spelling of its characters.
///
/// A character may be plain, percent-encoded, escaped as in JSON or in our own way, or an
/// HTML entity; each also several times over (`%252F`, `\\u002f`, `&amp;#47;`), and each character differently.
struct SecretPattern {
    /// The minimum length in bytes; shorter secrets would match inside ordinary words.
    static let least = 4

    let bytes: [UInt8]
    /// The replacement.
    let stand: [UInt8]

    /// The states that led to no match, of one pattern in one text, from any start.
    ///
    /// A state is a place in the text and the number of matched bytes of the secret. Without this memory, a text of
    /// backslashes would take exponential time.
    struct FailedStates {
        fileprivate var states: Set<Int> = []
        /// How many there were, also of those that are forgotten.
        fileprivate var total = 0

        fileprivate mutating func insert(_ state: Int, among limit: Int) -> Bool {
            total += 1
            // States far behind are no longer needed.
            if states.count > limit { states.removeAll(keepingCapacity: true) }
            return states.insert(state).inserted
        }
    }

    /// The end of an occurrence that begins at a place; nil if none does.
    ///
    /// An occurrence that is cut off counts too: excerpts of answers end anywhere. The total time for all places of a
    /// text is proportional to its length. Where that is not enough for a secret and a text that are made of what begins an
    /// encoded spelling, all that follows counts as the secret: nothing of one is shown because it was hard to find.
    func end(in text: [UInt8], from start: Int, _ failedStates: inout FailedStates) -> Int? {
        let limit = min(max(1 << 16, 32 * bytes.count * bytes.count), Self.mostStates)
        // Alternatives to continue with after a failed match: the place in the text, and in the secret.
        var choices = [(at: start, matched: 0)]
        while var (at, matched) = choices.popLast() {
            // Most bytes have only one reading.
            while matched < bytes.count, at < text.count, text[at] == bytes[matched],
                !Self.isSpecial[Int(text[at])]
            {
                at += 1
                matched += 1
            }
            if matched == bytes.count { return at }
            if isCut(text, at, matched) { return at < text.count ? text.cut(from: at) : at }
            guard at < text.count, Self.isSpecial[Int(text[at])] else { continue }
            let state = at * (bytes.count + 1) + matched
            guard matched == 0 || failedStates.insert(state, among: limit) else { continue }
            if failedStates.total > Self.mostStates + 64 * text.count { return text.count }
            for reading in Self.readings(of: text, at) {
                if goes(on: matched, with: reading.bytes) {
                    choices.append((reading.next, matched + reading.bytes.count))
                } else if matched > 0, mayBeWrapped, reading.bytes == [10] || reading.bytes == [13]
                {
                    choices.append((text.endOfBlanks(from: reading.next), matched))
                }
            }
        }
        return nil
    }

    private func goes(on matched: Int, with reading: [UInt8]) -> Bool {
        guard reading.count > 1 else { return bytes[matched] == reading[0] }
        return bytes[matched...].starts(with: reading)
    }

    /// Whether it is also found with line breaks inside; a short one would match in ordinary columns.
    private var mayBeWrapped: Bool { bytes.count >= 12 }

    /// Tells whether the text ends here, perhaps within the spelling of one character.
    private func isCut(_ text: [UInt8], _ at: Int, _ matched: Int) -> Bool {
        guard matched >= Self.least, at == text.count || Self.isSpecial[Int(text[at])],
            let cut = text.cut(from: at)
        else { return false }
        if cut == text.count, matched < max(6, bytes.count / 2) { return false }
        return at == cut || SecretPattern.openers.contains(text[at])
    }

    /// The bytes that may begin another spelling: openers, line breaks, and the first byte of an ellipsis.
    private static let isSpecial: [Bool] = {
        var special = [Bool](repeating: false, count: 256)
        for byte in openers + [10, 13, 0xE2] { special[Int(byte)] = true }
        return special
    }()

    /// The most states that are remembered: 16 MB of them.
    private static let mostStates = 1 << 20

    /// How many nested spellings are tried.
    private static let depth = 8
    /// The longest run of backslashes that is one spelling: no text is escaped six times.
    private static let longestRun = 64

    /// The bytes that begin the encoded spelling of a character.
    static let openers: [UInt8] = [
        UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "+"),
    ]

    typealias Reading = (bytes: [UInt8], next: Int)

    /// All possible readings of the text at a place.
    static func readings(of text: [UInt8], _ start: Int) -> [Reading] {
        var readings: [Reading] = [([text[start]], start + 1)]
        switch text[start] {
        case UInt8(ascii: "+"): readings.append(([0x20], start + 1))
        case UInt8(ascii: "%"):
            var at = start + 1
            for _ in 0..<depth {
                guard let byte = text.hex(at, count: 2) else { break }
                readings.append(([UInt8(byte)], at + 2))
                guard byte == 0x25 else { break }
                at += 2
            }
        case UInt8(ascii: "\\"):
            let at = endOfRun(in: text, from: start)
            for count in [2, 4, 8] where start + count <= at {
                readings.append(([UInt8(ascii: "\\")], start + count))
            }
            readings += escape(in: text, at)
        case UInt8(ascii: "&"):
            var at = start + 1
            for _ in 0..<depth {
                guard let entity = entity(in: text, at) else { break }
                readings.append(entity)
                guard entity.bytes == [UInt8(ascii: "&")] else { break }
                at = entity.next
            }
        default: break
        }
        return readings
    }

    /// The end of a run of backslashes.
    private static func endOfRun(in text: [UInt8], from start: Int) -> Int {
        var at = start
        while at < text.count, at - start < longestRun, text[at] == UInt8(ascii: "\\") { at += 1 }
        return at
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "\""): UInt8(ascii: "\""),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "'"): UInt8(ascii: "'"),
    ]

    /// The readings of the text after backslashes.
    private static func escape(in text: [UInt8], _ at: Int) -> [Reading] {
        guard at < text.count else { return [] }
        if let byte = simple[text[at]] { return [([byte], at + 1)] }
        if text[at] == UInt8(ascii: "x") {
            return text.hex(at + 1, count: 2).map { [([UInt8($0)], at + 3)] } ?? []
        }
        guard text[at] == UInt8(ascii: "u") else { return [] }
        if at + 1 < text.count, text[at + 1] == UInt8(ascii: "{") {
            guard let end = text[at...].prefix(10).firstIndex(of: UInt8(ascii: "}")),
                let value = text.hex(at + 2, count: end - at - 2)
            else { return [] }
            return scalar(value, end + 1)
        }
        guard let value = text.hex(at + 1, count: 4) else { return [] }
        guard (0xD800..<0xDC00).contains(value) else { return scalar(value, at + 5) }
        let low = endOfRun(in: text, from: at + 5)
        guard let second = text.hex(low + 1, count: 4), (0xDC00..<0xE000).contains(second) else {
            return []
        }
        return scalar(0x10000 + (value - 0xD800) << 10 + (second - 0xDC00), low + 5)
    }

    private static let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    /// The reading of the text after an ampersand.
    private static func entity(in text: [UInt8], _ at: Int) -> Reading? {
        guard at < text.count,
            let end = text[at...].prefix(10).firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let name = String(decoding: text[at..<end], as: UTF8.self)
        if let meant = names[name] { return (Array(meant.utf8), end + 1) }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let isHex = digits.first == "x" || digits.first == "X"
        let value = isHex ? Int(digits.dropFirst(), radix: 16) : Int(digits)
        return value.flatMap { scalar($0, end + 1).first }
    }

    private static func scalar(_ value: Int, _ next: Int) -> [Reading] {
        guard let value = UInt32(exactly: value), let scalar = Unicode.Scalar(value) else {
            return []
        }
        return [(Array(String(scalar).utf8), next)]
    }
}

extension [UInt8] {
    /// The value of a number of hexadecimal digits.
    fileprivate func hex(_ at: Int, count length: Int) -> Int? {
        guard length > 0, at + length <= count else { return nil }
        var value = 0
        for byte in self[at..<at + length] {
            switch byte {
            case 0x30...0x39: value = value << 4 | Int(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | Int((byte & 0x5F) - 0x37)
            default: return nil
            }
        }
        return value
    }

    /// The place where the text ends, if that is here or within the spelling of one character: at its end, or at
    /// the ellipsis that stands for the rest.
    fileprivate func cut(from at: Int) -> Int? {
        for place in at...Swift.min(at + 9, count) {
            if place == count { return place }
            if self[place] == 0xE2, place + 2 < count, self[place + 1] == 0x80,
                self[place + 2] == 0xA6
            {
                return place
            }
        }
        return nil
    }
    /// The end of the blanks at the beginning of a line.
    fileprivate func endOfBlanks(from start: Int) -> Int {
        var at = start
        while at < count, at < start + 16, self[at] == 0x20 || self[at] == 9 { at += 1 }
        return at
    }
}
