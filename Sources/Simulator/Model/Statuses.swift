/// The source of an error's HTTP status, where the sources disagree.
enum Statuses: String, CaseIterable, Sendable {
    /// The API pages of `getCheckOut` and `rollback`, for these two operations.
    case seed
    /// The machine-readable specifications, for all.
    case spec

    /// The status of an error kind.
    func code(of kind: VAPIError.Kind, in dialect: Dialect, for operation: Operation?) -> Int {
        if dialect == .rpc { return 200 }
        if self == .seed, let operation, operation == .getCheckOut || operation == .rollback {
            switch kind {
            case .notAllowedInCurrentState: return 409
            case .unauthorized: return 401
            case .error: return 404
            default: break
            }
        }
        return switch kind {
        case .unauthenticated: 401
        case .unauthorized: 403
        case .notFound, .operationNotFound: 404
        case .concurrentChange: 409
        case .internalServerError: 500
        case .serviceUnavailable: 503
        case .timedOut: 504
        case .error, .resourceBusy, .resourceInaccessible, .unableToAllocateResource:
            dialect == .api ? 500 : 400
        default: 400
        }
    }
}
