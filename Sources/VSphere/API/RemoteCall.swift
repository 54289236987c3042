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
    ///   - session: The identifier of the session.
    /// - Returns: The request.
    static func body(_ call: Call.Remote, session: Secret) -> ByteBuffer {
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
        out.append(
            literal: ",\"ctx\":{\"appCtx\":{},\"securityCtx\":{\"schemeId\":"
        )
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
        guard answer["jsonrpc"]?.isString("2.0") == true else { return nil }
        if let error = answer["error"], error.kind == .record {
            return .refused(code: error["code"]?.integer ?? 0, content: error)
        }
        guard let result = answer["result"], result.kind == .record else { return nil }
        if let error = result["error"], !error.isAbsent { return .error(error) }
        return result["output"].map { .output($0) }
    }
}
