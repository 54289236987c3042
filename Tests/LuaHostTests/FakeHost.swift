import Buffers
@testable import LuaHost

/// A host without a network: its functions answer at once, later, or with an error.
final class FakeHost: InterpreterHost {
    enum Function: Int, CaseIterable {
        /// Returns its arguments.
        case echo
        /// Returns its arguments after as many turns of the loop as its first argument says.
        case later
        /// Raises an error of kind `not_found`.
        case fail
        /// Raises the same, later.
        case failLater
        /// As `later`; once it is under way it is finished, whoever gives it up.
        case change
        /// As `failLater`, and finished likewise.
        case failChange
        /// A handle.
        case open
        /// What `<close>` on a handle calls.
        case close
        /// Raises unless its arguments can be copied; returns how many bytes they took.
        case measure
    }

    private(set) var log: [String] = []
    private(set) var exitStatus: Int?
    private var waiting: [(turns: Int, call: HostCall, verdict: Verdict)] = []
    private var changes: Set<ObjectIdentifier> = []
    private var nextHandle: UInt64 = 0
    private(set) var liveHandles: Set<UInt64> = []
    var onWait: () -> Void = {}

    func install(in interpreter: Interpreter) {
        interpreter.define(kind: 1, name: "test.handle", close: Function.close.rawValue)
        for function in Function.allCases {
            interpreter.define(
                function: "\(function)",
                as: function.rawValue,
                isLenient: function == .close
            )
        }
        interpreter.define(function: "echo", as: Function.echo.rawValue, onKind: 1)
    }

    func call(_ number: Int, _ call: HostCall) -> Verdict {
        switch Function(rawValue: number) {
        case .echo: return copy(call)
        case .later:
            let turns = call.arguments.root?.integer ?? 1
            _ = copy(call)
            waiting.append((turns, call, .returned))
            return .waiting
        case .fail: return fail(call)
        case .failLater:
            _ = fail(call)
            waiting.append((1, call, .raised))
            return .waiting
        case .change:
            let turns = call.arguments.root?.integer ?? 1
            _ = copy(call)
            waiting.append((turns, call, .returned))
            changes.insert(ObjectIdentifier(call))
            return .waiting
        case .failChange:
            let turns = call.arguments.root?.integer ?? 1
            _ = fail(call)
            waiting.append((turns, call, .raised))
            changes.insert(ObjectIdentifier(call))
            return .waiting
        case .open:
            nextHandle += 1
            liveHandles.insert(nextHandle)
            call.result.put(object: 1, identifier: nextHandle)
            return .returned
        case .close:
            log.append("close \(call.arguments.root?.object?.identifier ?? 0)")
            return .returned
        case .measure:
            call.result.put(call.arguments.byteCount)
            return .returned
        case nil: preconditionFailure("no such function")
        }
    }

    private func copy(_ call: HostCall) -> Verdict {
        for value in call.arguments.values { call.result.put(value) }
        return .returned
    }

    private func fail(_ call: HostCall) -> Verdict {
        call.result.putError {
            call.result.put("kind")
            call.result.put("not_found")
            call.result.put("message")
            call.result.put("there is no such item")
            call.result.put("exit_code")
            call.result.put(66)
            return 3
        }
        return .raised
    }

    func wait(blocking: Bool) {
        onWait()
        var left: [(turns: Int, call: HostCall, verdict: Verdict)] = []
        let current = waiting
        waiting = []
        for entry in current {
            if entry.turns <= 1 {
                let isChange = changes.remove(ObjectIdentifier(entry.call)) != nil
                entry.call.complete(entry.verdict, stands: isChange)
            } else {
                left.append((entry.turns - 1, entry.call, entry.verdict))
            }
        }
        waiting = left + waiting
    }

    func abandon(_ call: HostCall) {
        log.append("abandon")
        guard !changes.contains(ObjectIdentifier(call)) else { return }
        waiting.removeAll { $0.call === call }
        call.result.clear()
        call.complete(.returned)
    }

    func property(
        _ name: String,
        ofKind kind: UInt32,
        identifier: UInt64,
        into result: ValueBuffer
    ) {
        if name == "id" { result.put(Int(identifier)) }
        if name == "__tostring" { result.put("handle \(identifier)") }
    }

    func release(kind: UInt32, identifier: UInt64) { liveHandles.remove(identifier) }

    func interrupted(reason: Int) {}

    func exit(status: Int) { exitStatus = status }
}

/// Runs Lua text in an interpreter of its own over a `FakeHost`.
final class Bench {
    let host = FakeHost()
    let interpreter: Interpreter

    init() throws {
        interpreter = try Interpreter(host: host)
        host.install(in: interpreter)
    }

    deinit { interpreter.close() }

    /// Runs a text and then its tasks; the message of the error, if one left it.
    func error(of text: String) -> LuaError? {
        do throws(LuaError) {
            try interpreter.run(text, chunkName: "=test")
            try interpreter.finishTasks(cancelling: false)
            return nil
        } catch {
            return error
        }
    }
}
