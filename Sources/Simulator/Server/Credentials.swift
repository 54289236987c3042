internal import JSON
internal import NIOHTTP1
internal import Text

/// The user or the session that a request names.
struct Credentials: Sendable {
    /// Name and password.
    private(set) var basic: (name: String, password: String)?
    /// A session identifier.
    private(set) var session: String?
    /// Whether a log-in asks for an answer without a cookie.
    private(set) var wantsHeaderOnly = false

    init(_ exchange: Exchange) {
        if case .remote(_, let call) = exchange.purpose {
            read(call.security)
            return
        }
        for (name, value) in exchange.request.headers {
            switch HeaderName(name) {
            case .cookie:
                // `/rest` uses the cookie before the header.
                if exchange.purpose.dialect == .rest, let found = Self.cookie(in: value) {
                    session = found
                }
            case .authorization: readBasic(value)
            case .session: session = session ?? value
            case .headerOnly: wantsHeaderOnly = true
            case nil: break
            }
        }
    }

    private mutating func read(_ context: JSONValue) {
        switch context["schemeId"]?.string {
        case "com.vmware.vapi.std.security.user_pass":
            basic = (context["userName"]?.string ?? "", context["password"]?.string ?? "")
        case "com.vmware.vapi.std.security.session_id": session = context["sessionId"]?.string
        default: break
        }
    }

    private mutating func readBasic(_ value: String) {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Base64.decode(String(parts[1])),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return }
        basic = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func cookie(in value: String) -> String? {
        for pair in value.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].drop(while: { $0 == " " }) == HeaderName.session.rawValue
            {
                return String(parts[1])
            }
        }
        return nil
    }
}

/// The header fields with credentials.
enum HeaderName: String {
    case cookie
    case authorization
    case session = "vmware-api-session-id"
    case headerOnly = "vmware-use-header-authn"

    /// Compares the length first: this runs for each field of each request.
    init?(_ name: String) {
        let candidate: HeaderName
        switch name.utf8.count {
        case 6: candidate = .cookie
        case 13: candidate = .authorization
        case 21: candidate = .session
        case 23: candidate = .headerOnly
        default: return nil
        }
        // Bit 5 makes ASCII letters lower case, and does not change the dash.
        let isEqual = name.utf8.withContiguousStorageIfAvailable { bytes in
            candidate.rawValue.utf8.withContiguousStorageIfAvailable { own in
                bytes.indices.allSatisfy { bytes[$0] | 0x20 == own[$0] }
            }
        }
        guard isEqual == true else { return nil }
        self = candidate
    }
}
