import CCurlShims

/// The header fields of a request, checked once and shared by many requests.
///
/// libcurl would add `Expect: 100-continue` to large bodies, which costs a second if the server does not
/// support it, and a form's `Content-Type` to every POST: the list suppresses both, and keeps a `Content-Type`
/// given by the caller.
public final class HeaderList {
    /// The list in libcurl's form.
    ///
    /// The nodes are ours, so that building a list does not open libcurl.
    let nodes: UnsafeMutablePointer<curl_slist>
    private let text: UnsafeMutablePointer<CChar>
    private let count: Int

    /// Makes a list.
    /// - Parameters:
    ///   - fields: Names and values in the order of sending.
    ///   - hasBody: Whether the list is for requests with a body: libcurl's own `Expect` and
    ///     `Content-Type` are then suppressed. Without a body libcurl adds none, and each field costs time.
    /// - Throws: `.invalidRequest` for a name that is not an HTTP token, for `Content-Length` and
    ///   `Transfer-Encoding` (they follow from the body), and for CR, LF or NUL in a value. The message
    ///   names the field, never its value.
    public init(_ fields: [(String, String)], hasBody: Bool = true) throws(TransportError) {
        var bytes: [UInt8] = []
        var starts: [Int] = []
        var suppressed =
            hasBody ? ["expect": "Expect:", "content-type": "Content-Type:"] : [:]
        for (name, value) in fields {
            try Self.check(name, value)
            starts.append(bytes.count)
            suppressed[name.lowercased()] = nil
            bytes += name.utf8
            // "If you want to add a header with no content …, use the format 'Accept;'"
            let isBlank = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            bytes += isBlank ? ";".utf8 : ": ".utf8
            bytes += isBlank ? "".utf8 : value.utf8
            bytes.append(0)
        }
        for line in suppressed.values {
            starts.append(bytes.count)
            bytes += line.utf8
            bytes.append(0)
        }
        // Without a node there is no list to pass to libcurl, and a field without effect is harmless.
        if starts.isEmpty {
            starts.append(0)
            bytes += "Expect:".utf8
            bytes.append(0)
        }
        count = starts.count
        text = .allocate(capacity: bytes.count)
        nodes = .allocate(capacity: starts.count)
        for (at, byte) in bytes.enumerated() { (text + at).initialize(to: CChar(bitPattern: byte)) }
        for (at, start) in starts.enumerated() {
            let next = at + 1 < starts.count ? nodes + at + 1 : nil
            (nodes + at).initialize(to: curl_slist(data: text + start, next: next))
        }
    }

    deinit {
        nodes.deinitialize(count: count)
        nodes.deallocate()
        text.deallocate()
    }

    private static func check(_ name: String, _ value: String) throws(TransportError) {
        func refuse(_ why: String) -> TransportError {
            TransportError(.invalidRequest, why, mayHaveBeenSent: false)
        }
        // RFC 9110 §5.6.2, token
        let isToken = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        guard isToken, !name.isEmpty else {
            throw refuse("a header has a name that HTTP does not allow")
        }
        guard !["content-length", "transfer-encoding"].contains(name.lowercased()) else {
            throw refuse("the header \(name) follows from the body and cannot be set")
        }
        guard !value.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
            throw refuse("the header \(name) has a line break or NUL in its value")
        }
    }
}
