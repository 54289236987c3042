/// The values of some options, in the order in which they were first given.
///
/// Not a dictionary: a run has few of them, and the first dictionary whose keys are of a type of our own makes
/// Swift's runtime look through everything that conforms to anything.
public struct OptionTable<Value: Sendable>: Sendable {
    private var entries: [(option: Option, value: Value)] = []

    /// Makes an empty table.
    public init() {}

    /// The value of an option; nil when it was not given.
    public subscript(_ option: Option) -> Value? {
        get { entries.first { $0.option == option }?.value }
        set {
            let place = entries.firstIndex { $0.option == option }
            switch (place, newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append((option, value))
            case (nil, nil): break
            }
        }
    }
}

extension OptionTable: Sequence {
    /// Goes through the options and their values.
    public func makeIterator() -> IndexingIterator<[(option: Option, value: Value)]> {
        entries.makeIterator()
    }
}

extension OptionTable: Equatable where Value: Equatable {
    /// Whether the same options have the same values, in whatever order.
    public static func == (left: Self, right: Self) -> Bool {
        left.entries.count == right.entries.count
            && left.entries.allSatisfy { right[$0.option] == $0.value }
    }
}

extension OptionTable: ExpressibleByDictionaryLiteral {
    /// Makes a table of options and values.
    public init(dictionaryLiteral elements: (Option, Value)...) {
        for (option, value) in elements { self[option] = value }
    }
}
