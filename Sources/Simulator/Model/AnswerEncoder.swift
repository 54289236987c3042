internal import JSON

/// Writes answers as JSON, directly into the bytes to be sent.
struct AnswerEncoder {
    let dialect: Dialect

    /// Writes the body of a success: empty for void, except in JSON-RPC, which repeats its `id`.
    func success(_ value: DataValue, id: String, into out: inout WireBytes) {
        if dialect != .rpc, case .void = value { return }
        switch dialect {
        case .rest: out.append(#"{"value":"#)
        case .api: break
        case .rpc: out.append(#"{"jsonrpc":"2.0","id":\#(id),"result":{"output":"#)
        }
        write(value, into: &out)
        switch dialect {
        case .rest: out.append("}")
        case .api: break
        case .rpc: out.append("}}")
        }
    }

    /// Writes the body of an error.
    func failure(_ error: VAPIError, id: String, into out: inout WireBytes) {
        let type = error.wireType
        switch dialect {
        case .rest:
            out.append(#"{"type":"\#(type)","value":"#)
            write(fields: error.fields, into: &out)
            out.append("}")
        case .api: write(fields: error.fields, into: &out)
        case .rpc:
            out.append(#"{"jsonrpc":"2.0","id":\#(id),"result":{"error":{"ERROR":{"#)
            out.append(#""\#(type)":"#)
            write(fields: error.fields, into: &out)
            out.append("}}}}")
        }
    }

    private func write(_ value: DataValue, into out: inout WireBytes) {
        switch value {
        case .void: out.append("null")
        case .string(let text): Self.write(text: text, into: &out)
        case .integer(let number): out.append(decimal: number)
        case .boolean(let bool): out.append(bool ? "true" : ("false" as StaticString))
        case .double(let number): out.append(JSONEncoder().encode(.double(number)))
        case .wire(let value): out.append(JSONEncoder().encode(value))
        case .secret(let text): write(text, markedAs: "SECRET", into: &out)
        case .binary(let text): write(text, markedAs: "BINARY", into: &out)
        case .list(let elements):
            out.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(",") }
                write(element, into: &out)
            }
            out.append("]")
        case .map(let pairs): write(map: pairs, into: &out)
        case .optional(let inner):
            if dialect == .rpc { out.append(#"{"OPTIONAL":"#) }
            write(inner ?? .void, into: &out)
            if dialect == .rpc { out.append("}") }
        case .structure(let name, let fields):
            write(fields, of: name, markedAs: "STRUCTURE", into: &out)
        case .error(let name, let fields):
            write(fields, of: name, markedAs: "ERROR", into: &out)
        }
    }

    private func write(_ text: String, markedAs mark: StaticString, into out: inout WireBytes) {
        if dialect == .rpc {
            out.append("{\"")
            out.append(mark)
            out.append("\":")
        }
        Self.write(text: text, into: &out)
        if dialect == .rpc { out.append("}") }
    }

    private func write(
        _ fields: [DataValue.Field],
        of name: String,
        markedAs mark: StaticString,
        into out: inout WireBytes
    ) {
        if dialect == .rpc {
            out.append("{\"")
            out.append(mark)
            out.append(#"":{""#)
            out.append(name)
            out.append(#"":"#)
        }
        write(fields: fields, into: &out)
        if dialect == .rpc { out.append("}}") }
    }

    private func write(map pairs: [(key: String, value: DataValue)], into out: inout WireBytes) {
        guard dialect == .api else {
            let entries = pairs.map { pair in
                DataValue.structure(
                    "map-entry",
                    [.init("key", .string(pair.key)), .init("value", pair.value)]
                )
            }
            return write(.list(entries), into: &out)
        }
        out.append("{")
        for (index, pair) in pairs.enumerated() {
            if index > 0 { out.append(",") }
            Self.write(text: pair.key, into: &out)
            out.append(":")
            write(pair.value, into: &out)
        }
        out.append("}")
    }

    private func write(fields: [DataValue.Field], into out: inout WireBytes) {
        out.append("{")
        var isFirst = true
        for field in fields {
            if case .optional(nil) = field.value, dialect != .rpc { continue }
            out.append(isFirst ? "\"" : (",\"" as StaticString))
            isFirst = false
            out.append(field.name)
            out.append("\":")
            write(field.value, into: &out)
        }
        out.append("}")
    }

    /// Writes a JSON string.
    ///
    /// Nearly all texts need no escape, so whole runs are copied.
    private static func write(text: String, into out: inout WireBytes) {
        var text = text
        out.append("\"")
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
                out.append(contentsOf: bytes[start..<index])
                start = index + 1
                switch byte {
                case 0x22: out.append("\\\"")
                case 0x5C: out.append("\\\\")
                case 0x0A: out.append("\\n")
                case 0x0D: out.append("\\r")
                case 0x09: out.append("\\t")
                default:
                    out.append("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
                }
            }
            out.append(contentsOf: bytes[start...])
        }
        out.append("\"")
    }
}
