internal import Bindings
internal import LuaSyntax

/// Names that a script looks for before it uses them: `table.unpack or unpack`, `if jit then`.
extension Checker {
    /// Looks at an expression whose value is only tested: what is not there is no mistake, here and from here on.
    mutating func visitTested(_ expression: LuaExpression) -> Known {
        switch expression.form {
        case .global(let name) where isUnknown(name): tested.insert(name)
        case .index(let base, let key):
            guard let name = key.string else { break }
            if let module = module(base), index.field(name, of: module) == nil {
                tested.insert("\(module).\(name)")
            }
        case .parenthesized(let inner): return visitTested(inner)
        case .unary(.keyword(.not), let operand):
            _ = visitTested(operand)
            return .type(.boolean)
        case .binary(.keyword(.and), let left, let right),
            .binary(.keyword(.or), let left, let right):
            let known = visitTested(left)
            if case .binary(.keyword(.or), _, _) = expression.form, isThere(known) {
                return .unknown
            }
            _ = visitTested(right)
            return .unknown
        default: break
        }
        return visit(expression)
    }

    /// Looks at both sides of an operator.
    mutating func visit(
        _ operation: LuaSymbolOrKeyword,
        _ left: LuaExpression,
        _ right: LuaExpression
    ) -> (Known, Known) {
        switch operation {
        case .keyword(.and): return (visitTested(left), visit(right))
        case .keyword(.or):
            let known = visitTested(left)
            // Lua never evaluates the right side if the function exists.
            return (known, isThere(known) ? .unknown : visit(right))
        case .symbol(.equal), .symbol(.notEqual):
            if case .nil = right.form { return (visitTested(left), .type(.nil)) }
            if case .nil = left.form { return (.type(.nil), visitTested(right)) }
            return (visit(left), visit(right))
        default: return (visit(left), visit(right))
        }
    }

    private func isThere(_ known: Known) -> Bool {
        switch known {
        case .function, .standard, .module, .api: true
        case .unknown, .type, .newSession: false
        }
    }

    private func isUnknown(_ name: String) -> Bool {
        chunk.assignedGlobals[name] == nil && index.global(name) == nil
    }

    /// The module that an expression names.
    private func module(_ expression: LuaExpression) -> String? {
        let known: Known?
        switch expression.form {
        case .global(let name) where chunk.assignedGlobals[name] == nil: known = index.global(name)
        case .local(let variable): known = variables[ObjectIdentifier(variable)]
        default: return nil
        }
        switch known {
        case .module(let name)?: return name
        case .standard(let function)? where index.isModule(function.name): return function.name
        default: return nil
        }
    }
}
