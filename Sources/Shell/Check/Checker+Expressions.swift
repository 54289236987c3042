internal import APIIndex
internal import Bindings
internal import LuaSyntax
internal import Text

/// Checks expressions and determines what is known of them.
extension Checker {
    /// Checks an expression.
    /// - Returns: What is known of its first value.
    mutating func visit(_ expression: LuaExpression) -> Known {
        switch expression.form {
        case .nil: return .type(.nil)
        case .boolean: return .type(.boolean)
        case .number(let isInteger): return .type(isInteger ? .integer : .number)
        case .string(let text): return .type(.literal(text))
        case .varargs: return .unknown
        case .local(let variable):
            settled.insert(.local(ObjectIdentifier(variable)))
            return plain(variables[ObjectIdentifier(variable)] ?? .unknown)
        case .global(let name):
            settled.insert(.global(name))
            return plain(global(name, at: expression.range.lowerBound))
        case .index(let base, let key):
            let known = visitBase(base)
            guard let name = key.string else {
                _ = visit(key)
                return element(of: known)
            }
            return field(name, at: key.range.lowerBound, of: known, named: base)
        case .call: return visitAll(expression).first ?? .type(.nil)
        case .function(let function):
            visit(function)
            return .type(.function("function"))
        case .table(let fields):
            for field in fields {
                if let key = field.key { _ = visit(key) }
                _ = visit(field.value)
            }
            return .type(.table)
        case .unary(let operation, let operand):
            _ = operation == .keyword(.not) ? visitTested(operand) : visitBase(operand)
            return unary(operation)
        case .binary(let operation, let left, let right):
            let (left, right) = visit(operation, left, right)
            return binary(operation, left, right)
        case .parenthesized(let inner): return visit(inner)
        }
    }

    /// Checks an expression that may have several values.
    mutating func visitAll(_ expression: LuaExpression) -> [Known] {
        guard case .call(let call) = expression.form else { return [visit(expression)] }
        return visit(call, at: expression.range.lowerBound)
    }

    /// Checks an expression that is only indexed or called, so that its value is not passed on.
    mutating func visitBase(_ expression: LuaExpression) -> Known {
        switch expression.form {
        case .local(let variable): plain(variables[ObjectIdentifier(variable)] ?? .unknown)
        case .global(let name): plain(global(name, at: expression.range.lowerBound))
        default: visit(expression)
        }
    }

    /// A session counts as new only in the expression that opens it.
    private func plain(_ known: Known) -> Known {
        if case .newSession = known { .type(.object(.session)) } else { known }
    }

    // MARK: Names

    private mutating func global(_ name: String, at byte: Int) -> Known {
        if chunk.assignedGlobals[name] != nil { return globals[name] ?? .unknown }
        if let known = index.global(name) { return known }
        if chunk.hasOpenGlobals || tested.contains(name) { return .unknown }
        let guess = Synonyms.globals[name] ?? Suggestion.nearest(to: name, among: index.globals)
        let hint = guess.map { "; did you mean \($0)?" } ?? ""
        report(.error, "nothing defines \(name)\(hint)", at: byte)
        return .unknown
    }

    private mutating func field(
        _ name: String,
        at byte: Int,
        of known: Known,
        named base: LuaExpression
    ) -> Known {
        switch known {
        case .unknown: return .unknown
        case .module(let module): return field(name, at: byte, ofModule: module)
        case .api(let path): return field(name, at: byte, ofAPI: path)
        case .function(let spec, _):
            if index.isModule(spec.name) { return field(name, at: byte, ofModule: spec.name) }
            report(.error, noField(name, of: spec), at: byte)
            return .unknown
        case .standard(let function):
            if index.isModule(function.name) {
                return field(name, at: byte, ofModule: function.name)
            }
            guard !chunk.assignedFields.contains("\(function.name).\(name)") else {
                return .unknown
            }
            report(.error, "\(function.name) is a function and has no field \(name)", at: byte)
            return .unknown
        case .newSession, .type:
            return known.type.map { field(name, at: byte, ofType: $0.withoutNil) } ?? .unknown
        }
    }

