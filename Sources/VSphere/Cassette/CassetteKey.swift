internal import JSON

/// The parts by which two requests count as the same: method, path, query and body, without parts that always differ.
///
/// Members of objects, parts of a query and pairs of a map have no order; times and the marks of operations
/// differ in every run.
struct CassetteKey: Hashable {
    let text: String

    init(method: String, path: String, body: [UInt8]?) {
        var parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        if parts.count == 2 {
            parts[1] = parts[1].split(separator: "&").sorted().joined(separator: "&")
        }
        let line = "\(method) \(parts.joined(separator: "?"))"
        text = body.map { "\(line) \(Self.canonical($0))" } ?? line
    }

    /// The request for a message: without its body.
    static func title(method: String, path: String) -> String { "\(method) \(path)" }

    private static func canonical(_ body: [UInt8]) -> String {
        let text = String(decoding: body, as: UTF8.self)
        let ordered = (try? JSONValue(parsing: text)).map {
            JSONEncoder().encode(sorted($0.withoutSecretMembers(inRequest: true) ?? $0))
        }
        return withoutMoments(ordered ?? text)
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(
                members.map { JSONValue.Member($0.name, sorted($0.value)) }
                    .sorted { $0.name < $1.name }
            )
        case .array(let elements):
            let elements = elements.map(sorted)
            let isMap = elements.allSatisfy { $0["key"] != nil && $0.members?.count == 2 }
            guard isMap else { return .array(elements) }
            let encoder = JSONEncoder()
            return .array(elements.sorted { encoder.encode($0) < encoder.encode($1) })
        default: return value
        }
    }

    /// A text in which all times and marks of operations are replaced by the same text.
    static func withoutMoments(_ text: String) -> String {
        text.replacing(/\[vmoon:[^\]]*\]/, with: "[vmoon:*]")
            .replacing(
                /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})/,
                with: "<time>"
            )
    }

    /// The identifiers in the marks of operations, in order.
    static func marks(in body: [UInt8]?) -> [String] {
        guard let body else { return [] }
        return String(decoding: body, as: UTF8.self).matches(of: /\[vmoon:([^\]]*)\]/)
            .map { String($0.output.1) }
    }
}
