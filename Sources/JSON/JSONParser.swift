public import Buffers
internal import CBuffers
internal import CRapidJSON

/// Decodes JSON text with RapidJSON; its memory is reused for each document.
///
/// One thread owns a parser. Rules: UTF-8 is checked, nesting is limited, duplicate keys in
/// one object are refused, 64-bit integers remain integers, larger ones become doubles.
public final class JSONParser {
    private let parser: OpaquePointer
    /// The parser's reason for refusing a text.
    private let detail = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 128)

    /// The deepest nesting of arrays and objects.
    public static let defaultDepth = 64

    /// Makes a parser.
    public init() {
        guard let parser = vm_json_parser_new() else { preconditionFailure("out of memory") }
        self.parser = parser
    }

    deinit {
        vm_json_parser_free(parser)
        detail.deallocate()
    }

    /// Decodes one document and appends its value to a buffer.
    /// - Throws: `JSONError` if the text is refused; the buffer is then unchanged.
    public func decode(
        _ text: ByteBuffer,
        depth: Int = defaultDepth,
        into out: ValueBuffer
    ) throws(JSONError) {
        let status = vm_json_decode(
            parser,
            text.pointer,
            UInt32(depth),
            out.pointer,
            detail.baseAddress,
            detail.count
        )
        guard status != VM_JSON_OK else { return }
        // Text that is nested too deeply may also be cut off at a deep level; then it is unimportant which of the
        // two errors the parser finds first.
        let isTooDeep =
            status == VM_JSON_DEPTH || status != VM_JSON_UTF8 && text.nesting > depth
        guard !isTooDeep else { throw JSONError(status: VM_JSON_DEPTH, detail: "\(depth)") }
        let said = String(
            decoding: detail.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        throw JSONError(status: status, detail: said)
    }

    /// Decodes one document into a tree.
    /// - Throws: `JSONError` if the text is refused.
    public func decode(
        _ text: [UInt8],
        depth: Int = defaultDepth
    ) throws(JSONError) -> JSONValue {
        let out = ValueBuffer()
        let bytes = ByteBuffer()
        bytes.append(text)
        try decode(bytes, depth: depth, into: out)
        return out.root.map { JSONValue($0) } ?? .null
    }
}

extension ByteBuffer {
    /// The deepest nesting of arrays and objects in JSON text, well-formed or not.
    fileprivate var nesting: Int {
        var (depth, deepest) = (0, 0)
        var (isInString, isEscaped) = (false, false)
        for byte in withUnsafeBytes({ $0 }) {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isInString: isEscaped = true
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if !isInString { depth += 1 }
                deepest = Swift.max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isInString { depth -= 1 }
            default: break
            }
        }
        return deepest
    }
}

/// Why a text was refused as JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The reasons for refusing a text.
    public enum Reason: Sendable, Equatable {
        case malformed, notUTF8, tooDeep, duplicateKey, number, empty, memory
    }

    /// The reason.
    public let reason: Reason
    /// The key, the parser's message, or the nesting limit.
    public let detail: String

    init(status: vm_json_status, detail: String) {
        reason =
            switch status {
            case VM_JSON_UTF8: .notUTF8
            case VM_JSON_DEPTH: .tooDeep
            case VM_JSON_DUPLICATE_KEY: .duplicateKey
            case VM_JSON_NUMBER: .number
            case VM_JSON_EMPTY: .empty
            case VM_JSON_MEMORY: .memory
            default: .malformed
            }
        self.detail = detail
    }

    /// One line for a person.
    public var description: String {
        switch reason {
        case .malformed: "malformed JSON (\(detail))"
        case .notUTF8: "not valid UTF-8"
        case .tooDeep: "nested deeper than \(detail) levels"
        case .duplicateKey: "the key \"\(detail)\" stands twice in one object"
        case .number: "a number out of range (\(detail))"
        case .empty: "no JSON at all"
        case .memory: "too large for the memory allowed"
        }
    }
}

extension JSONValue {
    /// Copies a value in a buffer into a tree.
    ///
    /// Host objects become null.
    public init(_ value: Buffers.Value) {
        switch value.kind {
        case .nil, .null, .object: self = .null
        case .boolean: self = .boolean(value.boolean ?? false)
        case .integer: self = .integer(value.integer ?? 0)
        case .double: self = .double(value.number ?? 0)
        case .string: self = .string(value.string ?? "")
        case .array: self = .array(value.elements.map { JSONValue($0) })
        case .record:
            self = .object(
                value.fields.map { Member($0.key.string ?? "", JSONValue($0.value)) }
            )
        }
    }

    /// Decodes JSON text.
    /// - Throws: `JSONError` if the text is refused.
    public init(parsing text: String) throws(JSONError) {
        self = try JSONParser().decode(Array(text.utf8))
    }
}
