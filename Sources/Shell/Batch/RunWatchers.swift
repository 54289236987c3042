internal import Bindings
internal import Posix
internal import VSphere

/// The outside monitors of a run: Prometheus, and a service that is pinged.
///
/// Any failure of them is only a warning.
struct RunWatchers {
    private let metrics: RunMetrics?
    private let ping: Ping?

    private init(metrics: RunMetrics?, ping: Ping?) { (self.metrics, self.ping) = (metrics, ping) }

    /// Makes those that the options ask for.
    /// - Throws: If the address to ping is invalid.
    init(
        _ options: RunOptions,
        _ metrics: RunMetrics?,
        _ runtime: Runtime?,
        runID: String,
        warn: @escaping (String) -> Void
    ) throws(SettingsError) {
        self.metrics = metrics
        do throws(VSphereError) {
            ping = try options.pingURL.map { url throws(VSphereError) in
                try Ping(url, runID: runID, runtime) { problem in
                    warn("\(options.pingSource): \(problem)")
                }
            }
        } catch {
            throw SettingsError("\(options.pingSource): \(error.message)", exitCode: .usage)
        }
    }

    /// Reports that the run starts.
    func start() { ping?.start() }

    /// Reports how it ended.
    /// - Parameters:
    ///   - outcome: How it ended.
    ///   - rest: The time left until the deadline; nil without one.
    func end(_ outcome: RunOutcome, rest: Duration?) {
        // A person who has sent a signal waits, and should not wait long.
        let limit = outcome.signal == nil ? rest ?? Ping.limit : .zero
        end(outcome.ending, within: min(max(limit, .seconds(3)), Ping.limit))
    }

    private func end(_ ending: World.Ending, within limit: Duration) {
        metrics?.write(ending)
        ping?.end(status: ending.shellStatus, within: limit)
    }

    /// Reports a run that failed before it began: its profile or its log file is wrong.
    ///
    /// Not if another run holds the lock: then that run reports for itself.
    static func tellFailedStart(_ invocation: Invocation, _ code: ExitCode, _ world: World) {
        guard code != .tryAgain else { return }
        let options = RunOptions(invocation, environment: world.environment)
        // The wrong option may be the metrics file, which is then not ours.
        let isOurs = (try? RunMetrics.check(options, world)) != nil
        let metrics =
            isOurs ? options.metricsFile.map { RunMetrics($0, world, warn: world.warn) } : nil
        let runID = RandomIdentifier.make()
        var watchers = try? RunWatchers(options, metrics, nil, runID: runID, warn: world.warn)
        if watchers == nil {
            // The wrong option may be the address to ping.
            watchers = RunWatchers(metrics: metrics, ping: nil)
        }
        watchers?.end(.code(code.rawValue), within: Ping.limit)
    }
}

extension Runtime.Configuration {
    /// Connects log and metrics to the events of the run.
    mutating func watch(
        _ options: RunOptions,
        _ run: RunLog,
        _ metrics: RunMetrics?,
        _ world: World
    ) {
        let runTrace = run.trace
        if let runTrace {
            span = runTrace.span
            observeStep = runTrace.take
            traceparent = runTrace.header
        }
        let log = run.files
        let isDetailed = log.level <= .debug
        if isDetailed || metrics != nil || runTrace != nil {
            trace = { event in
                metrics?.count(event)
                runTrace?.take(event)
                if isDetailed { log.offer(LogRecord(event, at: world.wallTime())) }
            }
        }
        // Unless a log was asked for, only scripts write to it.
        let isAskedFor = options.logsOperations || world.journal != nil
        observesReads = isDetailed || metrics != nil || runTrace != nil
        observe = { event in
            run.count(event)
            metrics?.count(event)
            runTrace?.take(event)
            let isWanted = event.isChanging || event.outcome != "done"
            if isAskedFor, isWanted { log.offer(LogRecord(event, at: world.wallTime())) }
        }
        if options.logFile != nil { onTurn = log.reopenIfAsked }
    }
}
