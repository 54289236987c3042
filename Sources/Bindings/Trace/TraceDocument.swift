internal import Buffers
internal import JSON
internal import Text
internal import VSphere

/// Spans as one request to a collector: OTLP in JSON.
///
/// Shape: <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>; identifiers are hexadecimal, numbers of 64
/// bits are texts.
struct TraceDocument {
    let context: TraceContext
    /// The attributes that describe the program.
    let resource: [TraceSettings.Field]
    /// Takes secrets out of a text.
    var cleaned: (String) -> String = { $0 }

    /// The body of a request.
    func body(_ spans: [TraceSpan]) -> ByteBuffer {
        let scope: JSONValue = ["name": "vmoon", "version": .string(Release.version)]
        let described = resource.map { attribute($0.name, .text($0.value)) }
        let body: JSONValue = [
            "resourceSpans": [
                [
                    "resource": ["attributes": .array(described)],
                    "scopeSpans": [["scope": scope, "spans": .array(spans.map(json))]],
                ]
            ]
        ]
        let out = ByteBuffer()
        JSONEncoder().encode(body, into: out)
        return out
    }

    private func json(_ span: TraceSpan) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("traceId", .string(context.trace)),
            .init("spanId", .string(TraceContext.hex(span.place.id))),
        ]
        if span.place.parent != 0 {
            members.append(.init("parentSpanId", .string(TraceContext.hex(span.place.parent))))
        }
        if let state = context.state { members.append(.init("traceState", .string(state))) }
        members += [
            .init("flags", 1),
            .init("name", .string(cleaned(span.name))),
            .init("kind", .integer(span.kind.rawValue)),
            .init("startTimeUnixNano", .string("\(span.began.wholeNanoseconds)")),
            .init("endTimeUnixNano", .string("\(span.ended.wholeNanoseconds)")),
            .init("attributes", .array(span.facts.map { attribute($0.name, $0.fact) })),
        ]
        // 2 is an error; what went well is left unsaid, as the convention wants it.
        if let problem = span.problem {
            members.append(.init("status", ["code": 2, "message": .string(cleaned(problem))]))
        }
        return .object(members)
    }

    private func attribute(_ name: String, _ fact: TraceSpan.Fact) -> JSONValue {
        let value: JSONValue =
            switch fact {
            case .text(let text): ["stringValue": .string(cleaned(text))]
            case .number(let number): ["intValue": .string("\(number)")]
            case .flag(let flag): ["boolValue": .boolean(flag)]
            }
        return ["key": .string(name), "value": value]
    }
}
