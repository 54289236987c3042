/// Reads Lua 5.4 source into statements, names resolved to the variables they mean.
///
/// By the grammar of the manual, §9. What is not grammar (a `goto` without a label, a second value for a
/// constant) is for Lua itself to refuse.
public struct LuaParser {
    let bytes: [UInt8]
    private let tokens: [LuaToken]
    private var position = 0
    private var scopes: [[String: LuaVariable]] = [[:]]
    private var depth = 0
    private var functionDepth = 0
    private var chunk = LuaChunk()
    /// Lua nests 200 levels of C calls at most (`LUAI_MAXCCALLS`); chains that it reads in a loop are limited
    /// here too, because the tree of one is as deep as it is long.
    private static let depthLimit = 200
    private static let chainLimit = 1000

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

    private var current: LuaToken? { position < tokens.count ? tokens[position] : nil }

    private func ahead(_ count: Int) -> LuaToken? {
        position + count < tokens.count ? tokens[position + count] : nil
    }

    private var start: Int { current?.range.lowerBound ?? bytes.count }
    private var lastEnd: Int { position > 0 ? tokens[position - 1].range.upperBound : 0 }

    private func `is`(_ symbol: LuaSymbol) -> Bool { current?.isSymbol(symbol) == true }
    private func `is`(_ keyword: LuaKeyword) -> Bool { current?.isKeyword(keyword) == true }

