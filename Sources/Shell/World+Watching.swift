internal import Bindings
internal import LuaHost
internal import Posix
internal import VSphere

extension World {
    /// Lets signals and time limits stop a run, while the returned watch exists.
    ///
    /// `log` is told where nothing else than force has ended the run.
    func watch(
        _ runtime: Runtime,
        _ limits: RunWatch.Limits,
        _ log: RunLog? = nil
    ) -> RunWatch? {
        let interpreter = runtime.interpreter
        var limits = limits
        if let deadline = limits.deadline, rehearsal != nil {
            runtime.reachDeadline(after: deadline)
            limits.deadline = nil
        }
        limits.startsAlone = true  // the runtime asks for the rest with its first session
        let target = RunWatch.Target(interpreter, of: runtime, wake: runtime.wakeDescriptor) {
            runtime.lastResort()
            let reason = interpreter.interruption
            if reason == Interpreter.reached {
                log?.endByForce(.code(ExitCode.done.rawValue), nil)
                return ExitCode.done.rawValue
            }
            guard reason == Interpreter.deadline else {
                let code =
                    interpreter.exitStatus.map(Int32.init) ?? ExitCode.internalError.rawValue
                let signal = reason.flatMap { $0 > 0 ? Ending.signal(Int32($0)) : nil }
                log?.endByForce(
                    signal ?? .code(code),
                    RunProblem("nothing else stopped the script, and it was ended by force")
                )
                return code
            }
            let text = "the deadline was reached, and nothing else stopped the script"
            complain(text)
            log?.endByForce(
                .code(ExitCode.deadline.rawValue),
                RunProblem(text, kind: "deadline")
            )
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
