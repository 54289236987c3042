internal import Changes
internal import Transport
internal import VSphere

/// One part of a run that has ended, as a trace tells it.
struct TraceSpan: Equatable {
    /// OpenTelemetry's numbers for the kinds of spans.
    enum Kind: Int { case inside = 1, client = 3 }

    /// A fact about it.
    enum Fact: Equatable {
        case text(String)
        case number(Int)
        case flag(Bool)
    }

    /// Its identifier, and what it belongs to.
    var place: Span.Place
    var name: String
    var kind = Kind.inside
    /// Since 1970-01-01T00:00:00Z.
    var began: Duration
    var ended: Duration
    var facts: [(name: String, fact: Fact)] = []
    /// The error that ended it; nil if it was done.
    var problem: String?

    static func == (left: Self, right: Self) -> Bool {
        left.place == right.place && left.name == right.name
            && left.kind == right.kind && left.began == right.began && left.ended == right.ended
            && left.problem == right.problem
            && left.facts.elementsEqual(right.facts) { $0.name == $1.name && $0.fact == $1.fact }
    }

    private mutating func add(_ name: String, _ fact: Fact?) {
        if let fact { facts.append((name, fact)) }
    }
}

extension TraceSpan {
    /// An operation that has its verdict.
    /// - Parameters:
    ///   - event: The operation.
    ///   - place: Its place in the trace.
    ///   - time: The time of day at its verdict.
    init(_ event: OperationEvent, _ place: Span.Place, at time: Duration) {
        self.place = place
        name = event.operation
        (began, ended) = (time - event.duration, time)
        add("server.address", .text(event.vcenter))
        add("vmoon.item", event.item.map { .text($0) })
        add("vmoon.changes", .flag(event.isChanging))
        add("vmoon.outcome", .text(event.outcome))
        add("vmoon.attempts", .number(event.attempts))
        add("vmoon.operation.id", event.identifier.map { .text($0) })
        add("http.response.status_code", event.status.map { .number($0) })
        add("error.type", event.kind.map { .text($0) })
        if event.outcome != "done" { problem = event.problem ?? event.outcome }
    }

    /// A request that has ended.
    init(_ event: TraceEvent, _ place: Span.Place, at time: Duration) {
        self.place = place
        name = "\(event.method.rawValue) \(event.operation)"
        kind = .client
        (began, ended) = (time - event.duration, time)
        add("http.request.method", .text(event.method.rawValue))
        add("server.address", .text(event.vcenter))
        add("url.path", .text(event.path))
        add("http.response.status_code", event.status.map { .number($0) })
        if event.attempt > 1 { add("http.request.resend_count", .number(event.attempt - 1)) }
        if let status = event.status {
            guard status >= 400 else { return }
            add("error.type", .text("\(status)"))
            problem = "HTTP \(status)"
        } else {
            add("error.type", .text("transport"))
            problem = event.problem
        }
    }

    /// A step that has ended.
    init(_ event: StepEvent, at time: Duration) {
        place = event.span
        name = "step \(event.name)"
        (began, ended) = (time - event.duration, time)
        add("vmoon.step", .text(event.name))
        add("error.type", event.failure.map { .text($0) })
        problem = event.failure
    }

    /// The run itself.
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - context: The trace it belongs to.
    ///   - run: What it is.
    ///   - ending: How it ended.
    init(_ id: UInt64, in context: TraceContext, _ run: RunTrace.Run, _ ending: RunTrace.Ending) {
        place = Span.Place(id: id, parent: context.parent.flatMap { UInt64($0, radix: 16) } ?? 0)
        name = "vmoon \(run.script)"
        (began, ended) = (run.began, ending.time)
        add("vmoon.run.id", .text(run.identifier))
        add("vmoon.script", .text(run.script))
        add("process.exit.code", .number(Int(ending.exitCode)))
        add("vmoon.spans_dropped", ending.dropped == 0 ? nil : .number(ending.dropped))
        guard ending.exitCode != 0 else { return }
        add("error.type", .text(ending.kind ?? "\(ending.exitCode)"))
        problem = ending.message
    }
}
