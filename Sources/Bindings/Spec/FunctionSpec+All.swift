extension FunctionSpec {
    /// All functions that scripts can call, in the order of the reference.
    public static let all: [FunctionSpec] =
        [
            session, item, [rollback], operations, finding, [request, api], tasks, waiting, [shard],
            steps,
            [options], asking,
            [exec, dryRun],
            json, csv, log, time, http, secret, [show], progress, [help],
        ].flatMap { $0 }
}
