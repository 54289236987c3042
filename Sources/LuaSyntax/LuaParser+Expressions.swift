/// Expressions (Lua 5.4 manual §3.4).
extension LuaParser {
    mutating func expressions() throws(LuaSyntaxError) -> [LuaExpression] {
        var list = [try expression()]
        while take(.comma) { list.append(try expression()) }
        return list
    }

    mutating func expression() throws(LuaSyntaxError) -> LuaExpression {
        try expression(above: 0)
    }

    mutating func expression(above limit: Int) throws(LuaSyntaxError) -> LuaExpression {
        let before = try enter()
        defer { leave(before) }
        let start = start
        var left: LuaExpression
        if let unary = unaryOperator {
            position += 1
            let operand = try expression(above: LuaPrecedence.unary)
            left = LuaExpression(form: .unary(unary, operand), range: start..<lastEnd)
        } else {
            left = try simpleExpression()
        }
        while let (binary, precedence) = binaryOperator, precedence.left > limit {
            position += 1
            let right = try expression(above: precedence.right)
            left = LuaExpression(form: .binary(binary, left, right), range: start..<lastEnd)
            try addLink()
        }
        return left
    }

    var unaryOperator: LuaSymbolOrKeyword? {
        switch current?.kind {
        case .keyword(.not): .keyword(.not)
        case .symbol(let symbol) where [.minus, .hash, .tilde].contains(symbol): .symbol(symbol)
        default: nil
        }
    }

    var binaryOperator: (LuaSymbolOrKeyword, (left: Int, right: Int))? {
        let found: LuaSymbolOrKeyword
        switch current?.kind {
        case .keyword(let keyword): found = .keyword(keyword)
        case .symbol(let symbol): found = .symbol(symbol)
        default: return nil
        }
        return LuaPrecedence.of(found).map { (found, $0) }
    }

    mutating func simpleExpression() throws(LuaSyntaxError) -> LuaExpression {
        guard let token = current else { throw unexpected("unexpected symbol") }
        let form: LuaExpression.Form
        switch token.kind {
        case .number:
            let digits = text(token.range)
            let isHexadecimal = digits.lowercased().hasPrefix("0x")
            let marks: Set<Character> = isHexadecimal ? [".", "p", "P"] : [".", "e", "E"]
            form = .number(isInteger: !digits.contains(where: marks.contains))
        case .string where !token.isOpen:
            form = .string(LuaLiteral.text(of: bytes[token.range]))
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

    mutating func nameExpression() throws(LuaSyntaxError) -> LuaExpression {
        let (text, range) = try name()
        if let variable = variable(text) {
            return LuaExpression(form: .local(variable), range: range)
        }
        // If `_ENV` is a local, a free name is a field of it (manual §2.2).
        guard let environment = variable("_ENV") else {
            return LuaExpression(form: .global(text), range: range)
        }
        let base = LuaExpression(form: .local(environment), range: range)
        let key = LuaExpression(form: .string(text), range: range)
        return LuaExpression(form: .index(base, key), range: range)
    }

    mutating func suffixedExpression() throws(LuaSyntaxError) -> LuaExpression {
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
        while let form = try suffix(of: result) {
            result = LuaExpression(form: form, range: start..<lastEnd)
            try addLink()
        }
        return result
    }

    mutating func suffix(
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
            let call = LuaCall(callee: base, method: nil, arguments: arguments)
            note(call)
            return .call(call)
        }
    }

    mutating func callArguments() throws(LuaSyntaxError) -> [LuaExpression]? {
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

    mutating func table() throws(LuaSyntaxError) -> LuaExpression {
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

    mutating func function(isMethod: Bool) throws(LuaSyntaxError) -> LuaFunction {
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
