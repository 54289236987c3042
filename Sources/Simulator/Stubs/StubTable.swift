/// Answers that stand for operations, as tests ask for them.
struct StubTable: Sendable {
    typealias Answer = Result<DataValue, VAPIError>

    /// By the operation's full name: what is still to come, of which the last one stays.
    private var answers: [String: ArraySlice<Answer>] = [:]

    /// Replaces the answers of an operation.
    mutating func set(_ stub: Stub) { answers[stub.operation] = stub.answers[...] }

    mutating func removeAll() { answers = [:] }

    /// The next answer of an operation; nil if it has none.
    mutating func take(_ route: Route) -> Answer? {
        guard !answers.isEmpty, let name = route.indexName, let all = answers[name] else {
            return nil
        }
        if all.count > 1 { answers[name] = all.dropFirst() }
        return all.first
    }
}
