public import Buffers

extension ValueBuffer {
    /// Appends a copy of a tree.
    public func put(_ value: JSONValue) {
        switch value {
        case .null: putNull()
        case .boolean(let bool): put(bool)
        case .integer(let number): put(number)
        case .double(let number): put(number)
        case .string(let text): put(text)
        case .array(let elements):
            putArray {
                for element in elements { put(element) }
                return elements.count
            }
        case .object(let members):
            putRecord {
                for member in members {
                    put(member.name)
                    put(member.value)
                }
                return members.count
            }
        }
    }
}
