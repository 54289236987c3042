internal import VSphere

/// The proxy of the environment that libcurl takes for a vCenter; only for naming it.
enum EnvironmentProxy {
    /// Finds it, by the rules of libcurl ("Environment variables" in its manual).
    /// - Returns: Its variable and its address, without user and password; nil where there is none.
    static func find(
        for endpoint: Endpoint,
        in environment: [String: String]
    ) -> ConnectionProfile.Proxy? {
        guard !endpoint.isLoopback, !isLeftOut(endpoint.host, environment) else { return nil }
        // HTTP_PROXY is not read: a CGI program has it from whoever asks.
        let own = endpoint.scheme == .http ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]
        for name in own + ["all_proxy", "ALL_PROXY"] {
            guard let value = environment[name] else { continue }
            return value.isEmpty
                ? nil : .init(variable: name, address: address(value).quotedForMessage.unquoted)
        }
        return nil
    }

    private static func address(_ value: String) -> String {
        var rest = value[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        return String(rest.prefix { !"/?#".contains($0) })
    }

    private static func isLeftOut(_ host: String, _ environment: [String: String]) -> Bool {
        guard let list = environment["no_proxy"] ?? environment["NO_PROXY"] else { return false }
        if list == "*" { return true }
        return list.split { $0 == "," || $0 == " " }.contains { entry in
            // A network is not worked out: then nothing is said of a proxy.
            if entry.contains("/") { return host.allSatisfy { $0.isHexDigit || ".:".contains($0) } }
            var name = entry.lowercased().drop { $0 == "." }
            if name.last == "." { name.removeLast() }
            return host == name || host.hasSuffix("." + name)
        }
    }
}

extension String {
    fileprivate var unquoted: String { String(dropFirst().dropLast()) }
}
