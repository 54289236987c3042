extension Simulation {
    /// Answers an operation without a route, to whom has a session.
    func answer(_ exchange: Exchange, _ stub: Stub, _ call: RemoteCall) -> Reply {
        let encoder = AnswerEncoder(dialect: .rpc)
        let now = now
        var reply = Reply(status: 200, contentType: "application/json")
        let isDone = withState { state -> Bool in
            do throws(VAPIError) {
                _ = try authenticate(
                    Credentials(exchange),
                    sessions: &state.sessions,
                    state.inventory,
                    now: now
                )
                let output = try stub.outcome.get()
                reply.body.append(
                    #"{"jsonrpc":"2.0","id":\#(call.id),"result":{"output":\#(output)}}"#
                )
                return true
            } catch {
                encoder.failure(error, id: call.id, into: &reply.body)
                return false
            }
        }
        withState {
            $0.log.finish(exchange.number, status: 200, isApplied: isDone && stub.isChanging)
        }
        return reply
    }
}
