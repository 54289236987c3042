/// Parses Lua 5.4 source into statements, with names resolved to variables.
///
/// It follows the grammar of the manual, §9. Other errors (a `goto` without a label, a second value for a
/// constant) are left to Lua itself.
public struct LuaParser {
    let bytes: [UInt8]
    let tokens: [LuaToken]
    var position = 0
    var scopes: [[String: LuaVariable]] = [[:]]
    var depth = 0
    /// The height of the syntax tree that was parsed last, in links.
    var height = 0
    var functionDepth = 0
    var chunk = LuaChunk()
    /// Lua allows 200 nested C calls (`LUAI_MAXCCALLS`); chains that it parses in a loop are limited
    /// here too, because the tree of a chain is as deep as the chain is long, and chains in chains add up.
    static let depthLimit = 200
    static let heightLimit = 1000

    /// Parses a whole source.
    /// - Parameter bytes: The source; a first line that begins with `#` is skipped.
    /// - Returns: Its statements, and the globals that they set.
    /// - Throws: The first place that is not Lua.
    public static func parse(_ bytes: [UInt8]) throws(LuaSyntaxError) -> LuaChunk {
        var parser = LuaParser(bytes)
        let body = try parser.block()
        guard parser.position == parser.tokens.count else {
            throw parser.unexpected("'<eof>' expected")
        }
        parser.chunk.body = body
        return parser.chunk
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tokens = LuaLexer.tokens(of: bytes).filter { $0.kind != .comment || $0.isOpen }
    }

    // MARK: Tokens

    var current: LuaToken? { position < tokens.count ? tokens[position] : nil }

    func ahead(_ count: Int) -> LuaToken? {
        position + count < tokens.count ? tokens[position + count] : nil
    }

    var start: Int { current?.range.lowerBound ?? bytes.count }
    var lastEnd: Int { position > 0 ? tokens[position - 1].range.upperBound : 0 }

    func `is`(_ symbol: LuaSymbol) -> Bool { current?.isSymbol(symbol) == true }
    func `is`(_ keyword: LuaKeyword) -> Bool { current?.isKeyword(keyword) == true }

    mutating func take(_ symbol: LuaSymbol) -> Bool {
        guard `is`(symbol) else { return false }
        position += 1
        return true
    }

    mutating func take(_ keyword: LuaKeyword) -> Bool {
        guard `is`(keyword) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: LuaSymbol) throws(LuaSyntaxError) {
        guard take(symbol) else { throw unexpected("'\(symbol.rawValue)' expected") }
    }

    mutating func expect(_ keyword: LuaKeyword) throws(LuaSyntaxError) {
        guard take(keyword) else { throw unexpected("'\(keyword.rawValue)' expected") }
    }

    mutating func name() throws(LuaSyntaxError) -> (text: String, range: Range<Int>) {
        guard let token = current, token.kind == .name else { throw unexpected("<name> expected") }
        position += 1
        return (text(token.range), token.range)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    func unexpected(_ message: String) -> LuaSyntaxError {
        let range = current?.range ?? bytes.count..<bytes.count
        let near = current == nil ? "<eof>" : "'\(text(range))'"
        return LuaSyntaxError(message: "\(message) near \(near)", range: range, isLimit: false)
    }

    /// Starts a construct that may contain others of its kind.
    /// - Returns: The argument for `leave`.
    mutating func enter() throws(LuaSyntaxError) -> Int {
        depth += 1
        if depth > Self.depthLimit { throw tooMuch }
        defer { height = 0 }
        return height
    }

    mutating func leave(_ before: Int) {
        depth -= 1
        height = max(height, before)
    }

    /// Makes the last construct the beginning of a longer one.
    mutating func addLink() throws(LuaSyntaxError) {
        height += 1
        if height > Self.heightLimit { throw tooMuch }
    }

    var tooMuch: LuaSyntaxError {
        LuaSyntaxError(
            message: "nested too deeply to be checked",
            range: start..<start,
            isLimit: true
        )
    }

    // MARK: Scopes

    mutating func declare(_ variable: LuaVariable) {
        scopes[scopes.count - 1][variable.name] = variable
    }

    func variable(_ name: String) -> LuaVariable? {
        for scope in scopes.reversed() {
            if let variable = scope[name] { return variable }
        }
        return nil
    }

    mutating func note(assignmentTo target: LuaExpression) {
        switch target.form {
        case .local(let variable): variable.isReassigned = true
        case .global(let name):
            chunk.assignedGlobals[name, default: []].append(functionDepth > 0)
        case .index(let base, let key):
            if let field = key.string { chunk.assignedNames.insert(field) }
            guard case .global(let module) = base.form else { return }
            if module == "_G" || module == "_ENV" { return note(global: key) }
            if let field = key.string { chunk.assignedFields.insert("\(module).\(field)") }
        default: break
        }
    }

    /// Notes that `rawset(_G, "name", value)` sets a global, and that a metatable of the globals may set any.
    mutating func note(_ call: LuaCall) {
        guard case .global(let function) = call.callee.form, call.arguments.count > 1,
            case .global(let table) = call.arguments[0].form, table == "_G" || table == "_ENV"
        else { return }
        switch function {
        case "rawset": note(global: call.arguments[1])
        case "setmetatable": chunk.hasOpenGlobals = true
        default: break
        }
    }

    private mutating func note(global key: LuaExpression) {
        guard let name = key.string else {
            chunk.hasOpenGlobals = true
            return
        }
        // Recorded as set outside every function: it is intended.
        chunk.assignedGlobals[name, default: []].append(false)
    }

    mutating func scoped<T>(
        _ body: (inout LuaParser) throws(LuaSyntaxError) -> T
    ) throws(LuaSyntaxError) -> T {
        scopes.append([:])
        defer { scopes.removeLast() }
        return try body(&self)
    }
}
