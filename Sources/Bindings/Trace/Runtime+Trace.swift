internal import Changes
internal import LuaHost
internal import VSphere

extension Runtime {
    /// Begins a part of the trace for a call of the script: it belongs to the call's step, or to the run.
    /// - Returns: nil in a run that is not traced.
    func span(of call: HostCall) -> Span? {
        (stepSpan(of: call) ?? configuration.span)?.part()
    }

    /// Gives the place in the trace for a program that a step starts; nil outside of steps, where our own variable has
    /// it already, and in a run that is not traced.
    func traceparent(of call: HostCall) -> String? {
        stepSpan(of: call).flatMap { configuration.traceparent?($0) }
    }

    private func stepSpan(of call: HostCall) -> Span? {
        guard configuration.span != nil, let step = call.step else { return nil }
        return changes.steps.step(step)?.span
    }
}
