/// The rules for what only reads: the one place where that is decided.
extension APIOperation {
    /// Verbs of operations that look, by whatever method they are asked.
    ///
    /// `check` alone, and not `check_in`. Checks and validations may take minutes on a vCenter, and leave all as it is.
    private static let readingNames: Set<Substring> = [
        "check", "check_compatibility", "check_compliance", "check_eligibility", "filter", "find",
        "fingerprint", "get", "list", "precheck", "query", "test", "validate", "validate_config",
    ]

    /// Whether it changes nothing: it is asked by GET, or its name says so.
    ///
    /// All else counts as changing.
    public var isReading: Bool {
        let verb = name.prefix { $0 != "$" }
        return method == "GET" || Self.readingNames.contains(verb) || verb.hasPrefix("get_")
            || verb.hasPrefix("list_")
    }
}
