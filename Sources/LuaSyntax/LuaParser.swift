/// Reads Lua 5.4 source into statements, names resolved to the variables they mean.
///
/// By the grammar of the manual, §9. What is not grammar (a `goto` without a label, a second value for a
/// constant) is for Lua itself to refuse.
public struct LuaParser {
    let bytes: [UInt8]
    let tokens: [LuaToken]
    var position = 0
    var scopes: [[String: LuaVariable]] = [[:]]
    var depth = 0
    /// How many links one above the other the tree has at most that was read last.
    var height = 0
    var functionDepth = 0
    var chunk = LuaChunk()
    /// Lua nests 200 levels of C calls at most (`LUAI_MAXCCALLS`); chains that it reads in a loop are limited
    /// here too, because the tree of one is as deep as it is long, and of chains in chains as all together.
    static let depthLimit = 200
    static let heightLimit = 1000

    /// Reads a whole source.
    /// - Parameter bytes: The source; a first line that begins with `#` is skipped.
    /// - Returns: Its statements, and which globals they set.
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

    /// Begins something that may hold others of its kind.
    /// - Returns: What `leave` is to be told.
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

    /// What was read becomes the beginning of something longer.
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

    /// `rawset(_G, "name", value)` sets a global too, and so may anything with a metatable of the globals'.
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
        // As if it were set outside of every function: it is meant.
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
