public import Buffers

/// Writes JSON text: compact by default, in the given order, UTF-8, control characters escaped.
public struct JSONEncoder {
    /// The layout of the text.
    public enum Layout: Sendable {
        /// On one line, without spaces.
        case compact
        /// Two spaces per level, one member per line.
        case indented
    }

    private let layout: Layout

    /// Makes an encoder.
    public init(_ layout: Layout = .compact) { self.layout = layout }

    /// Appends the text of a tree.
    public func encode(_ value: JSONValue, into out: ByteBuffer) { write(value, level: 0, to: out) }

    /// The text of a tree.
    public func encode(_ value: JSONValue) -> String {
        let out = ByteBuffer()
        encode(value, into: out)
        return out.text
    }

    /// Appends the text of a value in a buffer.
    ///
    /// Nil is written as null.
    ///
    /// The value must contain only what JSON can represent: string keys, finite numbers, no functions; the
    /// side that filled the buffer ensures that.
    public func encode(_ value: Value, into out: ByteBuffer) {
        switch value.kind {
        case .string: value.withUTF8 { Self.write(text: $0, to: out) }
        case .array:
            list(value.elements, brackets: ("[", "]"), level: 0, to: out) { element, _ in
                encode(element, into: out)
            }
        case .record:
            list(value.fields, brackets: ("{", "}"), level: 0, to: out) { field, _ in
                field.key.withUTF8 { Self.write(text: $0, to: out) }
                out.append(literal: ":")
                encode(field.value, into: out)
            }
        default: write(JSONValue(value), level: 0, to: out)
        }
    }

    private func write(_ value: JSONValue, level: Int, to out: ByteBuffer) {
        switch value {
        case .null: out.append(literal: "null")
        case .boolean(let bool): out.append(bool ? "true" : "false")
        case .integer(let number): out.append(String(number))
        case .double(let number): out.append(number.isFinite ? "\(number)" : "null")
        case .string(var text): text.withUTF8 { Self.write(text: $0, to: out) }
        case .array(let elements):
            list(elements, brackets: ("[", "]"), level: level, to: out) { element, level in
                write(element, level: level, to: out)
            }
        case .object(let members):
            list(members, brackets: ("{", "}"), level: level, to: out) { member, level in
                var name = member.name
                name.withUTF8 { Self.write(text: $0, to: out) }
                out.append(layout == .indented ? ": " : ":")
                write(member.value, level: level, to: out)
            }
        }
    }

    private func list<S: Sequence>(
        _ elements: S,
        brackets: (StaticString, StaticString),
        level: Int,
        to out: ByteBuffer,
        each: (S.Element, Int) -> Void
    ) {
        out.append(literal: brackets.0)
        var isFirst = true
        for element in elements {
            if !isFirst { out.append(literal: ",") }
            isFirst = false
            newLine(level + 1, to: out)
            each(element, level + 1)
        }
        if !isFirst { newLine(level, to: out) }
        out.append(literal: brackets.1)
    }

    private func newLine(_ level: Int, to out: ByteBuffer) {
        guard layout == .indented else { return }
        out.append("\n" + String(repeating: "  ", count: level))
    }

    private static func write(text: UnsafeBufferPointer<UInt8>, to out: ByteBuffer) {
        out.append(UInt8(ascii: "\""))
        defer { out.append(UInt8(ascii: "\"")) }
        guard !text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else {
            out.append(text)
            return
        }
        var start = 0
        for index in text.indices
        where text[index] < 0x20 || text[index] == 0x22 || text[index] == 0x5C {
            out.append(UnsafeBufferPointer(rebasing: text[start..<index]))
            start = index + 1
            switch text[index] {
            case 0x22: out.append(literal: "\\\"")
            case 0x5C: out.append(literal: "\\\\")
            case 0x0A: out.append(literal: "\\n")
            case 0x0D: out.append(literal: "\\r")
            case 0x09: out.append(literal: "\\t")
            case let byte:
                let hex = String(byte, radix: 16)
                out.append("\\u00" + (hex.count == 1 ? "0" : "") + hex)
            }
        }
        out.append(UnsafeBufferPointer(rebasing: text[start...]))
    }
}
