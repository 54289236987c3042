public import Buffers
public import Transport

/// Calls for which vmoon has no operation.
extension Call {
    /// A call of any method of the Automation API, in the dialect of the session.
    /// - Parameters:
    ///   - method: The method; everything but GET and HEAD counts as a change.
    ///   - path: The path after `/rest` or `/api`, percent-encoded; it may have a query.
    ///   - query: A record whose fields are added to the query; a list gives its name several times.
    ///   - body: The body, in the form of `/api`.
    ///   - parameter: The name of the body on `/rest`, `{"spec": body}`; nil sends it as it is.
    ///   - maps: The places of maps in body and answer, such as `disks` or `*.nics`; on `/rest` its
    ///     arrays of pairs are converted at these places in both directions.
    /// - Throws: kind `usage` for an invalid path and for values that cannot be sent.
    public init(
        requesting method: Transport.Method,
        path: String,
        query: Value? = nil,
        body: Value? = nil,
        wrappedAs parameter: String? = "spec",
        maps: [String] = []
    ) throws(VSphereError) {
        if let problem = Self.problem(withPath: path) {
            throw VSphereError(.usage, problem, operation: "request")
        }
        let shape = Shape.maps(at: maps)
        let operation = Operation(
            "request",
            method,
            path,
            in: .literal,
            [
                .init("query", .fields(of: nil), isOptional: true),
                .init("body", .specification(shape, as: parameter), isOptional: true),
            ],
            returns: shape,
            effect: method != .get && method != .head ? .untold : nil
        )
        let nothing = ValueBuffer()
        nothing.putNil()
        let arguments = [query ?? nothing.root, body ?? nothing.root].compactMap { $0 }
        try self.init(operation, arguments)
    }

    private static func problem(withPath path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "/") else { return "path must begin with \"/\"" }
        for prefix in ["/rest", "/api"] where path == prefix || path.hasPrefix(prefix + "/") {
            return "path must not begin with \"\(prefix)\": the session knows its dialect"
        }
        // The characters that RFC 3986 allows in a path and a query; braces, spaces and quotes must be encoded.
        let isLegal = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~!$&'()*+,;=:@/?%".utf8.contains(byte)
            }
        }
        guard isLegal else { return "path must be percent-encoded and have no fragment" }
        let segments = path.prefix { $0 != "?" }.split(separator: "/")
        let isClimbing = segments.contains { segment in
            [".", "..", "%2e", "%2e.", ".%2e", "%2e%2e"].contains(segment.lowercased())
        }
        return isClimbing ? "path must not hold \".\" or \"..\"" : nil
    }
}
