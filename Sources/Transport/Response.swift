public import Buffers

/// A complete answer to a request.
public struct Response {
    /// The HTTP status.
    public let status: Int
    /// The body, complete and within the request's limit.
    public let body: ByteBuffer
    /// The last header block as received, with its status line; parsed on demand.
    private let headerBlock: ByteBuffer

    /// Makes an answer.
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headerBlock: The status line and the header lines, CRLF between them.
    ///   - body: The body.
    public init(status: Int, headerBlock: ByteBuffer, body: ByteBuffer) {
        self.status = status
        self.headerBlock = headerBlock
        self.body = body
    }

    /// The header fields in the order received; a folded value is one line with spaces.
    public var headers: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        forEachLine { name, value in
            if name.isEmpty {
                // A continuation line, which HTTP no longer allows but servers still send.
                if let last = fields.indices.last { fields[last].value += " " + Self.text(value) }
            } else {
                fields.append((Self.text(name), Self.text(value)))
            }
        }
        return fields
    }

    /// The value of a header field.
    /// - Parameter name: Its name; case is ignored.
    /// - Returns: The last value, or nil if there is no such field.
    public func header(_ name: String) -> String? {
        let wanted = Array(name.utf8)
        var found: String?
        var isWanted = false
        forEachLine { name, value in
            if !name.isEmpty { isWanted = Self.isSame(name, wanted) }
            guard isWanted else { return }
            let value = Self.text(value)
            found = name.isEmpty ? (found.map { "\($0) \(value)" } ?? value) : value
        }
        return found
    }

    /// Calls a function for each line after the status line; a continuation line has an empty name.
    private func forEachLine(
        _ body: (Slice<UnsafeRawBufferPointer>, Slice<UnsafeRawBufferPointer>) -> Void
    ) {
        headerBlock.withUnsafeBytes { block in
            // split makes an array whose type takes longer to look up than a header to read.
            var rest = block.drop { $0 != 0x0A }
            while !rest.isEmpty {
                let line = rest.dropFirst().prefix { $0 != 0x0A }
                rest = rest[line.endIndex...]
                if line.first == 0x20 || line.first == 0x09 {
                    body(line.prefix(0), Self.trimmed(line))
                } else if let colon = line.firstIndex(of: 0x3A) {
                    body(line[..<colon], Self.trimmed(line[(colon + 1)...]))
                }
            }
        }
    }

    private static func trimmed(
        _ bytes: Slice<UnsafeRawBufferPointer>
    ) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0D {
            bytes.removeLast()
        }
        return bytes
    }

    private static func isSame(_ bytes: Slice<UnsafeRawBufferPointer>, _ name: [UInt8]) -> Bool {
        bytes.count == name.count
            && zip(bytes, name).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
