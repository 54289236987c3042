/// An error as vCenter reports it: a kind, and messages for people.
struct VAPIError: Error, Sendable {
    /// The kinds of `com.vmware.vapi.std.errors`; the raw value is the wire's name.
    enum Kind: String, CaseIterable, Sendable {
        case alreadyExists = "already_exists"
        case alreadyInDesiredState = "already_in_desired_state"
        case canceled
        case concurrentChange = "concurrent_change"
        case error
        case featureInUse = "feature_in_use"
        case internalServerError = "internal_server_error"
        case invalidArgument = "invalid_argument"
        case invalidElementConfiguration = "invalid_element_configuration"
        case invalidElementType = "invalid_element_type"
        case invalidRequest = "invalid_request"
        case notAllowedInCurrentState = "not_allowed_in_current_state"
        case notFound = "not_found"
        case operationNotFound = "operation_not_found"
        case resourceBusy = "resource_busy"
        case resourceInUse = "resource_in_use"
        case resourceInaccessible = "resource_inaccessible"
        case serviceUnavailable = "service_unavailable"
        case timedOut = "timed_out"
        case unableToAllocateResource = "unable_to_allocate_resource"
        case unauthenticated
        case unauthorized
        case unexpectedInput = "unexpected_input"
        case unsupported
        case unverifiedPeer = "unverified_peer"
    }

    let kind: Kind
    /// With our own prefix, except for the few identifiers that are known of real servers.
    let id: String
    let message: String
    let arguments: [String]
    /// How to authenticate; only `unauthenticated` has it.
    var challenge: String?

    init(_ kind: Kind, _ id: String, _ message: String, _ arguments: [String] = []) {
        self.kind = kind
        self.id = Self.prefix + id
        self.message = message
        self.arguments = arguments
    }

    /// Makes an error whose message identifier a real server is known to use.
    init(_ kind: Kind, known id: String, _ message: String, _ arguments: [String] = []) {
        self.kind = kind
        self.id = id
        self.message = message
        self.arguments = arguments
    }

    static let prefix = "com.vmoon.simulator."

    static func notFound(_ what: String, _ id: String) -> VAPIError {
        VAPIError(
            .notFound,
            "\(what.replacing(" ", with: "_")).not_found",
            "There is no \(what) with the identifier \(id).",
            [id]
        )
    }

    static func invalid(_ id: String, _ message: String, _ arguments: [String] = []) -> VAPIError {
        VAPIError(.invalidArgument, id, message, arguments)
    }

    /// The fields of the error's structure, in the wire's order.
    var fields: [DataValue.Field] {
        let message = DataValue.structure(
            "com.vmware.vapi.std.localizable_message",
            [
                .init("id", .string(id)),
                .init("default_message", .string(self.message)),
                .init("args", .strings(arguments)),
                .init("params", .optional(nil)),
                .init("localized", .optional(nil)),
            ]
        )
        var fields: [DataValue.Field] = [
            .init("messages", .list([message])),
            .init("data", .optional(nil)),
            .init("error_type", .optional(.string(kind.rawValue.uppercased()))),
        ]
        if kind == .unauthenticated {
            fields.append(.init("challenge", .optional(text: challenge)))
        }
        return fields
    }
}
