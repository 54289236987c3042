internal import JSON
internal import Text
public import VSphere

extension LogRecord {
    /// The record of an operation that has its verdict: a change as `info`, `warn` if it did not happen,
    /// `error` if its outcome is unknown; a read that failed as `debug`.
    public init(_ event: OperationEvent, at time: Duration) {
        var fields: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { fields.append(.init(name, value)) }
        }
        add("op_id", event.identifier.map { .string($0) })
        add("operation", .string(event.operation))
        add("vcenter", .string(event.vcenter))
        add("item", event.item.map { .string($0) })
        add("item_name", event.itemName.map { .string($0) })
        add("attempt", .integer(event.attempts))
        add("outcome", .string(event.outcome))
        add("kind", event.kind.map { .string($0) })
        add("status", event.status.map { .integer($0) })
        add("duration_ms", .integer(Int(event.duration.wholeMilliseconds)))
        let level: Level =
            !event.isChanging
            ? .debug
            : event.outcome == "unknown" ? .error : event.outcome == "done" ? .info : .warn
        let message = event.problem ?? "\(event.operation) \(event.outcome)"
        self.init(time: time, level: level, message: message, fields: fields)
    }
}
