extension FunctionSpec {
    /// All functions that scripts can call, in the order of the reference.
    public static let all: [FunctionSpec] =
        session + item + [rollback] + operations + [request] + tasks + [shard] + steps + modules

    /// The functions that do not concern a vCenter.
    private static let modules: [FunctionSpec] =
        [exec, dryRun] + json + log + time + http + secret + [show] + progress + [help]
}
