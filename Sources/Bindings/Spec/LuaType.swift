internal import VSphere

/// The type of a value that a script passes or gets, for help, editors and the checker.
///
/// In source it is written in the notation of LuaLS annotations: `string`, `vmoon.item|string`,
/// `{limit: integer?, errors: "stop"|"collect"?}`. A misspelt type stops the program as soon as its
/// function is looked up; a test looks at all.
public indirect enum LuaType: Sendable, Equatable {
    /// One field of a table.
    public struct Field: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its type; optional if the field may be missing.
        public let type: LuaType

        /// Describes a field.
        public init(_ name: String, _ type: LuaType) {
            self.name = name
            self.type = type
        }
    }

    case any
    case `nil`
    case boolean
    case integer
    case number
    case string
    /// Exactly this string.
    case literal(String)
    /// A function; its parameters and results are text for a person only.
    case function(String)
    /// A list: keys 1 … n.
    case list(LuaType)
    /// Keys of one type, values of another.
    case map(LuaType, LuaType)
    /// Named fields; an open record allows others too.
    case record([Field], isOpen: Bool)
    /// A vmoon object.
    case object(ObjectKind)
    /// This type, or nil.
    case optional(LuaType)
    /// One of several types.
    case union([LuaType])

    /// Any table.
    public static let table = LuaType.record([], isOpen: true)

    /// Whether nil is one of its values.
    public var allowsNil: Bool {
        switch self {
        case .any, .nil, .optional: true
        case .union(let types): types.contains(where: \.allowsNil)
        default: false
        }
    }

    /// The type without nil.
    public var withoutNil: LuaType {
        if case .optional(let type) = self { type.withoutNil } else { self }
    }

    /// The members of a union; the type itself if it is none.
    public var alternatives: [LuaType] {
        switch self {
        case .union(let types): types.flatMap(\.alternatives)
        case .optional(let type): type.alternatives + [.nil]
        default: [self]
        }
    }

    /// The fields of a table type, also inside a union; empty for any other.
    public var fields: [Field] {
        alternatives.flatMap { type -> [Field] in
            if case .record(let fields, _) = type { fields } else { [] }
        }
    }

    /// The strings of a union of literals; empty for any other type.
    public var choices: [String] {
        alternatives.compactMap { type -> String? in
            if case .literal(let text) = type { text } else { nil }
        }
    }
}

extension LuaType {
    /// The type with fields of our own beside those of a record, or of each record of a list.
    func adding(_ added: [Field]) -> LuaType {
        switch self {
        case .record(let fields, let isOpen): .record(fields + added, isOpen: isOpen)
        case .list(let element): .list(element.adding(added))
        default: self
        }
    }

    /// The Lua type of a value on the wire.
    init(_ shape: Shape) {
        switch shape {
        case .void: self = .nil
        case .any: self = .any
        case .string, .identifier: self = .string
        case .integer: self = .integer
        case .number: self = .number
        case .boolean: self = .boolean
        case .list(let element): self = .list(LuaType(element))
        case .map(let value): self = .map(.string, LuaType(value))
        case .record(let fields):
            self = .record(
                fields.map { field in
                    let type = LuaType(field.shape)
                    return Field(field.name, field.isOptional ? .optional(type) : type)
                },
                isOpen: true
            )
        }
    }
}

extension LuaType: CustomStringConvertible {
    /// The type in the notation of LuaLS annotations.
    public var description: String {
        switch self {
        case .any: "any"
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .literal(let text): "\"\(text)\""
        case .function(let form): form
        case .list(let element): element.grouped + "[]"
        case .map(let key, let value): "table<\(key), \(value)>"
        case .record(let fields, let isOpen) where fields.isEmpty: isOpen ? "table" : "{}"
        case .record(let fields, _):
            "{" + fields.map { "\($0.name): \($0.type)" }.joined(separator: ", ") + "}"
        case .object(let kind): kind.name
        case .optional(let type): type.grouped + "?"
        case .union(let types): types.map(\.description).joined(separator: "|")
        }
    }

    /// The same in parentheses if needed before an appended `?` or `[]`.
    private var grouped: String {
        switch self {
        case .union, .function: "(\(self))"
        default: description
        }
    }

    /// A short form, for a line with little room.
    public var short: String {
        switch self {
        case .record(let fields, _) where !fields.isEmpty && description.count > 40: "table"
        case .list(let element): element.short + "[]"
        default: description
        }
    }
}
