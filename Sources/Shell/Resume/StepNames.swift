internal import LuaSyntax

/// The names of the steps in a script's text, as they are written there: `"patch " .. name`.
enum StepNames {
    /// The first arguments of all calls of `step`, in their order, each once.
    static func written(in source: [UInt8]) -> [String] {
        let tokens = LuaLexer.tokens(of: source).filter { $0.kind != .comment }
        var names: [String] = []
        for place in tokens.indices where isCall(at: place, tokens, source) {
            let first = place + 2
            let end = endOfArgument(from: first, tokens)
            guard first < end else { continue }
            let range = tokens[first].range.lowerBound..<tokens[end - 1].range.upperBound
            let name = String(decoding: source[range], as: UTF8.self)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func isCall(at place: Int, _ tokens: [LuaToken], _ source: [UInt8]) -> Bool {
        guard tokens[place].kind == .name, source[tokens[place].range].elementsEqual("step".utf8),
            place + 2 < tokens.count
        else { return false }
        // A field of something else, or a definition, is not ours; `vmoon.step` is.
        if place > 0 {
            let before = tokens[place - 1]
            if before.isSymbol(.colon) || before.isKeyword(.function) { return false }
            if before.isSymbol(.dot), place > 1,
                !source[tokens[place - 2].range].elementsEqual("vmoon".utf8)
            {
                return false
            }
        }
        // `pcall(step, "name", …)` calls it as well.
        return tokens[place + 1].isSymbol(.leftParenthesis)
            || tokens[place + 1].isSymbol(.comma) && place > 0
                && tokens[place - 1].isSymbol(.leftParenthesis)
    }

    /// The end of an argument: a comma, or the bracket that closes the call.
    private static func endOfArgument(from first: Int, _ tokens: [LuaToken]) -> Int {
        var depth = 0
        for place in first..<tokens.count {
            switch tokens[place].kind {
            case .symbol(.leftParenthesis), .symbol(.leftBrace), .symbol(.leftBracket): depth += 1
            case .symbol(.rightParenthesis) where depth == 0: return place
            case .symbol(.rightParenthesis), .symbol(.rightBrace), .symbol(.rightBracket):
                depth -= 1
            case .symbol(.comma) where depth == 0: return place
            default: break
            }
        }
        return tokens.count
    }
}
