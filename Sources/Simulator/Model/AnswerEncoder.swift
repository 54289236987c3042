internal import NIOCore

/// Writes answers as JSON, straight into the bytes that go out.
struct AnswerEncoder {
    let dialect: Dialect

    /// Writes the body of a success: nothing for void, except in JSON-RPC, which repeats its `id`.
    func success(_ value: DataValue, id: String, into out: inout ByteBuffer) {
        if dialect != .rpc, case .void = value { return }
        switch dialect {
        case .rest: out.writeStaticString(#"{"value":"#)
        case .api: break
        case .rpc: out.writeString(#"{"jsonrpc":"2.0","id":\#(id),"result":{"output":"#)
        }
        write(value, into: &out)
        switch dialect {
        case .rest: out.writeStaticString("}")
        case .api: break
        case .rpc: out.writeStaticString("}}")
        }
    }

    /// Writes the body of an error.
    func failure(_ error: VAPIError, id: String, into out: inout ByteBuffer) {
        let type = "com.vmware.vapi.std.errors." + error.kind.rawValue
        switch dialect {
        case .rest:
            out.writeString(#"{"type":"\#(type)","value":"#)
            write(fields: error.fields, into: &out)
            out.writeStaticString("}")
        case .api: write(fields: error.fields, into: &out)
        case .rpc:
            out.writeString(#"{"jsonrpc":"2.0","id":\#(id),"result":{"error":{"ERROR":{"#)
            out.writeString(#""\#(type)":"#)
            write(fields: error.fields, into: &out)
            out.writeStaticString("}}}}")
        }
    }

    private func write(_ value: DataValue, into out: inout ByteBuffer) {
        switch value {
        case .void: out.writeStaticString("null")
        case .string(let text): Self.write(text: text, into: &out)
        case .integer(let number): out.writeString(String(number))
        case .boolean(let bool): out.writeStaticString(bool ? "true" : "false")
        case .secret(let text):
            if dialect == .rpc { out.writeStaticString(#"{"SECRET":"#) }
            Self.write(text: text, into: &out)
            if dialect == .rpc { out.writeStaticString("}") }
        case .list(let elements):
            out.writeStaticString("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { out.writeStaticString(",") }
                write(element, into: &out)
            }
            out.writeStaticString("]")
        case .map(let pairs): write(map: pairs, into: &out)
        case .optional(let inner):
            if dialect == .rpc { out.writeStaticString(#"{"OPTIONAL":"#) }
            write(inner ?? .void, into: &out)
            if dialect == .rpc { out.writeStaticString("}") }
        case .structure(let name, let fields):
            if dialect == .rpc {
                out.writeStaticString(#"{"STRUCTURE":{""#)
                out.writeStaticString(name)
                out.writeStaticString(#"":"#)
            }
            write(fields: fields, into: &out)
            if dialect == .rpc { out.writeStaticString("}}") }
        }
    }

    private func write(map pairs: [(key: String, value: DataValue)], into out: inout ByteBuffer) {
        guard dialect == .api else {
            let entries = pairs.map { pair in
                DataValue.structure(
                    "map-entry",
                    [.init("key", .string(pair.key)), .init("value", pair.value)]
                )
            }
            return write(.list(entries), into: &out)
        }
        out.writeStaticString("{")
        for (index, pair) in pairs.enumerated() {
            if index > 0 { out.writeStaticString(",") }
            Self.write(text: pair.key, into: &out)
            out.writeStaticString(":")
            write(pair.value, into: &out)
        }
        out.writeStaticString("}")
    }

    private func write(fields: [DataValue.Field], into out: inout ByteBuffer) {
        out.writeStaticString("{")
        var isFirst = true
        for field in fields {
            if case .optional(nil) = field.value, dialect != .rpc { continue }
            out.writeStaticString(isFirst ? "\"" : ",\"")
            isFirst = false
            out.writeStaticString(field.name)
            out.writeStaticString("\":")
            write(field.value, into: &out)
        }
        out.writeStaticString("}")
    }

    /// Writes a JSON string.
    ///
    /// Nearly all texts need no escape, so whole runs are copied.
    private static func write(text: String, into out: inout ByteBuffer) {
        var text = text
        out.writeStaticString("\"")
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
                out.writeBytes(bytes[start..<index])
                start = index + 1
                switch byte {
                case 0x22: out.writeStaticString("\\\"")
                case 0x5C: out.writeStaticString("\\\\")
                case 0x0A: out.writeStaticString("\\n")
                case 0x0D: out.writeStaticString("\\r")
                case 0x09: out.writeStaticString("\\t")
                default:
                    out.writeString("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
                }
            }
            out.writeBytes(bytes[start...])
        }
        out.writeStaticString("\"")
    }
}
