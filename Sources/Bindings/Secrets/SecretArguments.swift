internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

/// Secrets among the arguments of a call: a specification has their texts, on the way to the wire only.
struct SecretArguments {
    let vault: SecretVault
    /// The function, for errors.
    let operation: String
    private let out = ValueBuffer()

    init(_ vault: SecretVault, of operation: String) {
        self.vault = vault
        self.operation = operation
    }

    /// Puts texts in the place of the secrets within tables.
    /// - Parameter values: The arguments.
    /// - Returns: The arguments, the same ones where there is no secret among them.
    /// - Throws: kind `usage` for a secret that would name an object or stand in an address.
    func revealed(_ values: [Value]) throws(VSphereError) -> [Value] {
        guard values.contains(where: holdsSecret) else { return values }
        for value in values { try put(value, under: "", inTable: false, inAddress: false) }
        return out.values
    }

    private func holdsSecret(_ value: Value) -> Bool {
        switch value.kind {
        case .object: vault[value] != nil
        case .array: value.elements.contains(where: holdsSecret)
        case .record: value.fields.contains { holdsSecret($0.value) }
        default: false
        }
    }

    private func put(
        _ value: Value,
        under name: String,
        inTable: Bool,
        inAddress: Bool
    ) throws(VSphereError) {
        switch value.kind {
        case .object:
            guard let secret = vault[value] else { return out.put(value) }
            guard inTable, !inAddress, !Self.namesObject(name) else {
                throw VSphereError(
                    .usage,
                    (name.isEmpty ? "" : Display.name(name) + ": ")
                        + "a secret cannot name an object, nor be part of an address",
                    operation: operation,
                    hint: "it is taken in the other fields of a specification"
                )
            }
            out.put(secret.reveal())
        case .array:
            try out.putArray { () throws(VSphereError) in
                for element in value.elements {
                    try put(element, under: name, inTable: inTable, inAddress: inAddress)
                }
                return value.count
            }
        case .record:
            try out.putRecord { () throws(VSphereError) in
                for (key, found) in value.fields {
                    let name = key.string ?? ""
                    let isAddress = inAddress || name == "query"
                    out.put(key)
                    try put(found, under: name, inTable: true, inAddress: isAddress)
                }
                return value.count
            }
        default: out.put(value)
        }
    }

    /// Tells whether a field of this name tells which object is meant, or where a request goes.
    static func namesObject(_ name: String) -> Bool {
        names.contains(name) || name.hasSuffix("_id")
    }

    private static let names: Set = [
        "name", "id", "item", "vm", "version", "library", "source_vm", "folder", "resource_pool",
        "host", "cluster", "datastore", "network", "tag", "type", "action", "part", "path", "query",
        "method", "wrap", "maps",
    ]
}
