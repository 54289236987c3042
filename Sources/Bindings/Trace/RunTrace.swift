public import Changes
internal import Posix
internal import Text
public import VSphere

/// The trace of one run: itself, its steps, its operations, their requests.
public final class RunTrace {
    /// A run: its identifier, its script, where and since when it is at work.
    public struct Run {
        /// The run's identifier.
        public var identifier: String
        /// The script's name, safe to show.
        public var script: String
        /// Since 1970-01-01T00:00:00Z.
        public var began: Duration
        /// The name of the machine.
        public var host: String
        /// The number of the process.
        public var process: Int32

        /// Says what a run is.
        public init(
            identifier: String,
            script: String,
            began: Duration,
            host: String,
            process: Int32
        ) {
            self.identifier = identifier
            self.script = script
            self.began = began
            self.host = host
            self.process = process
        }
    }

    /// The end of a run.
    public struct Ending {
        /// The exit code; for a signal 128 plus its number.
        public var exitCode: Int32
        /// The kind of the error.
        public var kind: String?
        /// The error, on one line.
        public var message: String?
        /// Since 1970-01-01T00:00:00Z.
        var time = Duration.zero
        /// How many spans have not reached the collector.
        var dropped = 0

        /// Says how a run ended.
        public init(exitCode: Int32, kind: String?, message: String?) {
            self.exitCode = exitCode
            self.kind = kind
            self.message = message
        }
    }

    private let context: TraceContext
    /// The run's place in the trace.
    public let span: Span
    private let run: Run
    private let wallTime: () -> Duration
    /// nil where another program has decided that the trace is not recorded.
    private var export: TraceExport?
    private let settings: TraceSettings
    private let cleaned: (String) -> String

    /// Begins a trace; `connect` says where it goes.
    /// - Parameters:
    ///   - settings: Where it goes.
    ///   - variables: The environment: `TRACEPARENT` and `TRACESTATE` name the trace to continue.
    ///   - run: What is traced.
    ///   - wallTime: The time of day.
    ///   - cleaned: Takes secrets out of a text.
    public init(
        _ settings: TraceSettings,
        _ variables: [String: String],
        _ run: Run,
        wallTime: @escaping () -> Duration,
        cleaned: @escaping (String) -> String
    ) {
        self.settings = settings
        context =
            variables[TraceContext.variable].flatMap {
                TraceContext($0, state: variables["TRACESTATE"])
            } ?? TraceContext(identifier: RandomIdentifier.make())
        span = Span(seed: XXHash64.hash(Array(RandomIdentifier.make().utf8)))
        self.run = run
        self.wallTime = wallTime
        self.cleaned = cleaned
    }

    /// Gives the text of `TRACEPARENT` for a program that a part of the run starts.
    public func header(_ span: Span) -> String { context.header(for: span.place.id) }

    /// Begins to send it.
    /// - Parameters:
    ///   - runtime: The run whose loop sends it.
    ///   - warn: Called once, with why spans were not taken.
    /// - Throws: For a header field that cannot be sent.
    public func connect(
        _ runtime: Runtime,
        warn: @escaping (String) -> Void
    ) throws(TraceSettings.Problem) {
        guard context.isSampled else { return }
        var resource = settings.resource
        func add(_ name: String, _ value: String) {
            guard !resource.contains(where: { $0.name == name }) else { return }
            resource.append(.init(name: name, value: value))
        }
        add("service.version", Release.version)
        add("host.name", run.host)
        add("process.pid", "\(run.process)")
        let document = TraceDocument(context: context, resource: resource, cleaned: cleaned)
        export = try TraceExport(settings, document, runtime.multi, warn: warn)
    }

    /// Takes a request.
    public func take(_ event: TraceEvent) {
        let place = Span.Place(
            id: span.part().place.id,
            parent: event.span?.id ?? span.place.id
        )
        export?.add(TraceSpan(event, place, at: wallTime()))
    }

    /// Takes an operation.
    public func take(_ event: OperationEvent) {
        export?.add(TraceSpan(event, event.span ?? span.part().place, at: wallTime()))
    }

    /// Takes a step.
    public func take(_ event: StepEvent) {
        export?.add(TraceSpan(event, at: wallTime()))
    }

    /// Ends the trace, and waits until it has arrived, for at most a second.
    public func end(_ ending: Ending) {
        guard let export else { return }
        var ending = ending
        ending.dropped = export.dropped
        ending.time = wallTime()
        export.end(with: TraceSpan(span.place.id, in: context, run, ending))
        self.export = nil
    }
}
