internal import VSphere

extension Redaction {
    /// Registers the passwords of the proxies in the environment as secrets.
    func hideProxies(of environment: [String: String]) {
        for (name, value) in environment where name.lowercased().hasSuffix("_proxy") {
            guard let (user, password) = Endpoint.credentials(in: value) else { continue }
            hide(password, of: user)
        }
    }
}
