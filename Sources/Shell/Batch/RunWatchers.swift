internal import Bindings
internal import VSphere

/// Who watches a run from outside: Prometheus, and a dead man's switch.
///
/// Whatever goes wrong with them is a warning and changes nothing.
struct RunWatchers {
    private let metrics: RunMetrics?
    private let ping: Ping?

    /// Makes those that the options ask for.
    /// - Throws: The address to ping is none.
    init(
        _ options: RunOptions,
        _ metrics: RunMetrics?,
        _ runtime: Runtime,
        _ world: World,
        runID: String
    ) throws(SettingsError) {
        self.metrics = metrics
        do throws(VSphereError) {
            ping = try options.pingURL.map { url throws(VSphereError) in
                try Ping(url, runID: runID, runtime) { problem in
                    world.complain("warning: --ping-url: \(problem)")
                }
            }
        } catch {
            throw SettingsError("--ping-url: \(error.message)", exitCode: .usage)
        }
    }

    /// Tells that the run starts.
    func start() { ping?.start() }

    /// Tells how it ended.
    func end(_ outcome: RunOutcome) {
        metrics?.write(outcome.ending)
        // Who has sent a signal waits for us, and has little patience.
        ping?.end(
            status: outcome.ending.shellStatus,
            within: outcome.signal == nil ? Ping.limit * 2 : .seconds(3)
        )
    }
}

extension Runtime.Configuration {
    /// Lets log and metrics hear of what happens.
    mutating func watch(
        _ options: RunOptions,
        _ log: LogFiles,
        _ metrics: RunMetrics?,
        _ world: World
    ) {
        let isDetailed = log.level <= .debug
        if isDetailed || metrics != nil {
            trace = { event in
                metrics?.count(event)
                if isDetailed { log.offer(LogRecord(event, at: world.wallTime())) }
            }
        }
        // Without a log that somebody asked for, a script is the only one to speak.
        let isAskedFor = options.logsOperations || world.journal != nil
        guard isAskedFor || metrics != nil else { return }
        observesReads = isDetailed || metrics != nil
        observe = { event in
            metrics?.count(event)
            let isWanted = event.isChanging || event.outcome != "done"
            if isAskedFor, isWanted { log.offer(LogRecord(event, at: world.wallTime())) }
        }
        if options.logFile != nil { onTurn = log.reopenIfAsked }
    }
}
