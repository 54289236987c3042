internal import Bindings
internal import LuaHost
internal import Posix
internal import VSphere

extension World {
    /// Lets signals and time limits stop a run, while the returned watch exists.
    func watch(_ runtime: Runtime, _ limits: RunWatch.Limits) -> RunWatch? {
        let interpreter = runtime.interpreter
        var limits = limits
        if let deadline = limits.deadline, rehearsal != nil {
            runtime.reachDeadline(after: deadline)
            limits.deadline = nil
        }
        limits.startsAlone = true  // the runtime asks for the rest with its first session
        let target = RunWatch.Target(interpreter, of: runtime, wake: runtime.wakeDescriptor) {
            runtime.lastResort()
            if interpreter.interruption == Interpreter.reached { return ExitCode.done.rawValue }
            guard interpreter.interruption == Interpreter.deadline else {
                return interpreter.exitStatus.map(Int32.init) ?? ExitCode.internalError.rawValue
            }
            complain("the deadline was reached, and nothing else stopped the script")
            return ExitCode.deadline.rawValue
        }
        return watch(target, limits)
    }

    /// Lets only the deadline stop an interpreter that has no run of its own.
    func watch(_ interpreter: Interpreter, within deadline: Duration) -> RunWatch? {
        var limits = RunWatch.Limits(grace: .zero, deadline: deadline)
        limits.isStoppedBySignals = false
        let target = RunWatch.Target(interpreter, of: interpreter, wake: nil) {
            complain("the deadline was reached, and nothing else stopped the script")
            return ExitCode.deadline.rawValue
        }
        return watch(target, limits)
    }
}

extension RunWatch.Target {
    /// The one place where pointers pass from the interpreter to the process: C handlers pass them back to C.
    fileprivate init(
        _ interpreter: Interpreter,
        of object: AnyObject,
        wake: Int32?,
        lastResort: @escaping () -> Int32
    ) {
        let interrupter = interpreter.interrupter
        unsafe self.init(
            object,
            context: interrupter.context,
            interrupt: interrupter.interrupt,
            force: interrupter.force,
            deadline: Interpreter.deadline,
            wake: wake,
            lastResort: lastResort
        )
    }
}
