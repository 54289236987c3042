internal import APIIndex
internal import Bindings
internal import LuaSyntax
internal import Text

/// Checks calls: number and types of arguments.
extension Checker {
    /// Checks a call.
    /// - Parameters:
    ///   - call: The call.
    ///   - byte: The place where it begins.
    /// - Returns: What is known of its results.
    mutating func visit(_ call: LuaCall, at byte: Int) -> [Known] {
        if let method = call.method {
            let object = visitBase(call.callee)
            // Also if the variable may hold another object.
            if method.name == "close" { settle(call.callee) }
            let arguments = call.arguments.map { visit($0) }
            return visit(method: method, of: object, call, arguments)
        }
        let function = visitBase(call.callee)
        // Of a name that is not there `type` says "nil".
        let isTest = if case .standard(let asked) = function { asked.name == "type" } else { false }
        let arguments = visitArguments(of: call, to: function, isTest: isTest)
        let end = call.callee.range.lowerBound
        switch function {
        case .function(let spec, let kind?):
            guard arguments.first.map({ $0.object == kind || $0.type == nil }) == true else {
                let object = name(of: call.callee) ?? "\(kind)"
                report(
                    .error,
                    "\(spec.name) is a method: write \(object):\(spec.name)(…)",
                    at: end
                )
                return results(of: spec)
            }
            let rest = Array(call.arguments.dropFirst())
            check(rest, Array(arguments.dropFirst()), spec, on: kind, at: end)
            return results(of: spec)
        case .function(let spec, nil):
            check(call.arguments, arguments, spec, on: nil, at: end)
            checkStep(of: spec, at: end)
            if spec.name == "options" { return [options(call)] }
            return spec.name == "session" ? [.newSession] : results(of: spec)
        case .standard(let function):
            checkCount(
                call.arguments,
                function.least,
                function.most,
                "\(function.name)",
                at: end
            )
            return results(of: function, call, arguments)
        case .api(let path):
            let place = path.isEmpty ? "api" : "api.\(path)"
            let names = APIFacts.children(of: path).map(\.name).prefix(3)
            report(
                .error,
                "\(place) is no operation: in it are "
                    + names.map { "\(place).\($0)" }.joined(separator: ", "),
                at: end
            )
            return [.unknown]
        case .module(let module) where module != "vmoon":
            let isReplaced = chunk.assignedFields.contains { $0.hasPrefix("\(module).") }
            guard !isReplaced else { return [.unknown] }
            let names = index.names(in: module).sorted().prefix(3)
            report(
                .error,
                "\(module) is a table of functions: call one of them, such as "
                    + names.map { "\(module).\($0)" }.joined(separator: ", "),
                at: end
            )
            return [.unknown]
        default: return [.unknown]
        }
    }

    private mutating func visit(
        method: (name: String, range: Range<Int>),
        of object: Known,
        _ call: LuaCall,
        _ arguments: [Known]
    ) -> [Known] {
        let byte = method.range.lowerBound
        switch object {
        case .module(let module):
            if case .unknown? = index.field(method.name, of: module) { return [.unknown] }
            report(
                .error,
                "\(module) is no object: write \(module).\(method.name)(…)",
                at: byte
            )
        case .function(let spec, nil):
            report(.error, noField(method.name, of: spec), at: byte)
        case .type(.string), .type(.literal):
            // The script may have added functions to strings.
            if chunk.assignedFields.contains("string.\(method.name)") { return [.unknown] }
            guard let function = StandardLibrary.functions["string.\(method.name)"] else {
                let names = StandardLibrary.names(in: "string")
                report(
                    .error,
                    "a string has no \(method.name)" + hint(method.name, among: names),
                    at: byte
                )
                break
            }
            checkCount(
                call.arguments,
                max(function.least - 1, 0),
                function.most.map { $0 - 1 },
                method.name,
                at: byte
            )
            return [Known(function.result)]
        default:
            guard let kind = object.object else {
                // Of what a variable holds nothing is known, but a method of that name is hardly another one.
                if let spec = index.method(method.name, of: .session) {
                    checkStep(of: spec, at: byte)
                }
                break
            }
            return visit(method: method, ofKind: kind, call, arguments)
        }
        return [.unknown]
    }

    private mutating func visit(
        method: (name: String, range: Range<Int>),
        ofKind kind: ObjectKind,
        _ call: LuaCall,
        _ arguments: [Known]
    ) -> [Known] {
        let byte = method.range.lowerBound
        guard let spec = index.method(method.name, of: kind) else {
            guard kind != .error else { return [.unknown] }
            let isField = kind.fields.contains { $0.name == method.name }
            let phrase = LuaType.object(kind).phrase
            report(
                .error,
                isField
                    ? "\(method.name) is a field of \(phrase), not a method: write .\(method.name)"
                    : "\(phrase) has no \(method.name)"
                        + hint(method.name, among: index.names(of: kind)),
                at: byte
            )
            return [.unknown]
        }
        check(call.arguments, arguments, spec, on: kind, at: byte)
        checkStep(of: spec, at: byte)
        return results(of: spec)
    }

    private mutating func settle(_ expression: LuaExpression) {
        switch expression.form {
        case .local(let variable): settled.insert(.local(ObjectIdentifier(variable)))
        case .global(let name): settled.insert(.global(name))
        default: break
        }
    }

