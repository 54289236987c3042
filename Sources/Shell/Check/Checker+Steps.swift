internal import Bindings
internal import LuaSyntax
internal import Text

/// Checks what a script with steps does outside of them, and what its steps are called and return.
extension Checker {
    /// Where code stands as to steps.
    enum StepPlace {
        /// It runs outside of every step.
        case outside
        /// It is the function of a step.
        case inside
        /// It is a function with a name, called from where that is.
        case named(Checker.Holder)
        /// It may be called from anywhere.
        case unknown
    }

    /// The functions that call their function arguments at once, or as a task of where they stand.
    private static let callers: Set = ["parallel", "spawn", "pcall", "xpcall", "retry", "waitFor"]

    /// The calls that give another value each time.
    private static let changing: Set = [
        "math.random", "os.time", "os.clock", "os.date", "os.tmpname", "time.now", "step.random",
        "step.time",
    ]

    /// Checks the arguments of a call, functions among them as what is called there.
    mutating func visitArguments(of call: LuaCall, to function: Known, isTest: Bool) -> [Known] {
        // `pcall(step, "name", function() … end)` begins one as well.
        let passed = call.arguments.firstIndex {
            if case .global("step") = $0.form { true } else { false }
        }
        let name = passed == nil ? function.name : "step"
        let namePlace = passed.map { $0 + 1 } ?? 0
        if name == "step", case .inside = stepPlace {
            report(
                .warning,
                "step is called inside a step, and steps do not nest: begin them one after the other",
                at: call.callee.range.lowerBound
            )
        }
        noteCall(of: call.callee)
        return call.arguments.enumerated().map { place, argument in
            guard case .function(let body) = argument.form else {
                if name == "step", place == namePlace { checkStepName(argument) }
                // What follows the function is passed to it.
                let isFunction =
                    place == 0 || name != "pcall" && name != "xpcall" && name != "spawn"
                if isFunction, name.map(Self.callers.contains) == true { noteCall(of: argument) }
                return isTest ? visitTested(argument) : visit(argument)
            }
            let isStep = name == "step"
            let isCalledHere = name.map(Self.callers.contains) ?? false
            visit(body, as: isStep ? .inside : isCalledHere ? stepPlace : .unknown)
            return .type(.function("function"))
        }
    }

    /// Checks the body of a function.
    mutating func visit(_ function: LuaFunction, as place: StepPlace) {
        let outer = (stepPlace, isStepBody)
        (stepPlace, isStepBody) = (place, false)
        if case .inside = place { isStepBody = true }
        visit(function.body)
        (stepPlace, isStepBody) = outer
    }

    /// Warns of a change outside of steps: a run that is continued would make it again.
    mutating func checkStep(of spec: FunctionSpec, at byte: Int) {
        guard hasSteps, spec.isChanging else { return }
        switch stepPlace {
        case .outside: reportChange(spec.name, at: byte)
        case .named(let holder): changes[holder, default: []].append((spec.name, byte))
        case .inside, .unknown: break
        }
    }

    private mutating func reportChange(_ name: String, at byte: Int) {
        report(
            .warning,
            "\(name) is called outside of step: a run that is continued would do it again",
            at: byte
        )
    }

    /// Warns of the changes of all functions that are called by their names outside of steps.
    mutating func reportCalledChanges() {
        var called: Set<Holder> = []
        var next = calls[nil] ?? []
        while let holder = next.popFirst() {
            guard called.insert(holder).inserted else { continue }
            next.formUnion(calls[holder] ?? [])
            for change in changes[holder] ?? [] { reportChange(change.name, at: change.byte) }
        }
    }

    /// Takes note of a call by name, outside of steps or in a function that has a name itself.
    private mutating func noteCall(of callee: LuaExpression) {
        guard hasSteps, let holder = holder(of: callee) else { return }
        switch stepPlace {
        case .outside: calls[nil, default: []].insert(holder)
        case .named(let caller): calls[caller, default: []].insert(holder)
        case .inside, .unknown: break
        }
    }

    /// The only name of what an expression stands for; nil for one that is assigned again, and for anything else.
    func holder(of expression: LuaExpression) -> Holder? {
        switch expression.form {
        case .local(let variable) where !variable.isReassigned: .local(ObjectIdentifier(variable))
        case .global(let name) where chunk.assignedGlobals[name]?.count == 1: .global(name)
        default: nil
        }
    }

    /// Where the body of a function stands that is assigned to a name.
    func place(of holder: Holder?) -> StepPlace { holder.map { .named($0) } ?? .unknown }

    /// Warns of a name that is another one each time, or that an earlier statement of the block has used.
    private mutating func checkStepName(_ expression: LuaExpression) {
        if let name = expression.string {
            if stepNames.block.contains(name) {
                report(
                    .warning,
                    "a step above is called \(name.quotedForMessage) too, and a name is unique in the run",
                    at: expression.range.lowerBound
                )
            }
            stepNames.statement.insert(name)
        }
        guard let call = Self.changingCall(in: expression, index) else { return }
        report(
            .warning,
            "the name of the step is made from \(call): it is another one when the run is continued",
            at: expression.range.lowerBound
        )
    }

    private static func changingCall(in expression: LuaExpression, _ index: CheckIndex) -> String? {
        switch expression.form {
        case .call(let call):
            if case .index(let base, let key) = call.callee.form,
                case .global(let module) = base.form,
                let field = key.string, changing.contains("\(module).\(field)")
            {
                return "\(module).\(field)"
            }
            let parts = [call.callee] + call.arguments
            return parts.lazy.compactMap { changingCall(in: $0, index) }.first
        case .index(let base, let key):
            return changingCall(in: base, index) ?? changingCall(in: key, index)
        case .binary(_, let left, let right):
            return changingCall(in: left, index) ?? changingCall(in: right, index)
        case .unary(_, let operand): return changingCall(in: operand, index)
        case .parenthesized(let inner): return changingCall(in: inner, index)
        default: return nil
        }
    }

    /// Warns of a result that a step cannot keep.
    mutating func checkResults(_ values: [LuaExpression], _ known: [Known]) {
        guard isStepBody else { return }
        for (expression, known) in zip(values, known) {
            guard let what = known.unkept else { continue }
            report(
                .warning,
                "the step cannot keep \(what) as its result; return what makes it again, such as an id",
                at: expression.range.lowerBound
            )
        }
    }
}

extension Known {
    /// The name of the function that it is.
    fileprivate var name: String? {
        switch self {
        case .function(let spec, _): spec.name
        case .standard(let function): function.name
        default: nil
        }
    }

    /// The name of a value that no step can keep; nil for any other value.
    fileprivate var unkept: String? {
        switch self {
        case .function, .standard, .type(.function): "a function"
        case .newSession: "a session"
        case .type(let type):
            if case .object(let kind) = type.withoutNil, kind != .error {
                "\(kind)" == "item" ? "an item" : "a \(kind)"
            } else {
                nil
            }
        default: nil
        }
    }
}
