import JSON
import Support
import Testing

/// A simulator over JSON-RPC, as VMware's SDKs speak it.
struct RemoteClient {
    let connection: PlainConnection
    /// The security context of a session.
    let security: String

    init(_ simulator: SimulatorProcess, user: String? = nil) throws {
        connection = try simulator.connect()
        let answer = try Self.text(
            connection,
            "com.vmware.cis.session",
            "create",
            security: #"{"schemeId":"com.vmware.vapi.std.security.user_pass","userName":"#
                + #""\#(user ?? simulator.user)","password":"\#(simulator.password)"}"#
        )
        let secret = try JSONParser().decode(Array(answer.utf8))["result"]?["output"]?["SECRET"]
        let id = try #require(secret?.string)
        security = #"{"schemeId":"com.vmware.vapi.std.security.session_id","sessionId":"\#(id)"}"#
    }

    /// The answer's text.
    static func text(
        _ connection: PlainConnection,
        _ service: String,
        _ operation: String,
        input: String = "{}",
        security: String
    ) throws -> String {
        let body =
            #"{"jsonrpc":"2.0","method":"invoke","id":"0","params":{"serviceId":"\#(service)","#
            + #""operationId":"\#(operation)","input":{"STRUCTURE":{"operation-input":\#(input)}},"#
            + #""ctx":{"appCtx":{"opId":"u"},"securityCtx":\#(security)}}}"#
        let answer = try connection.exchange(
            "POST",
            "/api",
            headers: ["Content-Type: application/json"],
            body: body
        )
        #expect(answer.status == 200)
        return answer.text
    }

    func text(_ service: String, _ operation: String, input: String = "{}") throws -> String {
        try Self.text(connection, service, operation, input: input, security: security)
    }

    /// The output of an operation of the index, or `kind message-id` of its error, and the message's text.
    func call(_ name: String, _ input: JSONValue = [:]) throws -> JSONValue {
        let dot = try #require(name.lastIndex(of: "."))
        let answer = try text(
            "com.vmware." + name[..<dot],
            String(name[name.index(after: dot)...]),
            input: JSONEncoder().encode(input)
        )
        let result = try JSONParser().decode(Array(answer.utf8))["result"] ?? .null
        guard let error = result["error"]?["ERROR"]?.members?.first else {
            return result["output"] ?? .null
        }
        let kind = error.name.split(separator: ".").last ?? ""
        let messages = error.value["messages"]?.array ?? []
        let message = messages.last?["STRUCTURE"]?.members?.first?.value ?? .null
        return .string("\(kind) \(message["id"]?.string ?? "")")
    }
}
