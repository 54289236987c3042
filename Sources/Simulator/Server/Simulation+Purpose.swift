extension Simulation {
    /// What a request is about, by its path, its method and, for JSON-RPC, its body.
    func purpose(of request: WireRequest, _ target: RequestTarget) -> Exchange.Purpose {
        if target.path == "/api" { return remotePurpose(of: request) }
        switch routes.match(method: request.method, target: target) {
        case .route(let route, let dialect, let parameters):
            return .call(route, dialect, parameters: parameters)
        case .unknownPath: return .refused(Reply(status: 404))
        case .wrongMethod(let allowed):
            let methods = allowed.joined(separator: ", ")
            return .refused(Reply(status: 405, headers: [("allow", methods)]))
        }
    }

    private func remotePurpose(of request: WireRequest) -> Exchange.Purpose {
        guard request.method == "POST" else {
            return .refused(Reply(status: 405, headers: [("allow", "POST")]))
        }
        guard let call = RemoteCall(request.body) else {
            return .refused(
                .text(
                    400,
                    #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"#
                        + #""Invalid request."}}"#
                )
            )
        }
        guard let route = routes.route(service: call.service, operation: call.operation) else {
            let error = VAPIError(
                .operationNotFound,
                "operation.not_found",
                "There is no operation \(call.operation) of \(call.service).",
                [call.operation, call.service]
            )
            var body: WireBytes = []
            AnswerEncoder(dialect: .rpc).failure(error, id: call.id, into: &body)
            return .refused(Reply(status: 200, contentType: "application/json", body: body))
        }
        return .remote(route, call)
    }
}
