internal import VSphere

extension Redaction {
    /// Notes the passwords of the proxies that the environment names.
    func hideProxies(of environment: [String: String]) {
        for (name, value) in environment where name.lowercased().hasSuffix("_proxy") {
            guard let (user, password) = Endpoint.credentials(in: value) else { continue }
            hide(password, of: user)
        }
    }
}
