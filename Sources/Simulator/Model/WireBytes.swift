/// The bytes of an answer being built: JSON text, or a head.
typealias WireBytes = [UInt8]

extension WireBytes {
    mutating func append(_ text: StaticString) {
        append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Writes a number in decimal.
    mutating func append(decimal number: Int) {
        guard (0..<1000).contains(number) else { return append(String(number)) }
        if number >= 100 { append(UInt8(ascii: "0") + UInt8(number / 100)) }
        if number >= 10 { append(UInt8(ascii: "0") + UInt8(number / 10 % 10)) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
