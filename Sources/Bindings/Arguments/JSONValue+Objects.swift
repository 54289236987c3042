internal import Buffers
internal import JSON

extension JSONValue {
    /// Copies a value into a tree, with a replacement for each host object.
    /// - Parameters:
    ///   - value: Any value.
    ///   - stand: Returns the replacement of an object, or of a Lua value that could not be copied.
    init(_ value: Buffers.Value, objects stand: (Buffers.Value) -> JSONValue) {
        switch value.kind {
        case .object: self = stand(value)
        case .array: self = .array(value.elements.map { JSONValue($0, objects: stand) })
        case .record:
            self = .object(
                value.fields.map {
                    Member($0.key.string ?? "", JSONValue($0.value, objects: stand))
                }
            )
        default: self = JSONValue(value)
        }
    }
}
