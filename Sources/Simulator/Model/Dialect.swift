/// The form a request came in, and its answer goes out.
enum Dialect: String, CaseIterable, Sendable {
    /// `/rest`: answers inside `value`, always 200.
    case rest
    /// `/api`: bare answers.
    case api
    /// JSON-RPC on `POST /api`, as VMware's SDKs speak it: always 200.
    case rpc
}
