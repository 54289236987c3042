internal import Transport
public import JSON
internal import Text
public import VSphere

/// One record of the log: time, level, message, and named values.
public struct LogRecord: Sendable, Equatable {
    /// The importance of a record.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case trace, debug, info, warn, error

        /// Orders by importance.
        public static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The time since 1970-01-01T00:00:00Z.
    public let time: Duration
    /// The level.
    public let level: Level
    /// The message; raw, escaped when it is written.
    public let message: String
    /// Values beside the message, in the order they are written.
    public let fields: [JSONValue.Member]

    /// Makes a record.
    public init(
        time: Duration,
        level: Level,
        message: String,
        fields: [JSONValue.Member] = []
    ) {
        self.time = time
        self.level = level
        self.message = message
        self.fields = fields
    }

    /// The record with `***` for every secret in its message and its fields.
    public func cleaned(by redaction: Redaction) -> LogRecord {
        LogRecord(
            time: time,
            level: level,
            message: redaction.cleaned(message),
            fields: fields.map { .init($0.name, redaction.cleaned($0.value)) }
        )
    }

    /// The record of one request to a vCenter; keep-alives have the level `trace`, others
    /// `debug`.
    public init(_ event: TraceEvent, at time: Duration) {
        var fields: [JSONValue.Member] = [
            .init("operation", .string(event.operation)),
            .init("vcenter", .string(event.vcenter)),
            .init("method", .string(event.method.rawValue)),
            .init("path", .string(event.path)),
        ]
        if let status = event.status { fields.append(.init("status", .integer(status))) }
        if let problem = event.problem { fields.append(.init("problem", .string(problem))) }
        fields.append(.init("duration_ms", .integer(Int(event.duration.wholeMilliseconds))))
        fields.append(.init("attempt", .integer(event.attempt)))
        self.init(
            time: time,
            level: event.operation == "keepalive" ? .trace : .debug,
            message: "request",
            fields: fields
        )
    }
}

/// The destination of log records.
public struct LogOutput {
    /// The lowest level that is written.
    public let level: LogRecord.Level
    /// Writes a record of a sufficient level.
    public let write: (LogRecord) -> Void

    /// Makes an output.
    public init(level: LogRecord.Level, write: @escaping (LogRecord) -> Void) {
        self.level = level
        self.write = write
    }
}
