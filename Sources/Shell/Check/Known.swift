internal import Bindings

/// The knowledge of a value without running the script.
enum Known {
    case unknown
    case type(LuaType)
    /// One of our functions; with a kind if it was indexed on such an object, which must then be its first argument.
    case function(FunctionSpec, fieldOf: ObjectKind?)
    /// One of Lua's functions.
    case standard(StandardLibrary.Function)
    /// A table of functions, ours or Lua's; `vmoon` for the result of `require "vmoon"`.
    case module(String)
    /// A package or a service of the whole API, by its name; empty for `api` itself.
    case api(String)
    /// A session that this expression itself opens.
    case newSession

    /// The type, if one is known.
    var type: LuaType? {
        switch self {
        case .unknown: nil
        case .type(let type): type
        case .function, .standard: .function("function")
        case .module: .table
        case .newSession: .object(.session)
        case .api: .object(.api)
        }
    }

    /// The kind of the object, if it is one of ours.
    var object: ObjectKind? {
        if case .object(let kind)? = type?.withoutNil { kind } else { nil }
    }

    init(_ type: LuaType?) {
        switch type {
        case nil, .any?: self = .unknown
        case .object(.api)?: self = .api("")
        case let type?: self = .type(type)
        }
    }
}

extension LuaType {
    /// Whether a value of another type may belong to this type; false only if that is certain.
    func accepts(_ other: LuaType) -> Bool {
        if case .union(let types) = other { return types.contains { accepts($0) } }
        if case .optional(let type) = other { return accepts(type) || allowsNil }
        return alternatives.contains { $0.matches(other) }
    }

    private func matches(_ other: LuaType) -> Bool {
        switch (self, other) {
        case (.any, _), (_, .any): true
        case (.nil, .nil), (.boolean, .boolean), (.string, .string), (.string, .literal): true
        // The value of a string that is not a literal is unknown.
        case (.literal, .string): true
        case (.literal(let one), .literal(let two)): one == two
        // Whether an arithmetic result is an integer is unknown before it runs.
        case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
            true
        case (.object(let one), .object(let two)): one == two
        case (.object(.error), .record): true
        case (.function, .function): true
        default: isTable && other.isTable
        }
    }

    private var isTable: Bool {
        switch self {
        case .list, .map, .record: true
        default: false
        }
    }

    /// Its name in a message: "a string".
    var phrase: String {
        switch self {
        case .any: "a value"
        case .nil: "nil"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .literal(let text): "\"\(text)\""
        case .function: "a function"
        case .list(.string): "a list of strings"
        case .list: "a list"
        case .map, .record: "a table"
        case .object(let kind): "\(kind)" == "item" ? "an item" : "a \(kind)"
        case .optional(let type): type.phrase
        case .union(let types):
            types.count < 2
                ? types.first?.phrase ?? ""
                : types.dropLast().map(\.phrase).joined(separator: ", ") + " or "
                    + (types.last?.phrase ?? "")
        }
    }
}
