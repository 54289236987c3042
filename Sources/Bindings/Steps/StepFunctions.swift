internal import Buffers
internal import Changes
internal import JSON
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// `step`, and what a step may use in place of clock and chance.
    static let steps: [FunctionSpec] = [
        FunctionSpec(
            "step",
            "Calls a function once in the life of a run, which vmoon resume continues: its results are kept, and no "
                + "change of it that was done is made again.",
            [
                Parameter(
                    "name",
                    "string",
                    "unique in the run, at most \(RunSteps.nameLimit) bytes; the same each time the script runs"
                ),
                Parameter(
                    "fn",
                    "function",
                    "what to do; begun again from its top if it did not end, with every read made anew"
                ),
                Parameter("...", "any", "its arguments", isOptional: true),
            ],
            returns: Result(
                "any",
                "what fn returns, at most \(SizeText.spelled(RunSteps.resultLimit)) as JSON; in a continued "
                    + "run what it returned then; an error among it is a plain table there, with kind and message"
            ),
            errors: ["usage", "diverged", "unknown_outcome", "journal"],
            example: """
                for _, name in ipairs{ "golden/ubuntu-22.04", "golden/debian-12" } do
                  local version = step("check " .. name, function()
                    return assert(item(name)):latest()
                  end)
                  print(name, version)
                end
                """,
            waits: true,
            body: nil
        ),
        FunctionSpec(
            "step.time",
            "Tells the time of day inside a step: the same at one place of the step, however often it is run.",
            returns: Result("number", "seconds since 1970-01-01T00:00:00Z, with a fraction"),
            errors: ["usage", "journal"],
            example: """
                print(step("stamp", function() return time.format(step.time()) end))
                """,
            waits: true
        ) { runtime, call in
            do throws(VSphereError) {
                let number = try runtime.stepNumber(call, "step.time")
                return runtime.waits(call) { pending in
                    runtime.changes.steps.time(number) { result in
                        switch result {
                        case .failure(let error): runtime.finish(pending, error)
                        case .success(let time):
                            call.result.put(Double(time) / 1000)
                            runtime.finish(pending, nil)
                        }
                    }
                }
            } catch {
                return runtime.raise(error, in: call)
            }
        },
        FunctionSpec(
            "step.random",
            "Gives a random number inside a step: the same at one place of the step, however often it is run.",
            [
                Parameter("m", "integer", "as for math.random: 1 to m", isOptional: true),
                Parameter("n", "integer", "m to n", isOptional: true),
            ],
            returns: Result("number", "from 0 to below 1; with m, or m and n, a whole number"),
            errors: ["usage"],
            example: """
                print(step("choose", function() return step.random(6) end))
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let number = try runtime.stepNumber(call, "step.random")
                let arguments = Arguments(call, of: "step.random")
                let range = try StepRandom.range(arguments)
                let random = StepRandom(key: runtime.changes.steps.randomKey(number))
                if let range {
                    call.result.put(random.integer(in: range))
                } else {
                    call.result.put(random.fraction)
                }
            }
        },
    ]
}

/// A random number that follows from a key.
struct StepRandom {
    private let bits: UInt64

    init(key: String) { bits = XXHash64.hash(Array(key.utf8)) }

    /// A number from 0 to below 1.
    var fraction: Double { Double(bits >> 11) * 0x1p-53 }

    /// A whole number in a range: of 64 bits the upper half of the product, even enough for people.
    func integer(in range: ClosedRange<Int>) -> Int {
        let size = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1
        let offset = size == 0 ? bits : bits.multipliedFullWidth(by: size).high
        return range.lowerBound &+ Int(truncatingIfNeeded: offset)
    }

    /// The range that the arguments name; nil for none.
    static func range(_ arguments: Arguments) throws(VSphereError) -> ClosedRange<Int>? {
        guard arguments.count > 0 else { return nil }
        guard arguments.count <= 2 else { throw arguments.misuse("takes m, or m and n") }
        let numbers = [arguments[0], arguments[1]].compactMap { $0?.integer }
        guard numbers.count == arguments.count else {
            throw arguments.misuse("m and n must be whole numbers")
        }
        let (low, high) = numbers.count == 1 ? (1, numbers[0]) : (numbers[0], numbers[1])
        guard low <= high else {
            throw arguments.misuse("there is no number from \(low) to \(high)")
        }
        return low...high
    }
}

/// The host's part of `step`; scripts reach it only through the Lua function.
let stepFunctions: [(name: String, body: FunctionSpec.Body)] = [
    // name → true and the results of a step that was done before, or false
    (
        "step.begin",
        { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                guard call.step == nil else {
                    let beside =
                        "another step has not ended: the coroutine that it was begun in is suspended"
                    let shown =
                        call.inheritsStep
                        ? "a task of a step cannot begin one"
                        : call.isBesideStep ? beside : "steps do not nest"
                    throw VSphereError(
                        .usage,
                        shown,
                        operation: "step",
                        hint:
                            "begin the steps inside parallel, one after the other, or side by side"
                    )
                }
                let name = try Arguments(call, of: "step").string(0, "name")
                switch runtime.changes.steps.begin(name) {
                case .failure(let error): throw error
                case .success(.kept(let text)):
                    call.result.put(true)
                    KeptResults(text).put(into: call.result)
                case .success(.begun(let number)):
                    runtime.interpreter.setStep(number)
                    call.result.put(false)
                }
            }
        }
    ),
    // results of the function → nothing; waits until they are on the disk
    (
        "step.finish",
        { runtime, call in
            do throws(VSphereError) {
                let number = try runtime.stepNumber(call, "step")
                let text = try runtime.keptResults(call.arguments.values, of: number)
                return runtime.waits(call, isShielded: true) { pending in
                    runtime.changes.steps.finish(number, text) { error in
                        runtime.finish(pending, error)
                    }
                }
            } catch {
                return runtime.raise(error, in: call)
            }
        }
    ),
    // the error that the function ended with, if any → nothing
    (
        "step.leave",
        { runtime, call in
            if let number = call.step, !call.inheritsStep {
                let error = call.arguments.root
                let kind = error?.kind == .record ? error?["kind"]?.string : nil
                runtime.changes.steps.leave(number, ErrorKind(rawValue: kind ?? "error"))
                runtime.interpreter.setStep(nil)
            }
            return .returned
        }
    ),
]

extension Runtime {
    /// The step that a call is made in.
    /// - Throws: kind `usage` outside of steps, and in a task that a step has started.
    func stepNumber(_ call: HostCall, _ function: String) throws(VSphereError) -> UInt32 {
        guard let number = call.step, !call.isBesideStep else {
            throw VSphereError(
                .usage,
                "is only there inside a step",
                operation: function,
                hint: "step(name, function() … end)"
            )
        }
        guard !call.inheritsStep else { throw .inTaskOfStep(function) }
        return number
    }

    /// The step that a change is made in; nil outside of steps.
    /// - Throws: kind `usage` in a task that a step has started: there the order of its changes would be left to
    ///   chance.
    func step(of call: HostCall, _ operation: String) throws(VSphereError) -> RunSteps.Step? {
        guard let number = call.step, !call.isBesideStep else { return nil }
        guard !call.inheritsStep else { throw .inTaskOfStep(operation) }
        return changes.steps.step(number)
    }

    /// The results of a step as JSON.
    fileprivate func keptResults(_ values: [Value], of step: UInt32) throws(VSphereError) -> String
    {
        for (index, value) in values.enumerated() {
            guard let problem = JSONText.problem(with: value) else { continue }
            var error = VSphereError(
                .usage,
                "result \(index + 1) cannot be kept: \(problem)",
                operation: "step",
                hint: StepText.keptHint
            )
            let name = changes.steps.step(step)?.name ?? ""
            error.subject = Display.escape(bytes: Array(name.utf8), limit: 80)
            throw error
        }
        return KeptResults(values).text
    }
}

/// The results of a step as the journal keeps them: a JSON array in which nil is null; where one of them is
/// `json.null`, an object that names the places of those too.
private struct KeptResults {
    private var values: [JSONValue]
    private var nulls: [Int]

    init(_ values: [Value]) {
        self.values = values.map { JSONValue($0) }
        nulls = values.indices.filter { values[$0].kind == .null }
    }

    init(_ text: String) {
        let tree = try? JSONValue(parsing: text)
        values = (tree?["results"] ?? tree)?.array ?? []
        nulls = tree?["nulls"]?.array?.compactMap(\.integer) ?? []
    }

    var text: String {
        let results = JSONValue.array(values)
        guard !nulls.isEmpty else { return JSONEncoder().encode(results) }
        let places = JSONValue.array(nulls.map { .integer($0) })
        return JSONEncoder().encode(.object([.init("results", results), .init("nulls", places)]))
    }

    func put(into buffer: ValueBuffer) {
        for (index, value) in values.enumerated() {
            if value == .null, !nulls.contains(index) { buffer.putNil() } else { buffer.put(value) }
        }
    }
}

extension VSphereError {
    /// The refusal of what has its place in the order of a step.
    fileprivate static func inTaskOfStep(_ operation: String) -> VSphereError {
        VSphereError(
            .usage,
            "not in a task that was started inside a step: its order would be left to chance",
            operation: operation,
            hint: "give each task a step of its own: call step inside parallel"
        )
    }
}
