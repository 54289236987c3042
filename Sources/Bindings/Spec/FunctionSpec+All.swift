extension FunctionSpec {
    /// All functions that scripts can call, in the order of the reference.
    public static let all: [FunctionSpec] =
        [
            session, item, [rollback], operations, guest, hardware, publications, tags,
            [request, api], tasks, [shard], steps,
            [exec, dryRun],
            json, log, time, http, secret, [show], progress, [help],
        ].flatMap { $0 }
}
