/// One secret, found in whatever way its characters are spelled.
///
/// A character may stand as it is, percent-encoded, escaped as in JSON or as we escape it ourselves, or as an
/// entity of HTML; each also several times over (`%252F`, `\\u002f`, `&amp;#47;`), and each character in its own way.
struct SecretPattern {
    /// What is looked for; shorter ones would take ordinary words apart.
    static let least = 4

    let bytes: [UInt8]
    /// What is written in its place.
    let stand: [UInt8]

    /// Where an occurrence that begins at a place ends; nil where none does.
    ///
    /// One that is cut off counts as well: excerpts of answers end anywhere.
    func end(in text: [UInt8], from start: Int) -> Int? {
        // Places to go on from where what looked right was not: in the text, and in the secret.
        var choices = [(at: start, matched: 0)]
        // Where several readings have led before: a secret of backslashes would else be read in endless ways.
        var seen: Set<Int> = []
        while let (at, matched) = choices.popLast() {
            if !choices.isEmpty || !seen.isEmpty {
                guard seen.insert(at * (bytes.count + 1) + matched).inserted else { continue }
            }
            if matched == bytes.count { return at }
            if isCut(text, at, matched) { return at < text.count ? text.cut(from: at) : at }
            guard at < text.count else { continue }
            for reading in Self.readings(of: text, at) {
                let isNext = bytes[matched...].starts(with: reading.bytes)
                if isNext { choices.append((reading.next, matched + reading.bytes.count)) }
            }
        }
        return nil
    }

    /// Whether the text breaks off here, within the spelling of one character perhaps.
    private func isCut(_ text: [UInt8], _ at: Int, _ matched: Int) -> Bool {
        guard matched >= Self.least, let cut = text.cut(from: at) else { return false }
        if cut == text.count, matched < max(6, bytes.count / 2) { return false }
        return at == cut || SecretPattern.openers.contains(text[at])
    }

    /// What the spellings of a character begin with that is not itself.
    static let openers: [UInt8] = [
        UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "+"),
    ]

    private typealias Reading = (bytes: [UInt8], next: Int)

    /// All that can be meant by what stands at a place.
    private static func readings(of text: [UInt8], _ start: Int) -> [Reading] {
        var readings: [Reading] = [([text[start]], start + 1)]
        switch text[start] {
        case UInt8(ascii: "+"): readings.append(([0x20], start + 1))
        case UInt8(ascii: "%"):
            var at = start + 1
            while let byte = text.hex(at, count: 2) {
                readings.append(([UInt8(byte)], at + 2))
                guard byte == 0x25 else { break }
                at += 2
            }
        case UInt8(ascii: "\\"):
            var at = start
            while at < text.count, text[at] == UInt8(ascii: "\\") { at += 1 }
            for count in [2, 4, 8] where start + count <= at {
                readings.append(([UInt8(ascii: "\\")], start + count))
            }
            readings += escape(in: text, at)
        case UInt8(ascii: "&"):
            var at = start + 1
            while let entity = entity(in: text, at) {
                readings.append(entity)
                guard entity.bytes == [UInt8(ascii: "&")] else { break }
                at = entity.next
            }
        default: break
        }
        return readings
    }

    /// What follows backslashes.
    private static func escape(in text: [UInt8], _ at: Int) -> [Reading] {
        guard at < text.count else { return [] }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
            UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "\""): UInt8(ascii: "\""),
            UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "'"): UInt8(ascii: "'"),
        ]
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
        var low = at + 5
        while low < text.count, text[low] == UInt8(ascii: "\\") { low += 1 }
        guard let second = text.hex(low + 1, count: 4), (0xDC00..<0xE000).contains(second) else {
            return []
        }
        return scalar(0x10000 + (value - 0xD800) << 10 + (second - 0xDC00), low + 5)
    }

    /// What follows an ampersand.
    private static func entity(in text: [UInt8], _ at: Int) -> Reading? {
        guard at < text.count,
            let end = text[at...].prefix(10).firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let name = String(decoding: text[at..<end], as: UTF8.self)
        let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
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
    /// The number that so many hexadecimal digits say.
    fileprivate func hex(_ at: Int, count length: Int) -> Int? {
        guard length > 0, at + length <= count else { return nil }
        var value = 0
        for byte in self[at..<at + length] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    /// Where the text breaks off, if that is here or within the spelling of one character: at its end, or at
    /// the ellipsis that stands for the rest.
    fileprivate func cut(from at: Int) -> Int? {
        let ellipsis: [UInt8] = [0xE2, 0x80, 0xA6]
        for place in at...Swift.min(at + 9, count) {
            if place == count || self[place...].starts(with: ellipsis) { return place }
        }
        return nil
    }
}
