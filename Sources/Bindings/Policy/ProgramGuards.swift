internal import Buffers
internal import Changes
internal import LuaHost
internal import Text
internal import VSphere

/// Replacements for Lua's functions that start programs, in a run that may start none, and a function for the
/// clock of a dry run.
///
/// These are no functions of the API: they have no description.
let programGuards: [(name: String, body: FunctionSpec.Body)] = [
    (
        "os.execute",
        { runtime, call in
            // Without a command it asks whether there is a shell.
            guard let command = call.arguments.root, command.kind != .nil else {
                call.result.put(true)
                return .returned
            }
            return runtime.answer(call) { () throws(VSphereError) in
                _ = try runtime.withhold("os.execute", command.text)
                call.result.put(true)
                call.result.put(literal: "exit")
                call.result.put(0)
            }
        }
    ),
    (
        "io.popen",
        { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let stand = try runtime.withhold("io.popen", call.arguments.root?.text ?? "")
                call.result.put(stand ?? "")
            }
        }
    ),
    (
        "os.leave",
        { runtime, call in
            let words = call.arguments.values.map(\.text)
            return runtime.answer(call) { () throws(VSphereError) in
                guard words.count == 2 else { return }
                try runtime.takeLeave(words[0], words[1])
            }
        }
    ),
    (
        "os.passed",
        { runtime, call in
            call.result.put(Int(runtime.virtualTime.passed.wholeMilliseconds / 1000))
            return .returned
        }
    ),
]

/// Makes `os.time` tell the time of a dry run, in which no `sleep` waits and yet time passes.
let clockScript = """
    local time, passed = os.time, os.passed
    os.passed = nil
    function os.time(...)
      if ... == nil then return time() + passed() end
      return time(...)
    end
    """

/// Makes Lua's own functions ask before they start a program, in a run that is held to a plan.
private let leaveScript = """
    local leave, execute, popen = os.leave, os.execute, io.popen
    os.leave = nil
    function os.execute(...)
      if ... ~= nil then leave("os.execute", (...)) end
      return execute(...)
    end
    function io.popen(...)
      leave("io.popen", (...))
      return popen(...)
    end
    """

extension Runtime {
    /// Puts the guards where a script finds Lua's functions.
    func guardPrograms(in interpreter: Interpreter) {
        guard configuration.sandbox == nil else { return }
        let isHeld = changes.settings.approved != nil && configuration.changes == .allowed
        guard isHeld || configuration.changes != .allowed else { return }
        for (number, function) in programGuards.enumerated()
        where (function.name == "os.leave") == isHeld {
            let place = functionCount + benchFunctions.count + number
            interpreter.define(function: function.name, as: place)
        }
        guard !isHeld else {
            return interpreter.run(prelude: leaveScript, limit: configuration.taskLimit)
        }
        interpreter.replacePopen()
        interpreter.run(prelude: clockScript, limit: configuration.taskLimit)
    }

    /// Decides whether a program may be started.
    /// - Parameters:
    ///   - function: The function that is to start it, as scripts know it.
    ///   - command: What it is; in a plan, shown escaped.
    ///   - input: What it is to read.
    ///   - isSafe: Whether the script says that it changes nothing.
    /// - Returns: What stands for its output, where it is only planned; nil for one to be started.
    /// - Throws: kind `forbidden_by_policy` in a run that only reads.
    func withhold(
        _ function: String,
        _ command: String,
        input: String = "",
        isSafe: Bool = false
    ) throws(VSphereError) -> String? {
        switch configuration.changes {
        case .allowed where isSafe: return nil
        case .allowed:
            try takeLeave(function, command)
            return nil
        case .refused where isSafe: return nil
        case .refused:
            throw VSphereError(
                .forbiddenByPolicy,
                "it starts a program, which may change anything, and this run only reads",
                operation: function,
                hint: "exec{ …, safe = true } starts one that changes nothing"
            )
        case .planned:
            // One that needs what is only planned cannot be started.
            guard !isSafe || Placeholder.isIn(command) || Placeholder.isIn(input) else {
                try changes.plan.note(function, about: command)
                return nil
            }
            return changes.plan.add(function, about: command, isChanging: !isSafe)
        }
    }
}

extension Value {
    /// A string or number as text.
    fileprivate var text: String {
        bytes.map { String(decoding: $0, as: UTF8.self) } ?? integer.map { "\($0)" }
            ?? number.map { "\($0)" } ?? ""
    }
}
