public import LuaHost
internal import VSphere

/// A function that scripts can call: its description, and its body.
///
/// Help, completion, the reference and the checker read the description; there is no other one. It is an object, since
/// lists of them are put together at every start.
public final class FunctionSpec: Sendable {
    /// The host's part of a call.
    ///
    /// It never runs Lua itself.
    public typealias Body = @Sendable (Runtime, HostCall) -> Verdict

    /// One parameter.
    public struct Parameter: Sendable {
        /// Its name.
        public let name: String
        /// Its type, without the nil of an optional parameter.
        ///
        /// Parsed on demand: a run that only calls functions does not need it.
        public var type: LuaType { readType() }
        /// Its meaning, with its unit.
        public let summary: String
        /// Whether it is optional.
        public let isOptional: Bool
        private let readType: @Sendable () -> LuaType

        /// Describes a parameter.
        public init(
            _ name: String,
            _ type: @autoclosure @escaping @Sendable () -> LuaType,
            _ summary: String,
            isOptional: Bool = false
        ) {
            self.name = name
            readType = type
            self.summary = summary
            self.isOptional = isOptional
        }
    }

    /// The values that a function returns.
    public struct Result: Sendable {
        /// The types of the values; empty for none.
        public var types: [LuaType] { readTypes() }
        /// The types that a look-up returns when it finds nothing; else empty.
        public var otherwise: [LuaType] { other.map(Self.read) ?? [] }
        /// Their meaning: fields, units, optional parts.
        public let summary: String
        private let readTypes: @Sendable () -> [LuaType]
        private let other: String?

        /// Describes a result.
        /// - Parameters:
        ///   - types: Types in the notation of LuaLS annotations, with commas between them; `nil` for nothing.
        ///   - summary: Their meaning.
        ///   - otherwise: The types a look-up returns when it finds nothing, in the same notation.
        public init(_ types: String, _ summary: String, otherwise: String = "nil") {
            readTypes = { Self.read(types) }
            self.summary = summary
            other = otherwise
        }

        /// Describes one value, or none if the type is nil.
        public init(_ type: @autoclosure @escaping @Sendable () -> LuaType, _ summary: String) {
            readTypes = {
                let type = type()
                return type == .nil ? [] : [type]
            }
            self.summary = summary
            other = nil
        }

        private static func read(_ notation: String) -> [LuaType] {
            guard let types = LuaType.list(notation) else {
                preconditionFailure("these are no types: \(notation)")
            }
            return types == [.nil] ? [] : types
        }

        /// The types, for a person; `nil` for none.
        public var type: String { types.isEmpty ? "nil" : Self.text(types) }

        /// A short form, for a line with little room.
        public var shortType: String {
            types.isEmpty ? "nil" : types.map(\.short).joined(separator: ", ")
        }

        /// Types with commas between them.
        public static func text(_ types: [LuaType]) -> String {
            types.map(\.description).joined(separator: ", ")
        }
    }

    /// The name: a global (`getCheckOut`), or a field of a module (`json.encode`).
    public let name: String
    /// Its effect or result, in one sentence.
    public let summary: String
    /// The parameters, without the object that a method is called on.
    public let parameters: [Parameter]
    /// The values it returns.
    public let result: Result
    /// The kinds of error it raises, besides those that every call may raise.
    public let errors: [String]
    /// A script that runs against a fresh simulator.
    public let example: String
    /// The version of vmoon that introduced it.
    public let since: String
    /// The kinds of object that have it as a method, under the same name.
    public let receivers: [ObjectKind]
    /// Whether it can be called without an object.
    public let isGlobal: Bool
    /// Whether arguments that cannot be copied are passed as descriptions instead of being refused.
    public let isLenient: Bool
    /// Whether arguments with `__tostring` or `__name` are passed as their texts.
    public let asksForTexts: Bool
    /// The kind of object whose call it is: its name is then that of an object, and not of a function.
    public let called: ObjectKind?
    /// Whether other tasks may run while it waits.
    public let waits: Bool
    /// Whether it changes something in a vCenter.
    public var isChanging: Bool {
        changesSomething ?? VSphere.Operation.named(name)?.isChanging ?? false
    }
    private let changesSomething: Bool?
    /// Nil if the interpreter itself defines the function.
    let body: Body?

    /// Describes a function.
    public init(
        _ name: String,
        _ summary: String,
        _ parameters: [Parameter] = [],
        returns result: Result,
        errors: [String] = [],
        example: String,
        since: String = "0.1",
        receivers: [ObjectKind] = [],
        isGlobal: Bool = true,
        isLenient: Bool = false,
        asksForTexts: Bool = false,
        called: ObjectKind? = nil,
        isChanging: Bool? = nil,
        waits: Bool = false,
        body: Body?
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.result = result
        self.errors = errors
        self.example = example
        self.since = since
        self.receivers = receivers
        self.isGlobal = isGlobal
        self.isLenient = isLenient
        self.asksForTexts = asksForTexts
        self.called = called
        changesSomething = isChanging
        self.waits = waits
        self.body = body
    }
}

extension FunctionSpec {
    /// The parameters that a call writes in its parentheses.
    ///
    /// - Parameter receiver: The kind of object for a method; nil for the function itself. An item is the
    ///   first argument of a function and the receiver of a method.
    /// - Returns: All parameters, or those after the item.
    public func parameters(on receiver: ObjectKind?) -> [Parameter] {
        guard receiver == .item, isGlobal, let first = parameters.first?.name,
            first == "item" || first == "object"
        else { return parameters }
        return Array(parameters.dropFirst())
    }

    /// The parameters as Lua can declare them: nothing may follow `...`, so later ones are part of it.
    public func declaredParameters(on receiver: ObjectKind?) -> [Parameter] {
        let all = parameters(on: receiver)
        guard let dots = all.firstIndex(where: { $0.name == "..." }), dots < all.count - 1 else {
            return all
        }
        let rest = all[dots...]
        let several = Parameter(
            "...",
            .union(rest.map(\.type)),
            rest.map(\.summary).joined(separator: "; "),
            isOptional: true
        )
        return all[..<dots] + [several]
    }

    /// Whether it takes any number of arguments.
    public var isVariadic: Bool { parameters.contains { $0.name == "..." } }

    /// The module that it is a field of; nil for a global.
    public var module: String? {
        guard isGlobal, let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return String(name[..<dot])
    }

    /// The name without its module.
    public var ownName: String { name.split(separator: ".").last.map(String.init) ?? name }
}
