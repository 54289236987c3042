internal import APIIndex

/// Operations of the whole API that a vCenter does not have.
extension VSphereError {
    /// The operation of the whole API that the vCenter says it does not have; nil for any other error.
    private var missing: APIOperation? {
        guard kind == .noSuchRoute, operation.hasPrefix("api.") else { return nil }
        return APIFacts.operation(String(operation.dropFirst("api.".utf8.count)))
    }

    /// Whether the vCenter says that it does not have an operation of the whole API.
    public var isAboutService: Bool { missing != nil }

    /// Says since which release there is the operation, and what release the vCenter is.
    /// - Parameter release: Of the vCenter, such as `8.0.3.00000`; nil where that is not known. Releases of the API
    ///   and of vCenter have numbers of their own: which is the later one is left to the reader.
    public mutating func addServiceHint(release: String?) {
        let since = missing?.since.map { "it is there since vSphere API \($0)" }
        let own = release.map { "this vCenter is \($0)" }
        let facts = [since, own].compactMap { $0 }.joined(separator: ", and ")
        hint = (facts.isEmpty ? "this vCenter may be too old" : facts) + "; is its service running?"
    }
}
