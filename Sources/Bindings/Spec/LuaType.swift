internal import VSphere

/// The type of a value that a script passes or gets: what help, editors and the checker know of it.
///
/// In source it is written as LuaLS annotations write types: `string`, `vmoon.item|string`,
/// `{limit: integer?, errors: "stop"|"collect"?}`. A type that is spelled wrong stops the program as soon as
/// the function that has it is looked at; a test looks at all.
public indirect enum LuaType: Sendable, Equatable {
    /// One field of a table.
    public struct Field: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// What is in it; an optional type where it may be missing.
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
    /// This string and no other.
    case literal(String)
    /// A function; of its parameters and results only a person needs to know.
    case function(String)
    /// A list: keys 1 … n.
    case list(LuaType)
    /// Keys of one type, values of another.
    case map(LuaType, LuaType)
    /// Named fields; where it is open, others may be there too.
    case record([Field], isOpen: Bool)
    /// An object of vmoon's.
    case object(ObjectKind)
    /// That, or nil.
    case optional(LuaType)
    /// One of several.
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

    /// The types it is a union of; itself where it is none.
    public var alternatives: [LuaType] {
        switch self {
        case .union(let types): types.flatMap(\.alternatives)
        case .optional(let type): type.alternatives + [.nil]
        default: [self]
        }
    }

    /// The fields of the table that it is, or may be; empty for anything else.
    public var fields: [Field] {
        alternatives.flatMap { type -> [Field] in
            if case .record(let fields, _) = type { fields } else { [] }
        }
    }

    /// The strings it lists; empty where it is not made of such.
    public var choices: [String] {
        alternatives.compactMap { type -> String? in
            if case .literal(let text) = type { text } else { nil }
        }
    }
}

extension LuaType {
    /// What a value looks like that goes over the wire.
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
    /// The type as LuaLS annotations write it.
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

    /// The same where something is appended to it.
    private var grouped: String {
        switch self {
        case .union, .function: "(\(self))"
        default: description
        }
    }

    /// A short form, for a line that has little room.
    public var short: String {
        switch self {
        case .record(let fields, _) where !fields.isEmpty && description.count > 40: "table"
        case .list(let element): element.short + "[]"
        default: description
        }
    }
}
