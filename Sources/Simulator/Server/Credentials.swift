internal import JSON
internal import NIOHTTP1

/// What a request says about who sends it.
struct Credentials: Sendable {
    /// Name and password.
    private(set) var basic: (name: String, password: String)?
    /// A session identifier.
    private(set) var session: String?
    /// Whether a log-in asks for no cookie.
    private(set) var wantsHeaderOnly = false

    static let sessionHeader = "vmware-api-session-id"

    init(_ exchange: Exchange) {
        if case .remote(_, let call) = exchange.purpose {
            read(call.security)
            return
        }
        for (name, value) in exchange.request.headers {
            // Lengths first: this runs for each header of each request.
            switch name.utf8.count {
            case 6 where name.lowercased() == "cookie":
                // `/rest` looks at the cookie before the header.
                if exchange.purpose.dialect == .rest, let found = Self.cookie(in: value) {
                    session = found
                }
            case 13 where name.lowercased() == "authorization": readBasic(value)
            case 21 where name.lowercased() == Self.sessionHeader: session = session ?? value
            case 23 where name.lowercased() == "vmware-use-header-authn": wantsHeaderOnly = true
            default: break
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
            let bytes = Base64.decode(parts[1]),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return }
        basic = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func cookie(in value: String) -> String? {
        for pair in value.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].drop(while: { $0 == " " }) == sessionHeader {
                return String(parts[1])
            }
        }
        return nil
    }
}
