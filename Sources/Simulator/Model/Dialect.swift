/// The form of a request and of its answer.
enum Dialect: String, CaseIterable, Sendable {
    /// `/rest`: answers inside `value`, always 200.
    case rest
    /// `/api`: bare answers.
    case api
    /// JSON-RPC on `POST /api`, as used by VMware's SDKs: always 200.
    case rpc
}
