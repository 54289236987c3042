public import Buffers
internal import Changes
internal import JSON
public import LuaHost
internal import Posix
internal import Settling
internal import Text
internal import Transport
public import VSphere

/// Everything between one interpreter and the network: the host's side of a run.
///
/// It owns the interpreter, the loop and the sessions, and belongs to one thread.
public final class Runtime: InterpreterHost {
    let configuration: Configuration
    let multi: Multi
    let connections: Connections
    let changes: RunChanges
    private(set) var items = NumberedTable<Item>()
    var bars = NumberedTable<ProgressBar>()
    /// The identifiers of tags, by vCenter and name, as they were found in this run.
    var knownTags: [String: String] = [:]
    /// The parts of the whole API that scripts hold, and the operations that were called.
    var apiParts = NumberedTable<APIPart>()
    var apiOperations: [String: VSphere.Operation] = [:]
    /// The releases of vCenters that were asked for, by their addresses.
    var releases: [String: KnownRelease] = [:]
    /// Set while an input runs at the prompt: takes a text that is too long for the screen, to be shown in pages
    /// when the input has ended; false for a text that fits.
    public var showLong: ((String) -> Bool)?
    /// Set while a line is read at the prompt: shows text above it.
    public var showAbove: ((String) -> Void)? { didSet { printAbove() } }
    /// Parses JSON texts of scripts; the sessions have a parser of their own.
    private(set) lazy var jsonParser = JSONParser()
    /// The functions that are defined, by their numbers.
    private let index: FunctionIndex
    /// Their descriptions.
    private(set) lazy var functions: [FunctionSpec] =
        index.entries.map(\.spec) + (configuration.bench == nil ? [] : FunctionSpec.testing)
    /// How many functions are defined for scripts; the numbers after theirs are those of the hidden ones.
    var functionCount: Int { index.entries.count }
    /// The bodies of the functions called so far, by their numbers.
    private var bodies: [FunctionSpec.Body?]
    /// The functions that Lua does not call through the host.
    private var inLua: [(address: UInt64, number: Int)] = []
    var stopping = Stopping()
    /// The time of a dry run, and how many programs the loop waits for.
    var virtualTime = VirtualTime()
    var programCount = 0
    private var interpreterStorage: Interpreter?

    /// Whether a change was left with an unknown outcome: the run then ends with 80.
    public internal(set) var hasUnknownOutcome = false
    /// How many changes were left so.
    var doubtCount = 0

    /// Set when the run ends, and the remaining tasks only clean up.
    public var isEnding = false

    /// Makes a run with its interpreter and every function of the API.
    /// - Parameter configuration: The settings.
    /// - Throws: `LuaError` when there is no memory for an interpreter.
    public init(_ configuration: Configuration) throws(LuaError) {
        self.configuration = configuration
        CurrentProcess.ignoreBrokenPipes()
        multi = Multi()
        multi.timekeeper = configuration.timekeeper
        connections = Connections(multi: multi, configuration: configuration)
        index = configuration.sandbox == nil ? .all : FunctionIndex(where: \.isInSandbox)
        bodies = Array(repeating: nil, count: index.entries.count)
        let loop = RunLoop(multi, configuration.wallTime)
        changes = RunChanges(loop: loop, settings: configuration.record)
        changes.observe = configuration.observe
        changes.span = configuration.span
        changes.observeStep = configuration.observeStep
        changes.plan.tell = configuration.plan
        changes.plan.isKept = configuration.keepsPlan
        let interpreter = try Interpreter(
            host: self,
            usesEnvironment: configuration.usesEnvironment
        )
        interpreter.setWake(multi.wakeDescriptor)
        interpreterStorage = interpreter
        if let sandbox = configuration.sandbox {
            // First: what is defined afterwards stays.
            interpreter.restrictToSandbox(modulesIn: sandbox.modules.map(SystemText.bytes))
        }
        interpreter.withoutCollections {
            defineFunctions(in: interpreter)
            if configuration.bench != nil { openBench(in: interpreter) }
            guardPrograms(in: interpreter)
            defineSteps(in: interpreter)
        }
    }

