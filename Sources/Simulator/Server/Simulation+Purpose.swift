extension Simulation {
    /// Determines the subject of a request by its path, its method and, for JSON-RPC, its body.
    func purpose(of request: WireRequest, _ target: RequestTarget) -> Exchange.Purpose {
        if target.path == "/api" { return remotePurpose(of: request) }
        switch routes.match(method: request.method, target: target) {
        case .route(let route, let dialect, let parameters):
            return .call(route, dialect, parameters: parameters)
        case .unknownPath: return .refused(Self.missingRoute(target))
        case .wrongMethod(let allowed):
            let methods = allowed.joined(separator: ", ")
            return .refused(Reply(status: 405, headers: [("allow", methods)]))
        }
    }

    /// The answer for a path without an operation: 7.0.3 reports `not_found`, as for
    /// a missing object.
    ///
    /// Outside the API there is only the status.
    static func missingRoute(_ target: RequestTarget) -> Reply {
        let dialect: Dialect
        switch target.path.prefix(6) {
        case "/rest/": dialect = .rest
        case _ where target.path.hasPrefix("/api/"): dialect = .api
        default: return Reply(status: 404)
        }
        let error = VAPIError(
            .notFound,
            known: "com.vmware.vapi.rest.operationsForUrlNotFound",
            "Unable to find operations for URL: \(target.path)",
            [String(target.path)]
        )
        var body: WireBytes = []
        AnswerEncoder(dialect: dialect).failure(error, id: "null", into: &body)
        return Reply(status: 404, contentType: "application/json", body: body)
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
            var body: WireBytes = []
            let error = VAPIError.missing(service: call.service)
            AnswerEncoder(dialect: .rpc).failure(error, id: call.id, into: &body)
            return .refused(Reply(status: 200, contentType: "application/json", body: body))
        }
        return .remote(route, call)
    }
}
