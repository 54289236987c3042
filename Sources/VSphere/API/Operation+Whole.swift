public import APIIndex

extension Operation {
    /// The place of an argument in the operation of the whole API that this one is.
    /// - Parameter index: The number of the parameter.
    /// - Returns: The operation, and the names that lead from its parameters to the argument, none where the fields
    ///   of the argument are its parameters; nil where an argument decides which operation it is.
    public func wholePlace(of index: Int) -> (operation: APIOperation, path: [String])? {
        guard let remote, remote.keys.indices.contains(index),
            let whole = APIFacts.operation(remote.name(choosing: ""))
        else { return nil }
        let key = remote.keys[index]
        return (whole, key == RemoteName.fields ? [] : key.split(separator: ".").map(String.init))
    }
}
