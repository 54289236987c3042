internal import APIIndex
internal import Buffers
internal import JSON
internal import Transport

/// JSON-RPC, as VMware's SDKs speak it: one path for every operation, the session in the request's body.
///
/// Source: VMware's SDK on the wire.
enum RemoteCall {
    /// Answers nest four levels for each structure, and three around all.
    static let depth = 256

    /// The body of a call.
    /// - Parameters:
    ///   - call: The call.
    ///   - ending: What `ending` gives for the session.
    /// - Returns: The request.
    static func body(_ call: Call.Remote, ending: ByteBuffer) -> ByteBuffer {
        let facts = call.facts
        let out = ByteBuffer()
        out.append(
            literal: "{\"jsonrpc\":\"2.0\",\"method\":\"invoke\",\"params\":{\"serviceId\":\""
        )
        out.append(facts.wireService)
        out.append(literal: "\",\"operationId\":\"")
        out.append(facts.name)
        out.append(literal: "\",\"input\":")
        out.append(call.input)
        out.append(ending)
        return out
    }

    /// The end of the body of every call in a session: its identifier is in it.
    static func ending(of session: Secret) -> ByteBuffer {
        let out = ByteBuffer()
        out.append(literal: ",\"ctx\":{\"appCtx\":{},\"securityCtx\":{\"schemeId\":")
        out.append(literal: "\"com.vmware.vapi.std.security.session_id\",\"sessionId\":")
        JSONEncoder().encode(.string(session.reveal()), into: out)
        out.append(literal: "}}},\"id\":\"0\"}")
        return out
    }

    /// The header fields of a call; the session is none of them.
    static func fields(_ facts: APIOperation) -> [(String, String)] {
        [
            ("vapi-service", facts.wireService), ("vapi-operation", facts.name),
            ("Accept", "application/json"), ("Content-Type", "application/json"),
        ]
    }

    /// The content of an answer.
    enum Answer {
        case output(Value)
        /// An error of the operation, in canonical form.
        case error(Value)
        /// What cannot be read as a call says JSON-RPC itself, by its number.
        case refused(code: Int, content: Value)
    }

    /// Reads an answer.
    /// - Returns: Nil for what is no answer of JSON-RPC.
    static func read(_ answer: Value) -> Answer? {
        var isCall = false
        var refusal: Value?
        var result: Value?
        for (key, value) in answer.fields {
            if key.isString("jsonrpc") { isCall = value.isString("2.0") }
            if key.isString("error"), value.kind == .record { refusal = value }
            if key.isString("result"), value.kind == .record { result = value }
        }
        guard isCall else { return nil }
        if let refusal {
            return .refused(code: refusal["code"]?.integer ?? 0, content: refusal)
        }
        guard let result else { return nil }
        if let error = result["error"], !error.isAbsent { return .error(error) }
        return result["output"].map { .output($0) }
    }
}
