internal import Buffers
internal import JSON
internal import Transport
internal import VSphere

/// A request to another service, made from what a script wrote.
struct HTTPCall {
    let target: HTTPTarget
    let request: Request

    /// Reads `(url [, options])`.
    /// - Throws: kind `usage`, before anything is sent; never with the text of a secret.
    init(
        _ method: Transport.Method,
        _ arguments: Arguments,
        secrets: SecretVault
    ) throws(VSphereError) {
        let known = ["headers", "body", "timeout", "ca_file", "max_answer"]
        let text = try arguments.name(0, "url")
        let options = try arguments.options(
            1,
            known: method == .get ? known.filter { $0 != "body" } : known
        )
        do throws(HTTPTarget.Problem) {
            target = try HTTPTarget(text)
        } catch {
            throw arguments.misuse(error.message)
        }
        let reader = HTTPOptions(arguments: arguments, secrets: secrets)
        var fields = try reader.headers(options?["headers"])
        let body = try reader.body(options?["body"])
        func add(_ name: String, _ value: String) {
            guard !fields.contains(where: { $0.0.lowercased() == name.lowercased() }) else {
                return
            }
            fields.append((name, value))
        }
        if let type = body?.type { add("Content-Type", type) }
        add("User-Agent", "vmoon")
        let headers: HeaderList
        do throws(TransportError) {
            headers = try HeaderList(fields)
        } catch {
            throw arguments.misuse(Display.escape(error.message))
        }
        var request = Request(
            method,
            ByteBuffer(target.url),
            headers: headers,
            body: body?.bytes,
            trust: try reader.trust(options?["ca_file"])
        )
        // On a connection of its own libcurl never sends it a second time by itself.
        if method != .get { request.connection = .fresh }
        request.timeout = try reader.timeout(options?["timeout"]) ?? .seconds(60)
        request.answerLimit = try reader.limit(options?["max_answer"]) ?? request.answerLimit
        self.request = request
    }
}

/// Reads the options of a call; secrets in them are revealed here and nowhere else.
private struct HTTPOptions {
    let arguments: Arguments
    let secrets: SecretVault

    func headers(_ value: Value?) throws(VSphereError) -> [(String, String)] {
        guard let value, value.count > 0 else { return [] }
        guard value.kind == .record else {
            throw arguments.misuse("headers must be a table of names")
        }
        var fields: [(String, String)] = []
        for (key, value) in value.fields {
            let name = key.string ?? ""
            guard let text = text(value) else {
                throw arguments.misuse(
                    "the header \(Display.escape(name)) must be a string, a secret, or a list of both"
                )
            }
            fields.append((name, text))
        }
        return fields.sorted { $0.0 < $1.0 }
    }

    func body(_ value: Value?) throws(VSphereError) -> (bytes: ByteBuffer, type: String?)? {
        guard let value else { return nil }
        let bytes = ByteBuffer()
        if value.kind == .string {
            bytes.append(value)
            return (bytes, nil)
        }
        if secrets[value] != nil {
            bytes.append(text(value) ?? "")
            return (bytes, nil)
        }
        guard value.kind == .record || value.kind == .array else {
            throw arguments.misuse("body must be a string, a secret, or a table to send as JSON")
        }
        if let problem = JSONText.problem(with: value, accepting: { secrets[$0] != nil }) {
            throw arguments.misuse("body: \(problem)")
        }
        let tree = JSONValue(value) { .string(secrets[$0]?.reveal() ?? "") }
        JSONEncoder().encode(tree, into: bytes)
        return (bytes, "application/json")
    }

    func timeout(_ value: Value?) throws(VSphereError) -> Duration? {
        guard let value else { return nil }
        let seconds = value.number ?? value.string.flatMap(SpanText.parse).map { Double($0) / 1000 }
        guard let seconds, seconds > 0, seconds <= 86_400 * 365 else {
            throw arguments.misuse("timeout must be seconds, or a text such as \"30s\"")
        }
        return .milliseconds(max(1, Int(seconds * 1000)))
    }

    func trust(_ file: Value?) throws(VSphereError) -> Trust {
        guard let file else { return Trust() }
        guard let path = file.string, !path.isEmpty else {
            throw arguments.misuse("ca_file must be the name of a file")
        }
        return Trust(.files([path]))
    }

    func limit(_ value: Value?) throws(VSphereError) -> Int? {
        guard let value else { return nil }
        guard let bytes = value.integer, bytes > 0 else {
            throw arguments.misuse("max_answer must be a number of bytes")
        }
        return bytes
    }

    /// A string, a number, a secret, or a list of them joined; nil for anything else.
    private func text(_ value: Value) -> String? {
        if let secret = secrets[value] { return secret.reveal() }
        if let number = value.integer { return String(number) }
        guard value.kind == .array else { return value.string }
        var joined = ""
        for part in value.elements {
            guard part.kind != .array, let text = text(part) else { return nil }
            joined += text
        }
        return joined
    }
}
