internal import Bindings
internal import LuaSyntax

/// Checks a script for misuse of our functions and of Lua's, without running it.
///
/// It reports only what is certain, or nearly so: a value of unknown type is accepted. Errors that Lua itself
/// reports are not checked.
struct Checker {
    let index: CheckIndex
    let map: SourceMap
    let chunk: LuaChunk
    private(set) var findings: [Finding] = []
    private var reported: Set<Finding> = []
    /// The known values of variables that are never reassigned.
    var variables: [ObjectIdentifier: Known] = [:]
    var globals: [String: Known] = [:]
    /// The names that are not there and were looked for: globals, and `module.field`.
    var tested: Set<String> = []
    /// Where sessions were opened and put into a variable, by the variable.
    var opened: [Holder: Int] = [:]
    /// The variables whose session is closed, or passed on.
    var settled: Set<Holder> = []

    /// Whether the script has steps; where the code that is looked at stands as to them, and whether it is the
    /// function of one itself.
    let hasSteps: Bool
    var stepPlace = StepPlace.outside
    var isStepBody = false
    /// The calls and changes of each named function, by its name; nil stands for code outside of steps.
    var calls: [Holder?: Set<Holder>] = [:]
    var changes: [Holder: [(name: String, byte: Int)]] = [:]
    /// The literal names of the steps of earlier statements of the block, and of the present statement.
    var stepNames: (block: Set<String>, statement: Set<String>) = ([], [])

    /// The variable or global that a session or a function was assigned to.
    enum Holder: Hashable {
        case local(ObjectIdentifier)
        case global(String)
    }

