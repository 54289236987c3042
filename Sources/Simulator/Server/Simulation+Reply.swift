extension Simulation {
    /// The status of an answer.
    func status(
        of result: Result<Performance, VAPIError>,
        _ exchange: Exchange,
        _ route: Route
    ) -> Int {
        let dialect = exchange.purpose.dialect
        switch result {
        case .failure(let error):
            return settings.statuses.code(of: error.kind, in: dialect, for: route.operation)
        case .success(let done):
            if dialect != .api { return 200 }
            if case .void = done.value { return 204 }
            return route.traits.isCreating ? 201 : 200
        }
    }

    /// Makes the answer for the outcome of a request.
    func reply(
        to exchange: Exchange,
        _ route: Route,
        _ result: Result<Performance, VAPIError>
    ) -> Reply {
        let encoder = AnswerEncoder(dialect: exchange.purpose.dialect)
        var reply = Reply(status: status(of: result, exchange, route))
        reply.body.reserveCapacity(256)
        switch result {
        case .success(let done):
            reply.headers = done.headers
            encoder.success(done.value, id: exchange.remoteID, into: &reply.body)
        case .failure(let error):
            encoder.failure(error, id: exchange.remoteID, into: &reply.body)
        }
        if !reply.body.isEmpty { reply.contentType = "application/json" }
        return reply
    }

    /// Makes the answer with an error that a fault asks for.
    func reply(to exchange: Exchange, failing kind: VAPIError.Kind) -> Reply {
        let error = VAPIError(
            kind,
            "fault.\(kind.rawValue)",
            "The simulator was told to fail so: \(kind.rawValue)."
        )
        guard let route = exchange.purpose.route else {
            let status = settings.statuses.code(of: kind, in: .api, for: nil)
            var body: WireBytes = []
            AnswerEncoder(dialect: .api).failure(error, id: "null", into: &body)
            return Reply(status: status, contentType: "application/json", body: body)
        }
        return reply(to: exchange, route, .failure(error))
    }
}
