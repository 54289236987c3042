/// A whole source.
public struct LuaChunk {
    /// Its statements.
    public internal(set) var body: [LuaStatement] = []
    /// The globals it sets; for each assignment whether it is inside a function.
    public internal(set) var assignedGlobals: [String: [Bool]] = [:]
    /// The fields of globals it sets: `json.pretty`.
    public internal(set) var assignedFields: Set<String> = []
    /// The names of all fields that it sets, of any table.
    public internal(set) var assignedNames: Set<String> = []
    /// Whether it may set globals whose names are not in the source.
    public internal(set) var hasOpenGlobals = false
}

/// A local variable, a parameter or the control variable of a loop.
///
/// A class: all its uses share it, and facts found later are recorded in it.
public final class LuaVariable {
    /// Its name.
    public let name: String
    /// `close` or `const`, if it has an attribute.
    public let attribute: String?
    /// The place of its name in the declaration.
    public let range: Range<Int>
    /// Whether it is assigned again after its declaration.
    public internal(set) var isReassigned = false

    init(_ name: String, _ range: Range<Int>, attribute: String? = nil) {
        self.name = name
        self.range = range
        self.attribute = attribute
    }
}

/// An expression with its place.
public struct LuaExpression {
    /// The kinds of expression.
    public indirect enum Form {
        case `nil`
        case boolean(Bool)
        case number(isInteger: Bool)
        case string(String)
        case varargs
        case local(LuaVariable)
        /// A global, by name.
        case global(String)
        /// `a[b]`, or `a.b` with a string for `b`.
        case index(LuaExpression, LuaExpression)
        case call(LuaCall)
        case function(LuaFunction)
        case table([LuaTableField])
        case unary(LuaSymbolOrKeyword, LuaExpression)
        case binary(LuaSymbolOrKeyword, LuaExpression, LuaExpression)
        /// In parentheses: exactly one value.
        case parenthesized(LuaExpression)
    }

    /// The kind, with its parts.
    public let form: Form
    /// Its bytes in the source.
    public let range: Range<Int>

    /// The value of a string literal; nil for any other expression.
    public var string: String? { if case .string(let text) = form { text } else { nil } }

    /// Whether it may have any number of values.
    public var isMultiple: Bool {
        switch form {
        case .call, .varargs: true
        default: false
        }
    }
}

/// An operator: most are symbols, three are words.
public enum LuaSymbolOrKeyword: Equatable {
    case symbol(LuaSymbol)
    case keyword(LuaKeyword)
}

/// A call of a function or a method.
public struct LuaCall {
    /// The called function, or the object of a method call.
    public let callee: LuaExpression
    /// The method's name and its place; nil for a function.
    public let method: (name: String, range: Range<Int>)?
    /// The arguments.
    public let arguments: [LuaExpression]
}

/// One field in a table constructor.
public struct LuaTableField {
    /// Its key; nil for an element of the list.
    public let key: LuaExpression?
    /// Its value.
    public let value: LuaExpression
}

/// The body of a function.
public struct LuaFunction {
    /// Its parameters; a method's first is `self`.
    public let parameters: [LuaVariable]
    /// Whether it takes further arguments (`...`).
    public let isVariadic: Bool
    /// Its statements.
    public let body: [LuaStatement]
}

/// A statement with its place.
public struct LuaStatement {
    /// The kinds of statement.
    public indirect enum Form {
        case local([LuaVariable], [LuaExpression])
        case localFunction(LuaVariable, LuaFunction)
        case assignment([LuaExpression], [LuaExpression])
        /// `function a.b:c() end`; the target is an assignable expression.
        case function(LuaExpression, LuaFunction)
        case call(LuaExpression)
        case block([LuaStatement])
        case `while`(LuaExpression, [LuaStatement])
        case `repeat`([LuaStatement], LuaExpression)
        /// The conditions with their blocks, and the block of `else`.
        case `if`([(condition: LuaExpression, body: [LuaStatement])], [LuaStatement])
        case numericFor(LuaVariable, [LuaExpression], [LuaStatement])
        case genericFor([LuaVariable], [LuaExpression], [LuaStatement])
        case `return`([LuaExpression])
        case `break`
        case goto(String)
        case label(String)
    }

    /// The kind, with its parts.
    public let form: Form
    /// Its bytes in the source.
    public let range: Range<Int>
}

/// Why a text is not Lua, or exceeds a limit of the parser.
public struct LuaSyntaxError: Error, Equatable {
    /// The expected syntax, in Lua's words.
    public let message: String
    /// The place where it was noticed.
    public let range: Range<Int>
    /// Whether Lua may accept it, and only a limit of this parser is exceeded.
    public let isLimit: Bool
}
