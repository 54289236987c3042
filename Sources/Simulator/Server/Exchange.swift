internal import NIOHTTP1

/// A complete request.
struct WireRequest: Sendable {
    let method: String
    let target: String
    var headers = HTTPHeaders()
    var body: [UInt8] = []
}

/// An answer, before a fault changes it.
struct Reply: Sendable {
    var status: Int
    var contentType: String?
    var headers: [(name: String, value: String)] = []
    var body: WireBytes = []

    static func text(_ status: Int, _ text: String, contentType: String = "application/json")
        -> Reply
    {
        Reply(status: status, contentType: contentType, body: WireBytes(text.utf8))
    }
}

/// A request on its way to its answer.
struct Exchange: Sendable {
    /// The subject of a request.
    enum Purpose: Sendable {
        case call(Route, Dialect, parameters: [String])
        case remote(Route, RemoteCall)
        /// No route, or not with this method: the answer is fixed.
        case refused(Reply)

        var route: Route? {
            switch self {
            case .call(let route, _, _), .remote(let route, _): route
            case .refused: nil
            }
        }

        var dialect: Dialect {
            switch self {
            case .call(_, let dialect, _): dialect
            case .remote: .rpc
            case .refused: .api
            }
        }
    }

    let request: WireRequest
    let target: RequestTarget
    let purpose: Purpose
    /// Its arguments, or why they are refused; only a user with the privilege gets the reason.
    let call: Result<Call, VAPIError>
    /// Its number in the request log.
    var number = 0
    /// The fault that hits it.
    var effect: Fault.Effect?

    /// The identifier that a JSON-RPC answer repeats.
    var remoteID: String { if case .remote(_, let call) = purpose { call.id } else { "null" } }

    /// Whether an answer is sent at all.
    var isAnswered: Bool {
        switch effect {
        case .resetBeforeRequest, .resetBeforeApply, .resetAfterApply, .lateApply, .noAnswer: false
        default: true
        }
    }
}