    /// Makes `step` a function as well as a module.
    private func defineSteps(in interpreter: Interpreter) {
        changes.steps.isPlanned = configuration.changes == .planned
        changes.steps.onDone = { [unowned self] name in
            if name == configuration.lastStep { interpreter.interrupt(reason: Interpreter.reached) }
        }
        let first = functionCount + benchFunctions.count + programGuards.count
        for (number, function) in stepFunctions.enumerated() {
            // An error may be anything; a result that cannot be copied as it is, cannot be kept.
            let isLenient = function.name == "step.leave"
            interpreter.define(function: function.name, as: first + number, isLenient: isLenient)
        }
        interpreter.run(prelude: stepScript, rest: stepBody, limit: configuration.taskLimit)
    }

    /// Defines the functions that tests are written with.
    private func openBench(in interpreter: Interpreter) {
        for (number, function) in benchFunctions.enumerated() {
            let place = functionCount + number
            interpreter.define(function: function.name, as: place, isLenient: true)
        }
        interpreter.run(prelude: testScript, limit: configuration.taskLimit)
    }

    /// The interpreter.
    public var interpreter: Interpreter {
        guard let interpreterStorage else { preconditionFailure("the run has been shut down") }
        return interpreterStorage
    }

    /// Whether it waits for something that takes real time: a program, or the journal's disk.
    public var waitsForOthers: Bool { programCount > 0 || changes.isWriting }

    /// The descriptor that a signal handler writes to, so that the loop turns.
    public var wakeDescriptor: Int32 { multi.wakeDescriptor }

    private func defineFunctions(in interpreter: Interpreter) {
        for kind in ObjectKind.hosted {
            let method = FunctionIndex.Forms.method(of: kind)
            interpreter.define(
                kind: kind.rawValue,
                name: kind.name,
                close: index.first("close", method),
                call: index.first(nil, [.call, method])
            )
        }
        interpreter.run(
            prelude: parallelScript,
            rest: parallelBody,
            limit: configuration.taskLimit
        )
        for (number, entry) in index.entries.enumerated()
        where entry.forms.isDisjoint(with: [.inLua, .call]) {
            let isLenient = entry.forms.contains(.lenient)
            if entry.forms.contains(.global) {
                interpreter.define(
                    function: entry.name,
                    as: number,
                    isLenient: isLenient,
                    asksForTexts: entry.forms.contains(.asksForTexts)
                )
            }
            for kind in ObjectKind.allCases where entry.forms.contains(.method(of: kind)) {
                interpreter.define(
                    function: entry.name,
                    as: number,
                    onKind: kind.rawValue,
                    isLenient: isLenient
                )
            }
        }
        interpreter.run(
            prelude: shardScript,
            rest: shardBody,
            limit: configuration.taskLimit
        )
        let hosted = boxFunctions + shareFunctions
        for (number, function) in hosted.enumerated() {
            let place = functionCount + Self.hiddenFunctions.count - hosted.count + number
            interpreter.define(function: function.name, as: place, isLenient: true)
        }
        interpreter.openParts(host: "box")
        for (place, part, key) in boxPlaces { interpreter.define(place, part: part, key: key) }
        for (number, entry) in index.entries.enumerated()
        where entry.forms.isSuperset(of: [.inLua, .global]) {
            guard let address = interpreter.functionAddress(of: entry.name) else { continue }
            inLua.append((address, number))
        }
        let null = ValueBuffer()
        null.putNull()
        if let null = null.root { interpreter.define(value: null, as: "json.null") }
        let api = ValueBuffer()
        put(APIPart(session: nil), into: api)
        if let api = api.root { interpreter.define(value: api, as: "api") }
        interpreter.define(module: "vmoon", of: index.globals)
    }

    /// The number of a function that is not called through the host, by its address in Lua.
    func functionNumber(at address: UInt64) -> Int? {
        inLua.first { $0.address == address }?.number
    }

    // MARK: Shutting down

    /// Closes the Lua state, then logs out everywhere; log-outs that exceed the grace are
    /// cancelled.
    /// - Returns: The errors of failed log-outs, one for each vCenter.
    @discardableResult
    public func shutDown() -> [VSphereError] {
        interpreterStorage?.close()
        settleChanges()
        return logOut()
    }