    /// A part of the whole API: a package, a service, or an operation, which is a function.
    private mutating func field(_ name: String, at byte: Int, ofAPI path: String) -> Known {
        let part = path.isEmpty ? name : "\(path).\(name)"
        if let operation = FunctionSpec.api(part) { return .function(operation, fieldOf: nil) }
        let names = APIFacts.children(of: path).map(\.name)
        if names.contains(name) { return .api(part) }
        let place = path.isEmpty ? "api" : "api.\(path)"
        let other = APIFacts.operation(like: part).map { "; did you mean api.\($0)?" }
        report(.error, "\(place) has no \(name)" + (other ?? hint(name, among: names)), at: byte)
        return .unknown
    }

    private mutating func field(_ name: String, at byte: Int, ofModule module: String) -> Known {
        let path = "\(module).\(name)"
        if chunk.assignedFields.contains(path) || tested.contains(path) { return .unknown }
        if let known = index.field(name, of: module) { return known }
        report(
            .error,
            "\(module) has no \(name)" + hint(name, among: index.names(in: module)),
            at: byte
        )
        return .unknown
    }

    private mutating func field(_ name: String, at byte: Int, ofType type: LuaType) -> Known {
        switch type {
        case .object(let kind):
            if kind == .session, name == "find" { return .module("find") }
            if let field = kind.fields.first(where: { $0.name == name }) {
                return Known(field.type)
            }
            if let method = index.method(name, of: kind) {
                return .function(method, fieldOf: kind)
            }
            let names = index.names(of: kind)
            if kind == .error {
                // Errors are tables, and a script may add fields to them.
                if let guess = Suggestion.nearest(to: name, among: names),
                    !chunk.assignedNames.contains(name)
                {
                    report(
                        .warning,
                        "an error has no field \(name); did you mean \(guess)?",
                        at: byte
                    )
                }
                return .unknown
            }
            report(.error, "\(type.phrase) has no \(name)" + hint(name, among: names), at: byte)
            return .unknown
        case .record(let fields, let isOpen):
            if let field = fields.first(where: { $0.name == name }) { return Known(field.type) }
            if chunk.assignedNames.contains(name) { return .unknown }
            let names = fields.map(\.name)
            let guess = Synonyms.nearest(to: name, among: names)
            let giver = index.giver(of: name, missingIn: type)
            guard !isOpen || guess != nil || giver != nil else { return .unknown }
            report(
                .warning,
                "there is no field \(name) in \(type.short)"
                    + (guess.map { "; did you mean \($0)?" }
                        ?? giver.map { "; \($0) gives one" }
                        ?? (type.short == "table"
                            ? "; known: \(names.joined(separator: ", "))" : "")),
                at: byte
            )
            return .unknown
        case .map(_, let value): return Known(value)
        case .integer:
            report(.error, "a number has no field \(name)", at: byte)
            return .unknown
        default: return .unknown
        }
    }

    /// The hint for a name that does not exist.
    func hint(_ name: String, among names: [String]) -> String {
        Synonyms.nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
    }

    /// `session.opne`: a function was used instead of the object it makes.
    func noField(_ name: String, of spec: FunctionSpec) -> String {
        let text = "\(spec.name) is a function and has no field \(name)"
        guard case .object(let kind)? = spec.result.types.first else { return text }
        let call = "\(spec.name)(\(spec.parameters.contains { !$0.isOptional } ? "…" : ""))"
        let guess = Suggestion.nearest(to: name, among: index.names(of: kind))
        return text + (guess.map { "; did you mean \(call):\($0)(…)?" } ?? "; \(call) makes one")
    }

    private func element(of known: Known) -> Known {
        switch known.type?.withoutNil {
        case .list(let type)?: Known(type)
        case .map(_, let type)?: Known(type)
        default: .unknown
        }
    }

    // MARK: Operators

    private func unary(_ operation: LuaSymbolOrKeyword) -> Known {
        switch operation {
        case .keyword(.not): .type(.boolean)
        case .symbol(.hash): .type(.integer)
        default: .type(.number)
        }
    }

    private func binary(
        _ operation: LuaSymbolOrKeyword,
        _ left: Known,
        _ right: Known
    ) -> Known {
        switch operation {
        case .keyword(.and), .keyword(.or):
            // `a and b or c`: the result is one of them, unknown before it runs.
            return .unknown
        case .symbol(.concatenation): return .type(.string)
        case .symbol(.equal), .symbol(.notEqual), .symbol(.less), .symbol(.greater),
            .symbol(.lessOrEqual), .symbol(.greaterOrEqual):
            return .type(.boolean)
        default: return .type(.number)
        }
    }
}
