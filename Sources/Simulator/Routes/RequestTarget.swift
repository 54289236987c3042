/// The target of a request line: a path and a query, as received.
struct RequestTarget: Sendable {
    let path: Substring
    /// Without the question mark; empty if there is none.
    let query: Substring

    init(_ text: String) {
        let mark = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.firstIndex(of: UInt8(ascii: "?"))
        }
        guard let place = mark ?? nil else {
            path = text[...]
            query = ""
            return
        }
        let end = text.utf8.index(text.startIndex, offsetBy: place)
        path = text[..<end]
        query = text[text.utf8.index(after: end)...]
    }

    /// The parameters of the query, decoded; those that cannot be decoded are left out.
    var parameters: [(name: String, value: String)] {
        query.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
                let value = PercentCoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { return nil }
            return (name, value)
        }
    }

    /// The first value of a query parameter.
    func queryValue(of name: String) -> String? {
        query.isEmpty ? nil : parameters.first { $0.name == name }?.value
    }
}

/// Percent-decoding of RFC 3986.
enum PercentCoding {
    /// Decodes a segment that is given as bytes of valid UTF-8.
    /// - Returns: Nil for a bad escape, or if the result is not UTF-8.
    static func decode(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.contains(percent) ? decode(text[...]) : text
    }

    /// Decodes a segment or a part of a query.
    /// - Returns: Nil for a bad escape, or if the result is not UTF-8.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        guard text.utf8.contains(where: { $0 == percent || (plusIsSpace && $0 == plus) }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == plus, plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else if byte == percent {
                guard let high = rest.popFirst().flatMap(hexDigit),
                    let low = rest.popFirst().flatMap(hexDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let percent = UInt8(ascii: "%")
    private static let plus = UInt8(ascii: "+")

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
