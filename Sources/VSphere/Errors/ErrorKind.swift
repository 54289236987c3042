/// The kind of an error, by name.
///
/// vCenter's own names are those of `com.vmware.vapi.std.errors`, the others are ours. A name that another
/// server invents is neither: see `VSphereError.type`.
public struct ErrorKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The name, such as `not_found`.
    public let rawValue: String

    /// Makes a kind from any name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes a kind from any name.
    public init(stringLiteral name: String) { rawValue = name }

    /// The name.
    public var description: String { rawValue }
}

extension ErrorKind {
    // Kinds that vCenter reports.
    /// An object has the name already.
    public static let alreadyExists: Self = "already_exists"
    /// The object is already in that state.
    public static let alreadyInDesiredState: Self = "already_in_desired_state"
    static let canceled: Self = "canceled"
    static let concurrentChange: Self = "concurrent_change"
    /// An error of the server that has no kind of its own.
    public static let error: Self = "error"
    static let featureInUse: Self = "feature_in_use"
    static let internalServerError: Self = "internal_server_error"
    /// An argument is not what it must be.
    public static let invalidArgument: Self = "invalid_argument"
    static let invalidElementConfiguration: Self = "invalid_element_configuration"
    static let invalidElementType: Self = "invalid_element_type"
    static let invalidRequest: Self = "invalid_request"
    /// The object is in a state that forbids it, such as a roll-back while a VM is checked out.
    public static let notAllowedInCurrentState: Self = "not_allowed_in_current_state"
    /// The object that the call names does not exist.
    public static let notFound: Self = "not_found"
    static let operationNotFound: Self = "operation_not_found"
    /// Somebody else uses it at the moment.
    public static let resourceBusy: Self = "resource_busy"
    static let resourceInaccessible: Self = "resource_inaccessible"
    static let resourceInUse: Self = "resource_in_use"
    /// The server cannot answer now.
    public static let serviceUnavailable: Self = "service_unavailable"
    static let timedOut: Self = "timed_out"
    /// A limit is reached, or too little is left.
    public static let unableToAllocateResource: Self = "unable_to_allocate_resource"
    /// There is no valid session.
    public static let unauthenticated: Self = "unauthenticated"
    /// The user lacks a privilege.
    public static let unauthorized: Self = "unauthorized"
    static let unexpectedInput: Self = "unexpected_input"
    static let unsupported: Self = "unsupported"
    static let unverifiedPeer: Self = "unverified_peer"

    /// Every kind that a server may report; it does not know the others.
    private static let ofVCenter: Set<Self> = [
        .alreadyExists, .alreadyInDesiredState, .canceled, .concurrentChange, .error,
        .featureInUse, .internalServerError, .invalidArgument, .invalidElementConfiguration,
        .invalidElementType, .invalidRequest, .notAllowedInCurrentState, .notFound,
        .operationNotFound, .resourceBusy, .resourceInaccessible, .resourceInUse,
        .serviceUnavailable, .timedOut, .unableToAllocateResource, .unauthenticated,
        .unauthorized, .unexpectedInput, .unsupported, .unverifiedPeer,
    ]

    /// Makes a kind from a server's name; nil for a name that is not vCenter's.
    init?(ofVCenter name: String) {
        guard Self.ofVCenter.contains(Self(rawValue: name)) else { return nil }
        rawValue = name
    }

    // Kinds that vmoon itself reports.
    /// The answer does not fit into the memory limit of the run; scripts get Lua's own error.
    public static let noMemory: Self = "memory"
    /// A name stands for several things.
    public static let ambiguous: Self = "ambiguous"
    /// Cancelled on request.
    public static let cancelled: Self = "cancelled"
    /// Somebody else changed the same object.
    public static let conflict: Self = "conflict"
    /// A step of a continued run asked for another change than before.
    public static let diverged: Self = "diverged"
    /// Refused by a rule of this run, such as `--read-only`.
    public static let forbiddenByPolicy: Self = "forbidden_by_policy"
    /// The vCenter has no such operation.
    public static let noSuchRoute: Self = "no_such_route"
    /// The answer violates the contract.
    public static let protocolViolation: Self = "protocol"
    /// A time limit was reached on this side.
    public static let timeout: Self = "timeout"
    /// The vCenter's identity could not be verified.
    public static let tls: Self = "tls"
    /// The vCenter cannot be reached, or the connection broke.
    public static let transport: Self = "transport"
    /// It is unknown whether a change happened.
    public static let unknownOutcome: Self = "unknown_outcome"
    /// A misuse, found before anything was sent.
    public static let usage: Self = "usage"
    /// The settings are wrong: a file, a profile, no vCenter named.
    public static let configuration: Self = "configuration"
    /// A file of the script's cannot be written.
    public static let output: Self = "output"
    /// The journal cannot be written; so nothing was changed.
    public static let journal: Self = "journal"
}