    /// Ends every session, when the process ends without closing the Lua state.
    func logOut() -> [VSphereError] {
        defer { multi.tidy() }
        return connections.closeAll(
            within: configuration.grace,
            hurry: { [self] in interpreter.isForced },
            turn: { [self] limit in turn(limit) }
        )
    }

    func turn(_ limit: Duration?) {
        do throws(TransportError) {
            try multi.turn(waitingAtMost: limit)
        } catch {
            // The loop itself fails: nothing that follows could be trusted.
            configuration.tellBrokenLoop("the loop cannot go on: \(error.message)")
            configuration.exit(Int(ExitCode.internalError.rawValue))
        }
    }

    // MARK: InterpreterHost

    /// Calls the function that was defined under a number.
    public func call(_ function: Int, _ call: HostCall) -> Verdict {
        guard function < bodies.count else {
            return Self.hiddenFunctions[function - bodies.count].body(self, call)
        }
        if let body = bodies[function] { return body(self, call) }
        guard let body = index.entries[function].body else { return .returned }
        bodies[function] = body
        return body(self, call)
    }

    /// The functions that scripts find under other names, or not at all.
    private static let hiddenFunctions =
        benchFunctions + programGuards + stepFunctions + boxFunctions + shareFunctions

    /// Turns the loop once.
    public func wait(blocking: Bool) {
        let hasNews = lookForInterrupt()
        turn(blocking && !hasNews ? nil : .zero)
        configuration.onTurn?()
    }

    /// Reads a property of a session or an item.
    public func property(
        _ name: String,
        ofKind kind: UInt32,
        identifier: UInt64,
        into result: ValueBuffer
    ) {
        switch ObjectKind(rawValue: kind) {
        case .session where name == "api": put(APIPart(session: identifier), into: result)
        case .session: connections.property(name, of: identifier, into: result)
        case .api: property(name, ofPart: identifier, into: result)
        case .item: items[identifier]?.property(name, into: result)
        case .secret: if name == "__tostring" { result.put(literal: "***") }
        case .progress:
            if name == "__tostring" { result.put(bars[identifier]?.description ?? "") }
        case .task, .error, nil: break
        }
    }

    /// Forgets an object that no script refers to any more.
    public func release(kind: UInt32, identifier: UInt64) {
        switch ObjectKind(rawValue: kind) {
        case .session: connections.forget(identifier)
        case .api: apiParts.remove(identifier)
        case .item: items.remove(identifier)
        case .secret: configuration.secrets.forget(identifier)
        case .progress:
            bars[identifier]?.close()
            bars.remove(identifier)
        case .task, .error, nil: break
        }
    }

    /// How long cleaning up may take, where nobody says.
    public static var usualGrace: Duration { .seconds(20) }
    /// How long the end may take where somebody is not willing to wait.
    public static var shortGrace: Duration { .seconds(2) }

    /// Gives a run that has begun to stop by itself the time that any other has.
    public func interrupted(reason: Int) { RunWatch.beginGrace(reason: reason) }

    /// The last resort: logs out without the loop, which is in use.
    public func lastResort() {
        connections.openSessions.logOut(within: Self.shortGrace)
    }

    /// Ends every session and the process: `os.exit` in the main chunk.
    public func exit(status: Int) {
        settleChanges()
        _ = logOut()
        configuration.exit(status)
    }

    // MARK: For the functions

    /// Writes a handle of an item into a result.
    func put(_ item: Item, into result: ValueBuffer) {
        result.put(object: ObjectKind.item.rawValue, identifier: items.add(item))
    }

    /// Raises an error in the script.
    func raise(_ error: VSphereError, in call: HostCall) -> Verdict {
        if error.outcome == .unknown { hasUnknownOutcome = true }
        call.result.clear()
        if error.kind == .noMemory {
            // As Lua says it: there is too little memory for an error table.
            call.result.put(literal: "not enough memory")
        } else {
            error.write(into: call.result)
        }
        return .raised
    }
}
