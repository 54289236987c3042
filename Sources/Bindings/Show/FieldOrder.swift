/// The order in which fields are shown: Lua's tables have none, and it must be the same each time.
enum FieldOrder {
    /// Fields that identify a record come first.
    private static let first = ["name", "id", "vm", "version"]

    /// Tells whether a field comes before another.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let places = (
            first.firstIndex(of: left) ?? first.count, first.firstIndex(of: right) ?? first.count
        )
        guard places.0 == places.1 else { return places.0 < places.1 }
        if let numbers = number(left).flatMap({ left in number(right).map { (left, $0) } }) {
            return numbers.0 < numbers.1
        }
        return left < right
    }

    /// The number in `[12]`.
    private static func number(_ label: String) -> Int? {
        label.hasPrefix("[") ? Int(label.dropFirst().dropLast()) : nil
    }
}
