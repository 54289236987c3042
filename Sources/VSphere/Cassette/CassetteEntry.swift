internal import Buffers
internal import JSON
internal import Text
internal import Transport

/// One request of a recorded session with its outcome: a line of a cassette.
struct CassetteEntry: Equatable {
    /// The outcome of a request.
    enum Outcome: Equatable {
        case answer(status: Int, headers: [Field], body: [UInt8])
        case failure(kind: String, message: String, code: Int, mayHaveBeenSent: Bool)
    }

    /// A header field of an answer.
    struct Field: Equatable {
        let name: String
        let value: String
    }

    /// The vCenter, or another server, as `https://host:port`.
    var server: String
    var method: String
    /// The path with its query.
    var path: String
    /// The body; nil for none.
    var body: [UInt8]?
    /// The user, in a log-in.
    var user: String?
    var outcome: Outcome

    /// The header fields of answers that matter; no others are recorded.
    static let keptHeaders: Set<String> = [
        "content-type", "retry-after", "date", "location", "www-authenticate",
    ]

    // MARK: The line

    var document: JSONValue {
        var members: [JSONValue.Member] = [
            .init("server", .string(server)), .init("method", .string(method)),
            .init("path", .string(path)),
        ]
        if let user { members.append(.init("user", .string(user))) }
        if let body { members.append(Self.member("body", body)) }
        switch outcome {
        case .answer(let status, let headers, let body):
            members.append(.init("status", .integer(status)))
            members.append(
                .init("headers", .object(headers.map { .init($0.name, .string($0.value)) }))
            )
            members.append(Self.member("answer", body))
        case .failure(let kind, let message, let code, let mayHaveBeenSent):
            members.append(
                .init(
                    "failure",
                    [
                        "kind": .string(kind), "message": .string(message), "code": .integer(code),
                        "may_have_been_sent": .boolean(mayHaveBeenSent),
                    ]
                )
            )
        }
        return .object(members)
    }

    /// A member with bytes: as text if they are text, else as Base64 under another name.
    private static func member(_ name: String, _ bytes: [UInt8]) -> JSONValue.Member {
        if let text = String(validating: bytes, as: UTF8.self) {
            return JSONValue.Member(name, .string(text))
        }
        return JSONValue.Member(name + "_base64", .string(Base64.encode(bytes)))
    }

    /// Reads a line; nil if it is malformed.
    init?(_ document: JSONValue) {
        func bytes(_ name: String) -> [UInt8]? {
            if let text = document[name]?.string { return Array(text.utf8) }
            return document[name + "_base64"]?.string.flatMap(Base64.decode)
        }
        guard let server = document["server"]?.string, let method = document["method"]?.string,
            let path = document["path"]?.string
        else { return nil }
        if let status = document["status"]?.integer {
            let headers = (document["headers"]?.members ?? []).map {
                Field(name: $0.name, value: $0.value.string ?? "")
            }
            outcome = .answer(status: status, headers: headers, body: bytes("answer") ?? [])
        } else if let failure = document["failure"], let kind = failure["kind"]?.string {
            outcome = .failure(
                kind: kind,
                message: failure["message"]?.string ?? "",
                code: failure["code"]?.integer ?? 0,
                mayHaveBeenSent: failure["may_have_been_sent"]?.boolean ?? true
            )
        } else {
            return nil
        }
        (self.server, self.method, self.path, body) = (server, method, path, bytes("body"))
        user = document["user"]?.string
    }

    // MARK: Conversion from and to the wire

    /// Records a request and its outcome.
    init(_ request: Request, _ result: Result<Response, TransportError>) {
        (server, path) = Self.parts(of: request.url.text)
        method = request.method.rawValue
        body = request.body?.bytes
        switch result {
        case .success(let response):
            // Of repeated fields the last one: a name occurs once in an object.
            let names = Self.keptHeaders.sorted()
            outcome = .answer(
                status: response.status,
                headers: names.compactMap { name in
                    response.header(name).map { Field(name: name, value: $0) }
                },
                body: response.body.bytes
            )
        case .failure(let error):
            outcome = .failure(
                kind: Self.kinds.first { $0.value == error.kind }?.key ?? "broken",
                message: error.message,
                code: error.code,
                mayHaveBeenSent: error.mayHaveBeenSent
            )
        }
    }

    /// The outcome in the form of the transport.
    var result: Result<Response, TransportError> {
        switch outcome {
        case .answer(let status, let headers, let body):
            var block = "HTTP/1.1 \(status)\r\n"
            for field in headers { block += "\(field.name): \(field.value)\r\n" }
            let buffer = ByteBuffer()
            buffer.append(body)
            return .success(
                Response(status: status, headerBlock: ByteBuffer(block), body: buffer)
            )
        case .failure(let kind, let message, let code, let mayHaveBeenSent):
            return .failure(
                TransportError(
                    Self.kinds[kind] ?? .broken,
                    message,
                    code: code,
                    mayHaveBeenSent: mayHaveBeenSent
                )
            )
        }
    }

    private static let kinds: [String: TransportError.Kind] = [
        "connect": .connect, "tls": .tls, "timeout": .timeout, "broken": .broken,
        "protocol": .protocolViolation, "invalid_request": .invalidRequest,
        "unavailable": .unavailable, "memory": .noMemory,
    ]

    /// `https://host:port` and the rest of a URL.
    static func parts(of url: String) -> (server: String, path: String) {
        guard let scheme = url.firstRange(of: "://"),
            let slash = url[scheme.upperBound...].firstIndex(of: "/")
        else { return (url, "/") }
        return (String(url[..<slash]), String(url[slash...]))
    }
}
