/// Statements (Lua 5.4 manual §3.3).
extension LuaParser {
    var endsBlock: Bool {
        guard let token = current else { return true }
        return token.isKeyword(.end) || token.isKeyword(.else) || token.isKeyword(.elseif)
            || token.isKeyword(.until)
    }

    mutating func block() throws(LuaSyntaxError) -> [LuaStatement] {
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

    mutating func body() throws(LuaSyntaxError) -> [LuaStatement] {
        try scoped { parser throws(LuaSyntaxError) in try parser.block() }
    }

    mutating func returnStatement() throws(LuaSyntaxError) -> LuaStatement {
        let start = start
        try expect(.return)
        let values = endsBlock || `is`(.semicolon) ? [] : try expressions()
        _ = take(.semicolon)
        return LuaStatement(form: .return(values), range: start..<lastEnd)
    }

    mutating func statement() throws(LuaSyntaxError) -> LuaStatement {
        let start = start
        let before = try enter()
        defer { leave(before) }
        return LuaStatement(form: try statementForm(), range: start..<lastEnd)
    }

    mutating func statementForm() throws(LuaSyntaxError) -> LuaStatement.Form {
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

    mutating func ifStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
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

    mutating func forStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
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

    mutating func functionStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
        position += 1
        var target = try nameExpression()
        var isMethod = false
        while !isMethod, `is`(.dot) || `is`(.colon) {
            isMethod = `is`(.colon)
            position += 1
            let (text, range) = try name()
            let key = LuaExpression(form: .string(text), range: range)
            target = LuaExpression(
                form: .index(target, key),
                range: target.range.lowerBound..<range.upperBound
            )
            try addLink()
        }
        note(assignmentTo: target)
        return .function(target, try function(isMethod: isMethod))
    }

    mutating func localStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
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
        // The expressions on the right do not see the new variables yet.
        for variable in variables { declare(variable) }
        return .local(variables, values)
    }

    mutating func expressionStatement() throws(LuaSyntaxError) -> LuaStatement.Form {
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
}
