/// A whole source.
public struct LuaChunk {
    /// What it does.
    public internal(set) var body: [LuaStatement] = []
    /// The globals it sets; for each place whether that is inside a function.
    public internal(set) var assignedGlobals: [String: [Bool]] = [:]
    /// The fields of globals it sets: `json.pretty`.
    public internal(set) var assignedFields: Set<String> = []
    /// The names of all fields that it sets, of whatever.
    public internal(set) var assignedNames: Set<String> = []
    /// Whether it may set globals whose names do not stand in it.
    public internal(set) var hasOpenGlobals = false
}

/// A local variable, a parameter or the control variable of a loop.
///
/// A class: all that use it share it, and it is told of what becomes of it.
public final class LuaVariable {
    /// Its name.
    public let name: String
    /// `close` or `const`, if it has an attribute.
    public let attribute: String?
    /// Where its name stands when it is declared.
    public let range: Range<Int>
    /// Whether a value is put into it again after its declaration.
    public internal(set) var isReassigned = false

    init(_ name: String, _ range: Range<Int>, attribute: String? = nil) {
        self.name = name
        self.range = range
        self.attribute = attribute
    }
}

/// An expression and where it stands.
public struct LuaExpression {
    /// What it is.
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
        /// In parentheses: one value, whatever is in them.
        case parenthesized(LuaExpression)
    }

    /// What it is.
    public let form: Form
    /// Its bytes in the source.
    public let range: Range<Int>

    /// The string that it is, if it is one.
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
    /// What is called, or the object whose method is.
    public let callee: LuaExpression
    /// The method's name and where it stands; nil for a function.
    public let method: (name: String, range: Range<Int>)?
    /// What stands between the parentheses.
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
    /// Whether it takes any number more.
    public let isVariadic: Bool
    /// What it does.
    public let body: [LuaStatement]
}

/// A statement and where it stands.
public struct LuaStatement {
    /// What it is.
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

    /// What it is.
    public let form: Form
    /// Its bytes in the source.
    public let range: Range<Int>
}

/// Why a text is not Lua, or is more than is looked at.
public struct LuaSyntaxError: Error, Equatable {
    /// What was expected, as Lua would say it.
    public let message: String
    /// Where it was noticed.
    public let range: Range<Int>
    /// Whether Lua may well accept it, and only we do not look at so much.
    public let isLimit: Bool
}
