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
        if let type = answer["type"]?.string, isExpected || type.hasPrefix(errorNamespace) {
            let content = answer["value"].flatMap { $0.kind == .record ? $0 : nil } ?? answer
            let named = type.split(separator: ".").last.map { kind(spelled: String($0)) }
            return ErrorBody(kind: kind(named: content["error_type"]) ?? named, content: content)
        }
        if let kind = kind(named: answer["error_type"]), isExpected || answer.hasMessages {
            return ErrorBody(kind: kind, content: answer)
        }
        // `{"messages": […]}` and `{"value": {"messages": […]}}`, with no kind at all.
        guard isExpected else { return nil }
        if answer.hasMessages { return ErrorBody(kind: nil, content: answer) }
        guard let content = answer["value"], content.hasMessages else { return nil }
        return ErrorBody(kind: kind(named: content["error_type"]), content: content)
    }

    /// `NOT_FOUND` as scripts know it: `not_found`.
    private static func kind(named value: Value?) -> ErrorKind? {
        guard let name = value?.string, !name.isEmpty else { return nil }
        return kind(spelled: name.lowercased())
    }

    /// A kind nobody listed is kept; but scripts show it, so that it must be safe to show.
    private static func kind(spelled name: String) -> ErrorKind {
        ErrorKind(rawValue: Display.escape(bytes: Array(name.utf8), limit: 80))
    }
}

extension Value {
    /// Whether it is a record with a list of messages.
    fileprivate var hasMessages: Bool { self["messages"]?.kind == .array }
}