    /// Checks a source.
    /// - Parameters:
    ///   - bytes: The source; Lua has accepted it.
    ///   - index: The known functions.
    /// - Returns: The findings, in the order of the source.
    static func check(_ bytes: [UInt8], _ index: CheckIndex) -> [Finding] {
        // A file of type annotations for editors defines the functions again, and is never run.
        if bytes.starts(with: Array("---@meta".utf8)) { return [] }
        let map = SourceMap(bytes, tokens: LuaLexer.tokens(of: bytes))
        let chunk: LuaChunk
        do throws(LuaSyntaxError) {
            chunk = try LuaParser.parse(bytes)
        } catch {
            let place = map.place(of: error.range.lowerBound)
            return [
                Finding(
                    severity: error.isLimit ? .warning : .error,
                    message: error.message,
                    line: place.line,
                    column: place.column
                )
            ]
        }
        let hasSteps = !StepNames.written(in: bytes).isEmpty
        var checker = Checker(index: index, map: map, chunk: chunk, hasSteps: hasSteps)
        checker.visit(chunk.body)
        checker.reportCalledChanges()
        checker.reportOpenSessions()
        return checker.findings
            .filter { !map.ignoredLines.contains($0.line) }
            .sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    private init(index: CheckIndex, map: SourceMap, chunk: LuaChunk, hasSteps: Bool) {
        self.hasSteps = hasSteps
        self.index = index
        self.map = map
        self.chunk = chunk
    }

    mutating func report(_ severity: Finding.Severity, _ message: String, at byte: Int) {
        let place = map.place(of: byte)
        let finding = Finding(
            severity: severity,
            message: message,
            line: place.line,
            column: place.column
        )
        if reported.insert(finding).inserted { findings.append(finding) }
    }

    // MARK: Statements

    mutating func visit(_ statements: [LuaStatement]) {
        let outer = stepNames
        stepNames = ([], [])
        for statement in statements {
            visit(statement)
            stepNames = (stepNames.block.union(stepNames.statement), [])
        }
        stepNames = outer
    }

    private mutating func visit(_ statement: LuaStatement) {
        switch statement.form {
        case .local(let targets, let values):
            let names = targets.map { Holder.local(ObjectIdentifier($0)) }
            let known = visit(list: values, count: targets.count, names)
            for (variable, known) in zip(targets, known) {
                if !variable.isReassigned { variables[ObjectIdentifier(variable)] = known }
                if case .newSession = known, variable.attribute != "close" {
                    opened[.local(ObjectIdentifier(variable))] = variable.range.lowerBound
                }
            }
            checkParallel(values, kept: targets.count)
        case .localFunction(let variable, let function):
            if !variable.isReassigned { variables[ObjectIdentifier(variable)] = .unknown }
            visit(function, as: place(of: .local(ObjectIdentifier(variable))))
        case .assignment(let targets, let values):
            let known = visit(list: values, count: targets.count, targets.map { holder(of: $0) })
            for (target, known) in zip(targets, known) { assign(target, known) }
            checkParallel(values, kept: targets.count)
        case .function(let target, let function):
            assign(target, .unknown)
            visit(function, as: place(of: holder(of: target)))
        case .call(let call):
            if case .newSession = visit(call) {
                report(
                    .warning,
                    "the session is opened and not kept: write local vc <close> = session()",
                    at: call.range.lowerBound
                )
            }
            checkParallel([call], kept: 0)
        case .block(let body): visit(body)
        case .while(let condition, let body):
            _ = visitTested(condition)
            visit(body)
        case .repeat(let body, let condition):
            visit(body)
            _ = visitTested(condition)
        case .if(let branches, let otherwise):
            for branch in branches {
                _ = visitTested(branch.condition)
                visit(branch.body)
            }
            visit(otherwise)
        case .numericFor(let variable, let values, let body):
            for value in values { _ = visit(value) }
            if !variable.isReassigned { variables[ObjectIdentifier(variable)] = .type(.number) }
            visit(body)
        case .genericFor(let targets, let values, let body):
            visitLoop(targets, values)
            visit(body)
        case .return(let values): checkResults(values, visit(list: values, count: 0))
        case .break, .goto, .label: break
        }
    }

    mutating func visit(_ function: LuaFunction) { visit(function, as: .unknown) }

    /// The values of a list of expressions: one for each except the last, which may have several.
    ///
    /// A function among them has the name that it is assigned to.
    private mutating func visit(
        list: [LuaExpression],
        count: Int,
        _ names: [Holder?] = []
    ) -> [Known] {
        var known: [Known] = []
        for (place, expression) in list.enumerated() {
            if place < names.count, case .function(let function) = expression.form {
                visit(function, as: self.place(of: names[place]))
                known.append(.type(.function("function")))
            } else if place == list.count - 1 {
                known += visitAll(expression)
            } else {
                known.append(visit(expression))
            }
        }
        // Missing values are nil, or unknown.
        let isOpen = list.last?.isMultiple == true
        while known.count < count { known.append(isOpen ? .unknown : .type(.nil)) }
        return known
    }

    /// `for i, v in ipairs(list)`: determines the types of the elements.
    private mutating func visitLoop(_ targets: [LuaVariable], _ values: [LuaExpression]) {
        var element: Known = .unknown
        for value in values {
            guard case .call(let call) = value.form, call.method == nil,
                case .global(let name) = call.callee.form, name == "ipairs" || name == "pairs",
                let argument = call.arguments.first
            else {
                let known = visit(value)
                if values.count == 1 { checkIterator(known, at: value.range.lowerBound) }
                continue
            }
            if name == "ipairs", let counter = targets.first, !counter.isReassigned {
                variables[ObjectIdentifier(counter)] = .type(.integer)
            }
            switch visit(argument).type?.withoutNil {
            case .list(let type)?: element = Known(type)
            case .map(_, let type)?: element = Known(type)
            default: break
            }
            for more in call.arguments.dropFirst() { _ = visit(more) }
        }
        if targets.count > 1, !targets[1].isReassigned {
            variables[ObjectIdentifier(targets[1])] = element
        }
    }

    /// `for _, v in list()`: a list is not an iterator.
    private mutating func checkIterator(_ known: Known, at byte: Int) {
        guard case .type(let type) = known else { return }
        let maker: String
        switch type.withoutNil {
        case .list: maker = "ipairs"
        case .map: maker = "pairs"
        default: return
        }
        let phrase = type.withoutNil.phrase
        report(.error, "for cannot go through \(phrase): write \(maker)(…) around it", at: byte)
    }

    private mutating func assign(_ target: LuaExpression, _ known: Known) {
        switch target.form {
        case .local(let variable):
            guard case .newSession = known, variable.attribute != "close" else { return }
            opened[.local(ObjectIdentifier(variable))] = target.range.lowerBound
        case .global(let name): assign(global: name, known, at: target.range.lowerBound)
        case .index(let base, let key):
            // A table to which the script adds fields no longer has its original type.
            if case .local(let variable) = base.form, key.string != nil {
                _ = visitBase(base)
                if variables[ObjectIdentifier(variable)]?.object == nil {
                    variables[ObjectIdentifier(variable)] = .unknown
                }
            } else {
                _ = visitBase(base)
                _ = visit(key)
            }
        default: break
        }
    }

    private mutating func assign(global name: String, _ known: Known, at byte: Int) {
        let places = chunk.assignedGlobals[name] ?? []
        if places.count == 1 { globals[name] = known }
        if case .newSession = known { opened[.global(name)] = byte }
        if index.isOurs(name) {
            report(
                .warning,
                "this replaces vmoon's \(name) for the rest of the run; write local \(name) = …",
                at: byte
            )
        } else if places.allSatisfy({ $0 }), !StandardLibrary.globals.contains(name) {
            report(
                .warning,
                "\(name) becomes a global from inside a function; write local \(name) = …, or set it "
                    + "outside first",
                at: byte
            )
        }
    }

    // MARK: Sessions and parallel

    private mutating func reportOpenSessions() {
        for (holder, byte) in opened where !settled.contains(holder) {
            report(
                .warning,
                "this session is never closed: write local vc <close> = session(), or close it",
                at: byte
            )
        }
    }

    /// Reports an unused result of `parallel`.
    private mutating func checkParallel(_ values: [LuaExpression], kept: Int) {
        guard let last = values.last, case .call(let call) = last.form, call.method == nil,
            case .global("parallel") = call.callee.form, call.arguments.count > 1
        else { return }
        var collects = false
        if call.arguments.count > 2, case .table(let fields) = call.arguments[2].form {
            collects = fields.contains {
                $0.key?.string == "errors" && $0.value.string == "collect"
            }
        }
        if collects, kept - (values.count - 1) < 2 {
            report(
                .warning,
                "errors = \"collect\" raises nothing, and the errors are thrown away: write "
                    + "local results, errors = parallel(…)",
                at: last.range.lowerBound
            )
        } else if kept == 0, case .function(let function) = call.arguments[1].form,
            Self.returnsValue(function.body)
        {
            report(
                .warning,
                "the results of parallel are thrown away: keep them, or return nothing",
                at: last.range.lowerBound
            )
        }
    }

    private static func returnsValue(_ body: [LuaStatement]) -> Bool {
        body.contains { statement in
            switch statement.form {
            case .return(let values): !values.isEmpty
            case .block(let body), .while(_, let body), .repeat(let body, _),
                .numericFor(_, _, let body), .genericFor(_, _, let body):
                returnsValue(body)
            case .if(let branches, let otherwise):
                branches.contains { returnsValue($0.body) } || returnsValue(otherwise)
            default: false
            }
        }
    }
}
