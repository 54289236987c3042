internal import Bindings
internal import JSON
internal import LuaSyntax
internal import Text

/// The options of a script as they are written in its `options{…}`, without running it.
enum WrittenOptions {
    /// The options of the first description in a source; nil if there is none that can be read.
    static func find(in source: [UInt8]) -> ScriptOptions? {
        let tokens = LuaLexer.tokens(of: source).filter { $0.kind != .comment }
        let nesting = LuaNesting(tokens[...])
        for place in tokens.indices.dropLast()
        where tokens[place].kind == .name
            && source[tokens[place].range].elementsEqual("options".utf8)
        {
            if place > 0, tokens[place - 1].isSymbol(.dot) || tokens[place - 1].isSymbol(.colon) {
                continue
            }
            var first = place + 1
            if tokens[first].isSymbol(.leftParenthesis) { first += 1 }
            guard first < tokens.count, tokens[first].isSymbol(.leftBrace),
                let last = nesting.partners[first]
            else { continue }
            let range = tokens[first].range.lowerBound..<tokens[last].range.upperBound
            let text = Array("return ".utf8) + source[range]
            guard let chunk = try? LuaParser.parse(text), let statement = chunk.body.first,
                case .return(let values) = statement.form, let table = values.first
            else { continue }
            return try? ScriptOptions(tree(of: table))
        }
        return nil
    }

    /// The tree of a table constructor; null stands for what only a run knows.
    ///
    /// Of numbers the kind is known, and not the value.
    static func tree(of expression: LuaExpression) -> JSONValue {
        switch expression.form {
        case .boolean(let bool): return .boolean(bool)
        case .number(let isInteger): return isInteger ? .integer(0) : .double(0.5)
        case .string(let text): return .string(text)
        case .parenthesized(let inner): return tree(of: inner)
        case .table(let fields):
            if fields.allSatisfy({ $0.key == nil }) {
                return .array(fields.map { tree(of: $0.value) })
            }
            var members: [JSONValue.Member] = []
            var count = 0
            for field in fields {
                if let name = field.key?.string {
                    members.append(.init(name, tree(of: field.value)))
                } else if field.key == nil {
                    count += 1
                    members.append(.init("[\(count)]", tree(of: field.value)))
                }
            }
            return .object(members)
        default: return .null
        }
    }
}

extension ScriptOptions {
    /// A line for each option: its name, what it is for, and the words that it may be, with tabs in between.
    var rows: String {
        var rows = options.map { entry -> [String] in
            var words: [String] = []
            if case .choice(let choices) = entry.kind { words = choices }
            return [entry.spelling, entry.summary, words.joined(separator: " ")]
        }
        rows.append(["--help", "shows what the script takes", ""])
        return rows.map { row in
            row.map { Display.escape($0) }.joined(separator: "\t") + "\n"
        }.joined()
    }
}

extension Checker {
    /// Checks the description of a script's options; what is known of the table that it gets.
    mutating func options(_ call: LuaCall) -> Known {
        guard let description = call.arguments.first, case .table = description.form else {
            return .type(.table)
        }
        do throws(ScriptOptions.Misuse) {
            let options = try ScriptOptions(WrittenOptions.tree(of: description))
            return .type(options.type)
        } catch {
            report(
                .error,
                "options: \(error.message)" + (error.hint.map { "; \($0)" } ?? ""),
                at: description.range.lowerBound
            )
            return .type(.table)
        }
    }
}
