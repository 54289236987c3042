extension FunctionSpec {
    /// Everything that scripts can call, in the order of the reference.
    public static let all: [FunctionSpec] = session + item + [rollback] + operations + [request]
}
