extension ErrorKind {
    /// The journal cannot be written; so nothing was changed.
    public static let journal: Self = "journal"
}

extension PendingCall {
    /// How many requests were sent for it: more than one only where the session had to be
    /// renewed, after a refusal that says that nothing was done.
    public var requestCount: Int { Int(attempts) }
}
