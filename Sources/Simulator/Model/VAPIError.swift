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

    /// A message of the stack of causes.
    struct Message: Sendable {
        /// Under a prefix of our own, but for the few identifiers that are known of real servers.
        let id: String
        let text: String
        let arguments: [String]

        init(_ id: String, _ text: String, _ arguments: [String] = []) {
            self.init(known: VAPIError.prefix + id, text, arguments)
        }

        /// Makes a message whose identifier a real server is known to use.
        init(known id: String, _ text: String, _ arguments: [String] = []) {
            self.id = id
            self.text = text
            self.arguments = arguments
        }
    }

    let kind: Kind
    /// The causes, outermost first.
    let messages: [Message]
    /// How to authenticate; only `unauthenticated` has it.
    var challenge: String?

    init(_ kind: Kind, _ messages: [Message]) {
        self.kind = kind
        self.messages = messages
    }

    init(_ kind: Kind, _ id: String, _ message: String, _ arguments: [String] = []) {
        self.init(kind, [Message(id, message, arguments)])
    }

    /// Makes an error whose message identifier a real server is known to use.
    init(_ kind: Kind, known id: String, _ message: String, _ arguments: [String] = []) {
        self.init(kind, [Message(known: id, message, arguments)])
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

    /// The answer of a vCenter that does not have a service.
    static func missing(service: String) -> VAPIError {
        VAPIError(
            .operationNotFound,
            known: "vapi.method.input.invalid.interface",
            "Cannot find service '\(service)'.",
            [service]
        )
    }

    static func invalid(_ id: String, _ message: String, _ arguments: [String] = []) -> VAPIError {
        VAPIError(.invalidArgument, id, message, arguments)
    }

    /// The name of the error's structure.
    var wireType: String { "com.vmware.vapi.std.errors." + kind.rawValue }

    /// The fields of the error's structure, in the wire's order.
    var fields: [DataValue.Field] {
        let messages = messages.map { message in
            DataValue.structure(
                "com.vmware.vapi.std.localizable_message",
                [
                    .init("id", .string(message.id)),
                    .init("default_message", .string(message.text)),
                    .init("args", .strings(message.arguments)),
                    .init("params", .optional(nil)),
                    .init("localized", .optional(nil)),
                ]
            )
        }
        var fields: [DataValue.Field] = [
            .init("messages", .list(messages)),
            .init("data", .optional(nil)),
            .init("error_type", .optional(.string(kind.rawValue.uppercased()))),
        ]
        if kind == .unauthenticated {
            fields.append(.init("challenge", .optional(text: challenge)))
        }
        return fields
    }
}
