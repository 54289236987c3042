/// Host objects by number; numbers are never used again.
struct ObjectTable<Object> {
    private var objects: [UInt64: Object] = [:]
    private var last: UInt64 = 0

    subscript(identifier: UInt64) -> Object? { objects[identifier] }

    /// All objects, in no order.
    var all: some Collection<Object> { objects.values }

    mutating func add(_ object: Object) -> UInt64 {
        last += 1
        objects[last] = object
        return last
    }

    mutating func remove(_ identifier: UInt64) { objects[identifier] = nil }
}
