internal import Buffers
internal import JSON
internal import Text
internal import Transport
internal import VSphere

/// Reads the options of a call; secrets in them are revealed only here.
struct HTTPOptions {
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
                    "the header \(Display.name(name)) must be a string, a secret, or a list of both"
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
        let span = value.string.flatMap { try? SpanText.parse($0) }
        let seconds = value.number ?? span.map { $0 / .seconds(1) }
        guard let seconds, seconds > 0, seconds <= 86_400 * 365 else {
            throw arguments.misuse("timeout must be seconds, or a text such as \"30s\"")
        }
        return .milliseconds(max(1, Int(seconds * 1000)))
    }

    func trust(_ file: Value?, pin: Value?) throws(VSphereError) -> Trust {
        var pins: [String] = []
        if let pin {
            guard let key = pin.string, key.hasPrefix("sha256//") else {
                throw arguments.misuse("pin must be a key such as \"sha256//…\"")
            }
            pins = [key]
        }
        guard let file else { return Trust(.system, pins: pins) }
        guard let path = file.string, !path.isEmpty else {
            throw arguments.misuse("ca_file must be the name of a file")
        }
        return Trust(.files([path]), pins: pins)
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
