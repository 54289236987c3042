internal import APIIndex
internal import VSphere

extension LuaType {
    /// The type of what is inside, by keys; nil as a key is an element of a list, or any value of a map.
    public func inside(_ keys: [String?]) -> LuaType? {
        guard let key = keys.first else { return self }
        let found = key.flatMap { key in fields.first { $0.name == key }?.type } ?? element(key)
        return found?.inside(Array(keys.dropFirst()))
    }

    private func element(_ key: String?) -> LuaType? {
        for type in alternatives {
            switch type {
            case .list(let element) where key == nil: return element
            case .map(_, let value): return value
            default: break
            }
        }
        return nil
    }
}

extension FunctionSpec {
    /// The type of a parameter as the index of the whole API has it: with all the fields that our own description
    /// leaves open.
    /// - Parameter parameter: One of its parameters.
    /// - Returns: Nil for a function that is no operation, and for what the index does not have.
    public func wholeType(of parameter: Parameter) -> LuaType? {
        guard let operation = VSphere.Operation.named(name),
            let index = operation.parameters.firstIndex(where: { $0.name == parameter.name }),
            let (whole, path) = operation.wholePlace(of: index)
        else { return nil }
        return FunctionSpec.api(whole.fullName)?.parameters.first?.type.inside(path)
    }
}