    private mutating func take(_ symbol: LuaSymbol) -> Bool {
        guard `is`(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func take(_ keyword: LuaKeyword) -> Bool {
        guard `is`(keyword) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: LuaSymbol) throws(LuaSyntaxError) {
        guard take(symbol) else { throw unexpected("'\(symbol.rawValue)' expected") }
    }

    private mutating func expect(_ keyword: LuaKeyword) throws(LuaSyntaxError) {
        guard take(keyword) else { throw unexpected("'\(keyword.rawValue)' expected") }
    }

    private mutating func name() throws(LuaSyntaxError) -> (text: String, range: Range<Int>) {
        guard let token = current, token.kind == .name else { throw unexpected("<name> expected") }
        position += 1
        return (text(token.range), token.range)
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func unexpected(_ message: String) -> LuaSyntaxError {
        let range = current?.range ?? bytes.count..<bytes.count
        let near = current == nil ? "<eof>" : "'\(text(range))'"
        return LuaSyntaxError(message: "\(message) near \(near)", range: range, isLimit: false)
    }

    private mutating func enter() throws(LuaSyntaxError) {
        depth += 1
        if depth > Self.depthLimit { throw tooMuch }
    }

    private var tooMuch: LuaSyntaxError {
        LuaSyntaxError(
            message: "nested too deeply to be checked",
            range: start..<start,
            isLimit: true
        )
    }

    // MARK: Scopes

    private mutating func declare(_ variable: LuaVariable) {
        scopes[scopes.count - 1][variable.name] = variable
    }

    private func variable(_ name: String) -> LuaVariable? {
        for scope in scopes.reversed() {
            if let variable = scope[name] { return variable }
        }
        return nil
    }

    private mutating func note(assignmentTo target: LuaExpression) {
        switch target.form {
        case .local(let variable): variable.isReassigned = true
        case .global(let name):
            chunk.assignedGlobals[name, default: []].append(functionDepth > 0)
        case .index(let base, let key):
            guard case .global(let module) = base.form, let field = key.string else { return }
            chunk.assignedFields.insert("\(module).\(field)")
        default: break
        }
    }

    private mutating func scoped<T>(
        _ body: (inout LuaParser) throws(LuaSyntaxError) -> T
    ) throws(LuaSyntaxError) -> T {
        scopes.append([:])
        defer { scopes.removeLast() }
        return try body(&self)
    }

    // MARK: Statements

    private var endsBlock: Bool {
        guard let token = current else { return true }
        return token.isKeyword(.end) || token.isKeyword(.else) || token.isKeyword(.elseif)
            || token.isKeyword(.until)
    }

    private mutating func block() throws(LuaSyntaxError) -> [LuaStatement] {
        var statements: [LuaStatement] = []
        while !endsBlock {
            if `is`(.return) {
                statements.append(try returnStatement())
                break
            }
            if take(.semicolon) { continue }
            statements.append(try statement())
        }
        return statements
    }

    private mutating func body() throws(LuaSyntaxError) -> [LuaStatement] {
        try scoped { parser throws(LuaSyntaxError) in try parser.block() }
    }

    private mutating func returnStatement() throws(LuaSyntaxError) -> LuaStatement {
        let start = start
        try expect(.return)
        let values = endsBlock || `is`(.semicolon) ? [] : try expressions()
        _ = take(.semicolon)
        return LuaStatement(form: .return(values), range: start..<lastEnd)
    }

    private mutating func statement() throws(LuaSyntaxError) -> LuaStatement {
        let start = start
        try enter()
        defer { depth -= 1 }
        return LuaStatement(form: try statementForm(), range: start..<lastEnd)
    }

    private mutating func statementForm() throws(LuaSyntaxError) -> LuaStatement.Form {
        guard case .keyword(let keyword)? = current?.kind else {
            if take(.label) {
                let name = try name().text
                try expect(.label)
                return .label(name)
            }
            return try expressionStatement()
        }
        switch keyword {
        case .if: return try ifStatement()
        case .while:
            position += 1
            let condition = try expression()
            try expect(.do)
            let body = try body()
            try expect(.end)
            return .while(condition, body)
        case .do:
            position += 1
            let body = try body()
            try expect(.end)
            return .block(body)
        case .for: return try forStatement()
        case .repeat:
            position += 1
            // The condition sees the locals of the block.
            return try scoped { parser throws(LuaSyntaxError) in
                let body = try parser.block()
                try parser.expect(.until)
                return .repeat(body, try parser.expression())
            }
        case .function: return try functionStatement()
        case .local:
            position += 1
            if take(.function) {
                let (text, range) = try name()
                let variable = LuaVariable(text, range)
                declare(variable)
                return .localFunction(variable, try function(isMethod: false))
            }
            return try localStatement()
        case .break:
            position += 1
            return .break
        case .goto:
            position += 1
            return .goto(try name().text)
        default: return try expressionStatement()
        }
    }

    private mutating func ifStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
        var branches: [(condition: LuaExpression, body: [LuaStatement])] = []
        repeat {
            position += 1  // if, elseif
            let condition = try expression()
            try expect(.then)
            branches.append((condition, try body()))
        } while `is`(.elseif)
        let otherwise = take(.else) ? try body() : []
        try expect(.end)
        return .if(branches, otherwise)
    }

    private mutating func forStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
        position += 1
        var names = [try name()]
        let isNumeric = `is`(.assign)
        if isNumeric {
            position += 1
        } else {
            while take(.comma) { names.append(try name()) }
            try expect(.in)
        }
        let values = try expressions()
        guard !isNumeric || (2...3).contains(values.count) else {
            throw unexpected("'do' expected")
        }
        try expect(.do)
        let variables = names.map { LuaVariable($0.text, $0.range) }
        let body = try scoped { parser throws(LuaSyntaxError) in
            for variable in variables { parser.declare(variable) }
            return try parser.body()
        }
        try expect(.end)
        return isNumeric
            ? .numericFor(variables[0], values, body) : .genericFor(variables, values, body)
    }

    private mutating func functionStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
        position += 1
        var target = try nameExpression()
        var isMethod = false
        var count = 0
        while !isMethod, `is`(.dot) || `is`(.colon) {
            isMethod = `is`(.colon)
            position += 1
            let (text, range) = try name()
            let key = LuaExpression(form: .string(text), range: range)
            target = LuaExpression(
                form: .index(target, key),
                range: target.range.lowerBound..<range.upperBound
            )
            count += 1
            if count > Self.chainLimit { throw tooMuch }
        }
        note(assignmentTo: target)
        return .function(target, try function(isMethod: isMethod))
    }