    private func name(of callee: LuaExpression) -> String? {
        guard case .index(let base, _) = callee.form else { return nil }
        switch base.form {
        case .local(let variable): return variable.name
        case .global(let name): return name
        default: return nil
        }
    }

    // MARK: Results

    private func results(of spec: FunctionSpec) -> [Known] {
        let types = spec.result.types
        // `local it, err = item "x"`: the additional results of a look-up that finds nothing.
        let rest = spec.result.otherwise.dropFirst(types.count).map { LuaType.optional($0) }
        return (types + rest).map { Known($0) }
    }

    private func results(
        of function: StandardLibrary.Function,
        _ call: LuaCall,
        _ arguments: [Known]
    ) -> [Known] {
        switch function.name {
        case "assert": return arguments.isEmpty ? [.unknown] : arguments + [.unknown]
        case "require" where call.arguments.first?.string == "vmoon": return [.module("vmoon")]
        default: return [Known(function.result), .unknown]
        }
    }

    // MARK: Arguments

    private mutating func check(
        _ expressions: [LuaExpression],
        _ arguments: [Known],
        _ spec: FunctionSpec,
        on kind: ObjectKind?,
        at byte: Int
    ) {
        let parameters = spec.parameters(on: kind)
        let fixed = Array(parameters.prefix { $0.name != "..." })
        let least = fixed.lastIndex { !$0.isOptional }.map { $0 + 1 } ?? 0
        let most = spec.isVariadic ? nil : fixed.count
        let form = Reference.form(of: spec, parameters)
        checkCount(expressions, least, most, form, at: byte)
        for (place, parameter) in fixed.enumerated() where place < expressions.count {
            // `f(…, g())`: the results of g may fill several places.
            let expression = expressions[place]
            let type = parameter.isOptional ? LuaType.optional(parameter.type) : parameter.type
            check(expression, arguments[place], type, parameter.name, in: spec)
        }
    }

    private mutating func checkCount(
        _ arguments: [LuaExpression],
        _ least: Int,
        _ most: Int?,
        _ form: String,
        at byte: Int
    ) {
        let isOpen = arguments.last?.isMultiple == true
        let count = isOpen ? arguments.count - 1 : arguments.count
        // A call in the last place may return no value, and then it is not an excess argument.
        let isTooMany = most.map { count > $0 } ?? false
        guard isTooMany || (!isOpen && count < least) else { return }
        let range =
            most.map { $0 == least ? "\(least)" : "\(least) to \($0)" } ?? "at least \(least)"
        let noun = most == 1 && least == 1 || most == nil && least == 1 ? "argument" : "arguments"
        report(.error, "\(form) takes \(range) \(noun), not \(count)", at: byte)
    }

    private mutating func check(
        _ expression: LuaExpression,
        _ known: Known,
        _ type: LuaType,
        _ place: String,
        in spec: FunctionSpec
    ) {
        guard let found = known.type else { return }
        guard type.accepts(found) else {
            var message =
                "\(spec.name): \(place) must be \(type.withoutNil.phrase), not \(found.phrase)"
            let choices = type.choices
            if case .literal(let text) = found, !choices.isEmpty {
                message += hint(text, among: choices)
            } else if case .integer = found, type.accepts(.string) {
                message += "; write it in quotes"
            }
            return report(.error, message, at: expression.range.lowerBound)
        }
        guard case .table(let fields) = expression.form else { return }
        let records = type.alternatives.filter { $0.fields.isEmpty == false }
        guard records.count == 1 else { return }
        check(fields, against: records[0], place, in: spec, at: expression.range.lowerBound)
    }

    /// Checks a table constructor whose fields are known.
    private mutating func check(
        _ fields: [LuaTableField],
        against type: LuaType,
        _ place: String,
        in spec: FunctionSpec,
        at byte: Int
    ) {
        guard case .record(let known, let isOpen) = type else { return }
        let names = known.map(\.name)
        var isComplete = true
        var given: Set<String> = []
        for field in fields {
            guard let key = field.key, let name = key.string else {
                isComplete = false
                continue
            }
            given.insert(name)
            guard let declared = known.first(where: { $0.name == name }) else {
                let guess = Suggestion.nearest(to: name, among: names)
                if !isOpen || guess != nil {
                    // The missing field is probably this misspelt one.
                    isComplete = false
                    report(
                        isOpen ? .warning : .error,
                        "\(spec.name): there is no \(place).\(name)"
                            + (guess.map { "; did you mean \($0)?" }
                                ?? "; known: \(names.joined(separator: ", "))"),
                        at: key.range.lowerBound
                    )
                }
                continue
            }
            check(
                field.value,
                constant(field.value),
                declared.type,
                "\(place).\(name)",
                in: spec
            )
        }
        guard isComplete else { return }
        for field in known where !field.type.allowsNil && !given.contains(field.name) {
            report(.error, "\(spec.name): \(place).\(field.name) is missing", at: byte)
        }
    }

    /// The known value of a constant that was checked already.
    private func constant(_ expression: LuaExpression) -> Known {
        switch expression.form {
        case .nil: .unknown  // an omitted field
        case .boolean: .type(.boolean)
        case .number(let isInteger): .type(isInteger ? .integer : .number)
        case .string(let text): .type(.literal(text))
        case .table: .type(.table)
        case .function: .type(.function("function"))
        case .local(let variable): variables[ObjectIdentifier(variable)] ?? .unknown
        default: .unknown
        }
    }
}
