internal import Bindings
internal import Posix
internal import VSphere

/// Who watches a run from outside: Prometheus, and a dead man's switch.
///
/// Whatever goes wrong with them is a warning and changes nothing.
struct RunWatchers {
    private let metrics: RunMetrics?
    private let ping: Ping?

    private init(metrics: RunMetrics?, ping: Ping?) { (self.metrics, self.ping) = (metrics, ping) }

    /// Makes those that the options ask for.
    /// - Throws: The address to ping is none.
    init(
        _ options: RunOptions,
        _ metrics: RunMetrics?,
        _ runtime: Runtime?,
        _ world: World,
        runID: String
    ) throws(SettingsError) {
        self.metrics = metrics
        do throws(VSphereError) {
            ping = try options.pingURL.map { url throws(VSphereError) in
                try Ping(url, runID: runID, runtime) { problem in
                    world.warn("\(options.pingSource): \(problem)")
                }
            }
        } catch {
            throw SettingsError("\(options.pingSource): \(error.message)", exitCode: .usage)
        }
    }

    /// Tells that the run starts.
    func start() { ping?.start() }

    /// Tells how it ended.
    /// - Parameters:
    ///   - outcome: How.
    ///   - rest: What is left until the deadline; nil without one.
    func end(_ outcome: RunOutcome, rest: Duration?) {
        // Who has sent a signal waits for us, and has little patience.
        let limit = outcome.signal == nil ? rest ?? Ping.limit : .zero
        end(outcome.ending, within: min(max(limit, .seconds(3)), Ping.limit))
    }

    private func end(_ ending: World.Ending, within limit: Duration) {
        metrics?.write(ending)
        ping?.end(status: ending.shellStatus, within: limit)
    }

    /// Tells of a run that ended before it began: its profile or its log file is no good.
    ///
    /// Not where another run holds the lock: the figures and the switch are at work for that one.
    static func tellFailedStart(_ invocation: Invocation, _ code: ExitCode, _ world: World) {
        guard code != .tryAgain else { return }
        let options = RunOptions(invocation, environment: world.environment)
        // The file may be the very mistake, and is not ours then.
        let isOurs = (try? RunMetrics.check(options, world)) != nil
        let metrics = isOurs ? options.metricsFile.map { RunMetrics($0, world) } : nil
        let runID = RandomIdentifier.make()
        var watchers = try? RunWatchers(options, metrics, nil, world, runID: runID)
        if watchers == nil {
            // The address to ping may be the very mistake.
            watchers = RunWatchers(metrics: metrics, ping: nil)
        }
        watchers?.end(.code(code.rawValue), within: Ping.limit)
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
