internal import Bindings
internal import Text
internal import VSphere

extension RunTrace {
    /// Begins the trace of a run, if the environment names a collector; nobody is told of a dry run.
    /// - Parameters:
    ///   - options: The options of the run.
    ///   - start: What begins.
    ///   - world: The surroundings; programs of the run find their place in the trace there.
    ///   - redaction: Takes secrets out of what is sent.
    /// - Returns: nil where no trace is wanted.
    /// - Throws: For settings that are wrong.
    static func begin(
        _ options: RunOptions,
        _ start: RunStart,
        _ world: World,
        _ redaction: Redaction
    ) throws(TraceSettings.Problem) -> RunTrace? {
        guard options.changes != .planned,
            let settings = try TraceSettings.read(world.environment)
        else { return nil }
        for header in settings.headers { redaction.hide(Secret(header.value)) }
        let trace = RunTrace(
            settings,
            world.environment,
            Run(
                identifier: start.identifier,
                script: start.script,
                began: world.wallTime(),
                host: start.host,
                process: start.process
            ),
            wallTime: world.wallTime,
            cleaned: { redaction.cleaned($0) }
        )
        world.replaceVariable(TraceContext.variable, trace.header(trace.span))
        return trace
    }
}
