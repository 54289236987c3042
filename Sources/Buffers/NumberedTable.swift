/// Values by number: each value gets the next number, and none is used again.
///
/// A dictionary would do; but the first one with integer keys makes Swift's runtime look through all that conforms to
/// anything, which is a twentieth of a start.
public struct NumberedTable<Value> {
    @usableFromInline struct Slot {
        @usableFromInline let number: UInt64
        @usableFromInline var value: Value?
        @inlinable init(number: UInt64, value: Value?) {
            self.number = number
            self.value = value
        }
    }

    /// In the order of the numbers; a removed value leaves its slot, until half of all are empty.
    @usableFromInline var slots: [Slot] = []
    @usableFromInline var live = 0
    @usableFromInline var given: UInt64 = 0

    /// Makes an empty table.
    @inlinable public init() {}

    /// How many values there are.
    @inlinable public var count: Int { live }

    /// The number that was given last; 0 for none.
    @inlinable public var last: UInt64 { given }

    /// Whether there is no value.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// The values, in the order of their numbers.
    @inlinable public var values: [Value] { slots.compactMap(\.value) }

    /// The value of a number that was given; nil for none, and to remove it.
    @inlinable public subscript(_ number: UInt64) -> Value? {
        get { place(of: number).flatMap { slots[$0].value } }
        set {
            guard let newValue else {
                remove(number)
                return
            }
            if let place = place(of: number), slots[place].value != nil {
                slots[place].value = newValue
            }
        }
    }

    /// Adds a value.
    /// - Returns: Its number.
    @inlinable public mutating func add(_ value: Value) -> UInt64 {
        given += 1
        slots.append(Slot(number: given, value: value))
        live += 1
        return given
    }

    /// Removes a value.
    /// - Returns: The value; nil for a number without one.
    @inlinable @discardableResult
    public mutating func remove(_ number: UInt64) -> Value? {
        guard let place = place(of: number), let value = slots[place].value else { return nil }
        slots[place].value = nil
        live -= 1
        if live == 0 {
            slots.removeAll(keepingCapacity: slots.count < 64)
        } else if slots.count > 64, live < slots.count / 2 {
            slots.removeAll { $0.value == nil }
        }
        return value
    }

    /// Removes all values; their numbers are not used again.
    @inlinable public mutating func removeAll() {
        slots = []
        live = 0
    }

    @inlinable func place(of number: UInt64) -> Int? {
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < slots.count && slots[low].number == number ? low : nil
    }
}
