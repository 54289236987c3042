internal import Buffers

/// The two forms of an error body.
extension Dialect {
    /// The namespace of the kinds of error.
    private static var errorNamespace: String { "com.vmware.vapi.std.errors." }

    /// An error that a server spelled out.
    struct ErrorBody {
        /// The kind; nil where the body names none and the status has to do.
        var kind: ErrorKind?
        /// What holds `messages`, `data` and `challenge`.
        var content: Value
    }

    /// Finds the error in a decoded answer.
    ///
    /// `/rest`: `{"type": "com.vmware.vapi.std.errors.not_found", "value": {"messages": […]}}`; `/api`:
    /// `{"error_type": "NOT_FOUND", "messages": […]}`. Older servers leave `error_type` out. Either form
    /// is understood in either dialect: what answers may be a gateway that knows only one.
    /// - Parameters:
    ///   - answer: The decoded body.
    ///   - isExpected: Whether the status says that this is an error. An answer with a good status must
    ///     name its kind in full, so that a library whose `type` is `LOCAL` is not taken for one.
    /// - Returns: The error; nil where the answer holds none.
    static func error(in answer: Value, isExpected: Bool) -> ErrorBody? {
        guard answer.kind == .record else { return nil }
        let value = answer["value"]
        if let type = answer["type"]?.string, isExpected || type.hasPrefix(errorNamespace) {
            let content = value?.kind == .record ? value : answer
            let named = type.split(separator: ".").last.map { ErrorKind(rawValue: String($0)) }
            return ErrorBody(
                kind: kind(named: content?["error_type"]) ?? named,
                content: content ?? answer
            )
        }
        let hasMessages = answer["messages"]?.kind == .array
        if let kind = kind(named: answer["error_type"]), isExpected || hasMessages {
            return ErrorBody(kind: kind, content: answer)
        }
        // `{"value": {"messages": […]}}` and `{"messages": […]}`, with no kind at all.
        guard isExpected else { return nil }
        if hasMessages { return ErrorBody(kind: nil, content: answer) }
        guard let value, value["messages"]?.kind == .array else { return nil }
        return ErrorBody(kind: kind(named: value["error_type"]), content: value)
    }

    /// `NOT_FOUND` as scripts know it: `not_found`.
    private static func kind(named value: Value?) -> ErrorKind? {
        guard let name = value?.string, !name.isEmpty else { return nil }
        return ErrorKind(rawValue: name.lowercased())
    }
}
