internal import Buffers

/// The two forms of an error body.
extension Dialect {
    /// The namespace of the error kinds.
    private static var errorNamespace: String { "com.vmware.vapi.std.errors." }

    /// A decoded error body.
    struct ErrorBody {
        /// The kind; nil if the body has none that is known, and the status decides.
        var kind: ErrorKind?
        /// The name of an unknown kind; raw.
        var unknownName: String?
        /// The record with `messages`, `data` and `challenge`.
        var content: Value
        /// Whether the body is a JSON-RPC answer, and so does not refer to the request.
        var isRemoteCall = false
    }

    /// Finds the error in a decoded answer.
    ///
    /// `/rest`: `{"type": "com.vmware.vapi.std.errors.not_found", "value": {"messages": […]}}`; `/api`:
    /// `{"error_type": "NOT_FOUND", "messages": […]}`. Older servers leave `error_type` out. Either form
    /// is accepted in either dialect: a gateway that knows only one may have answered. Releases
    /// before 7.0 speak JSON-RPC at the path of `/api`.
    /// - Parameters:
    ///   - answer: The decoded body.
    ///   - isExpected: Whether the status indicates an error. An answer with a success status must
    ///     have the full name of its kind, so that a library whose `type` is `LOCAL` is not taken for an error.
    /// - Returns: The error; nil if the answer has none.
    static func error(in answer: Value, isExpected: Bool) -> ErrorBody? {
        guard answer.kind == .record else { return nil }
        // Most answers are a value and nothing else: no kind of error is named.
        if !isExpected, answer.count == 1, answer["value"] != nil { return nil }
        if answer["jsonrpc"]?.kind == .string, let content = answer["error"], !content.isAbsent {
            return ErrorBody(content: content, isRemoteCall: true)
        }
        let inner = answer["value"].flatMap { $0.kind == .record ? $0 : nil }
        if let type = answer["type"]?.string {
            let content = inner ?? answer
            let isNamed = type.hasPrefix(errorNamespace)
            if isNamed || (isExpected && content.hasMessages) {
                let name = isNamed ? String(type.dropFirst(errorNamespace.count)) : type
                let kind = kind(of: content) ?? (isNamed ? ErrorKind(ofVCenter: name) : nil)
                let unknown = kind == nil ? name : nil
                return ErrorBody(kind: kind, unknownName: unknown, content: content)
            }
        }
        if let name = answer["error_type"]?.string, !name.isEmpty {
            let kind = kind(of: answer)
            // Other answers have a field of this name too.
            if answer.hasMessages || (isExpected && kind != nil) {
                return ErrorBody(kind: kind, unknownName: kind == nil ? name : nil, content: answer)
            }
        }
        // `{"messages": […]}` and `{"value": {"messages": […]}}`, without a kind.
        guard isExpected else { return nil }
        for content in [answer, inner].compactMap({ $0 }) where content.hasMessages {
            guard content["messages"]?.count != 0 else { continue }
            return ErrorBody(kind: kind(of: content), content: content)
        }
        return nil
    }

    /// Converts `NOT_FOUND` to the name in Lua, `not_found`.
    private static func kind(of content: Value) -> ErrorKind? {
        guard let name = content["error_type"]?.string, name == name.uppercased() else {
            return nil
        }
        return ErrorKind(ofVCenter: name.lowercased())
    }
}

extension Dialect.ErrorBody {
    /// Whether the server reports that it has no such operation.
    ///
    /// vCenter reports that as `not_found` too, the kind for a missing object; only the messages
    /// distinguish the two.
    var isMissingRoute: Bool {
        switch kind {
        case _ where isRemoteCall: true
        case .operationNotFound?: true
        case nil, .notFound?, .invalidRequest?:
            content["messages"]?.elements.contains(where: \.isAboutRoute) ?? false
        default: false
        }
    }
}

extension Value {
    /// Whether it is a record with a list of vCenter's messages: other servers have lists of that name too.
    fileprivate var hasMessages: Bool {
        guard let messages = self["messages"], messages.kind == .array else { return false }
        return messages.elements.allSatisfy {
            $0["id"]?.kind == .string && $0["default_message"]?.kind == .string
        }
    }

    /// Whether it is a message that reports a missing operation.
    ///
    /// Seen with 7.0.3: `com.vmware.vapi.rest.operationsForUrlNotFound`, and from the services behind the server
    /// `vapi.method.input.invalid.interface` and `….method`.
    fileprivate var isAboutRoute: Bool {
        let id = self["id"]?.string ?? ""
        let text = self["default_message"]?.string ?? ""
        return id.hasSuffix(".operationsForUrlNotFound")
            || id == "vapi.method.input.invalid.interface"
            || id == "vapi.method.input.invalid.method"
            || text.hasPrefix("Unable to find operations for URL")
            || text.hasPrefix("Cannot find service '")
    }
}