    private mutating func localStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
        var variables: [LuaVariable] = []
        repeat {
            let (text, range) = try name()
            var attribute: String?
            if take(.less) {
                attribute = try name().text
                try expect(.greater)
            }
            variables.append(LuaVariable(text, range, attribute: attribute))
        } while take(.comma)
        let values = take(.assign) ? try expressions() : []
        // What is on the right does not see them yet.
        for variable in variables { declare(variable) }
        return .local(variables, values)
    }

    private mutating func expressionStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
        let first = try suffixedExpression()
        guard `is`(.assign) || `is`(.comma) else {
            guard case .call = first.form else { throw unexpected("syntax error") }
            return .call(first)
        }
        var targets = [first]
        while take(.comma) { targets.append(try suffixedExpression()) }
        for target in targets {
            switch target.form {
            case .local, .global, .index: note(assignmentTo: target)
            default: throw unexpected("syntax error")
            }
        }
        try expect(.assign)
        return .assignment(targets, try expressions())
    }

    // MARK: Expressions

    private mutating func expressions() throws(LuaSyntaxError) -> [LuaExpression] {
        var list = [try expression()]
        while take(.comma) { list.append(try expression()) }
        return list
    }

    private mutating func expression() throws(LuaSyntaxError) -> LuaExpression {
        try expression(above: 0)
    }

    private mutating func expression(above limit: Int) throws(LuaSyntaxError) -> LuaExpression {
        try enter()
        defer { depth -= 1 }
        let start = start
        var left: LuaExpression
        if let unary = unaryOperator {
            position += 1
            let operand = try expression(above: LuaPrecedence.unary)
            left = LuaExpression(form: .unary(unary, operand), range: start..<lastEnd)
        } else {
            left = try simpleExpression()
        }
        var count = 0
        while let (binary, precedence) = binaryOperator, precedence.left > limit {
            position += 1
            let right = try expression(above: precedence.right)
            left = LuaExpression(form: .binary(binary, left, right), range: start..<lastEnd)
            count += 1
            if count > Self.chainLimit { throw tooMuch }
        }
        return left
    }

    private var unaryOperator: LuaSymbolOrKeyword? {
        switch current?.kind {
        case .keyword(.not): .keyword(.not)
        case .symbol(let symbol) where [.minus, .hash, .tilde].contains(symbol): .symbol(symbol)
        default: nil
        }
    }

    private var binaryOperator: (LuaSymbolOrKeyword, (left: Int, right: Int))? {
        let found: LuaSymbolOrKeyword
        switch current?.kind {
        case .keyword(let keyword): found = .keyword(keyword)
        case .symbol(let symbol): found = .symbol(symbol)
        default: return nil
        }
        return LuaPrecedence.of(found).map { (found, $0) }
    }

    private mutating func simpleExpression() throws(LuaSyntaxError) -> LuaExpression {
        guard let token = current else { throw unexpected("unexpected symbol") }
        let form: LuaExpression.Form
        switch token.kind {
        case .number:
            let digits = text(token.range)
            let isHexadecimal = digits.lowercased().hasPrefix("0x")
            let marks: Set<Character> = isHexadecimal ? [".", "p", "P"] : [".", "e", "E"]
            form = .number(isInteger: !digits.contains(where: marks.contains))
        case .string where !token.isOpen: form = .string(LuaStringText.value(of: bytes[token.range]))
        case .keyword(.nil): form = .nil
        case .keyword(.true): form = .boolean(true)
        case .keyword(.false): form = .boolean(false)
        case .symbol(.varargs): form = .varargs
        case .symbol(.leftBrace): return try table()
        case .keyword(.function):
            position += 1
            let function = try function(isMethod: false)
            return LuaExpression(
                form: .function(function),
                range: token.range.lowerBound..<lastEnd
            )
        default: return try suffixedExpression()
        }
        position += 1
        return LuaExpression(form: form, range: token.range)
    }

    private mutating func nameExpression() throws(LuaSyntaxError) -> LuaExpression {
        let (text, range) = try name()
        if let variable = variable(text) {
            return LuaExpression(form: .local(variable), range: range)
        }
        // Where `_ENV` is a local, a free name is a field of it (manual §2.2).
        guard let environment = variable("_ENV") else {
            return LuaExpression(form: .global(text), range: range)
        }
        let base = LuaExpression(form: .local(environment), range: range)
        let key = LuaExpression(form: .string(text), range: range)
        return LuaExpression(form: .index(base, key), range: range)
    }

    private mutating func suffixedExpression() throws(LuaSyntaxError) -> LuaExpression {
        let start = start
        var result: LuaExpression
        if take(.leftParenthesis) {
            let inner = try expression()
            try expect(.rightParenthesis)
            result = LuaExpression(form: .parenthesized(inner), range: start..<lastEnd)
        } else {
            guard current?.kind == .name else { throw unexpected("unexpected symbol") }
            result = try nameExpression()
        }
        var count = 0
        while let form = try suffix(of: result) {
            result = LuaExpression(form: form, range: start..<lastEnd)
            count += 1
            if count > Self.chainLimit { throw tooMuch }
        }
        return result
    }

    private mutating func suffix(
        of base: LuaExpression
    ) throws(LuaSyntaxError) -> LuaExpression.Form? {
        switch current?.kind {
        case .symbol(.dot):
            position += 1
            let (text, range) = try name()
            return .index(base, LuaExpression(form: .string(text), range: range))
        case .symbol(.leftBracket):
            position += 1
            let key = try expression()
            try expect(.rightBracket)
            return .index(base, key)
        case .symbol(.colon):
            position += 1
            let (text, range) = try name()
            guard let arguments = try callArguments() else {
                throw unexpected("function arguments expected")
            }
            return .call(LuaCall(callee: base, method: (text, range), arguments: arguments))
        default:
            guard let arguments = try callArguments() else { return nil }
            return .call(LuaCall(callee: base, method: nil, arguments: arguments))
        }
    }

    private mutating func callArguments() throws(LuaSyntaxError) -> [LuaExpression]? {
        guard let token = current else { return nil }
        switch token.kind {
        case .symbol(.leftParenthesis):
            position += 1
            if take(.rightParenthesis) { return [] }
            let list = try expressions()
            try expect(.rightParenthesis)
            return list
        case .symbol(.leftBrace): return [try table()]
        case .string where !token.isOpen: return [try simpleExpression()]
        default: return nil
        }
    }

    private mutating func table() throws(LuaSyntaxError) -> LuaExpression {
        let start = start
        try expect(.leftBrace)
        var fields: [LuaTableField] = []
        while !`is`(.rightBrace) {
            if take(.leftBracket) {
                let key = try expression()
                try expect(.rightBracket)
                try expect(.assign)
                fields.append(LuaTableField(key: key, value: try expression()))
            } else if current?.kind == .name, ahead(1)?.isSymbol(.assign) == true {
                let (text, range) = try name()
                position += 1
                let key = LuaExpression(form: .string(text), range: range)
                fields.append(LuaTableField(key: key, value: try expression()))
            } else {
                fields.append(LuaTableField(key: nil, value: try expression()))
            }
            guard take(.comma) || take(.semicolon) else { break }
        }
        try expect(.rightBrace)
        return LuaExpression(form: .table(fields), range: start..<lastEnd)
    }

    private mutating func function(isMethod: Bool) throws(LuaSyntaxError) -> LuaFunction {
        var parameters = isMethod ? [LuaVariable("self", start..<start)] : []
        var isVariadic = false
        try expect(.leftParenthesis)
        if !`is`(.rightParenthesis) {
            repeat {
                if take(.varargs) {
                    isVariadic = true
                    break
                }
                let (text, range) = try name()
                parameters.append(LuaVariable(text, range))
            } while take(.comma)
        }
        try expect(.rightParenthesis)
        functionDepth += 1
        defer { functionDepth -= 1 }
        let body = try scoped { parser throws(LuaSyntaxError) in
            for parameter in parameters { parser.declare(parameter) }
            return try parser.body()
        }
        try expect(.end)
        return LuaFunction(parameters: parameters, isVariadic: isVariadic, body: body)
    }
}
