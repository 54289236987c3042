/// The values of options, in the order in which the options were first given.
///
/// Not a dictionary: a run has few of them, and the first dictionary with keys of our own type makes
/// Swift's runtime search all protocol conformances of the program.
public struct OptionTable<Value: Sendable>: Sendable {
    private var entries: [(option: Option, value: Value)] = []

    /// Makes an empty table.
    public init() {}

    /// The value of an option; nil if it was not given.
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
    /// Iterates over the options and their values.
    public func makeIterator() -> IndexingIterator<[(option: Option, value: Value)]> {
        entries.makeIterator()
    }
}

extension OptionTable: Equatable where Value: Equatable {
    /// Whether two tables have the same values, in any order.
    public static func == (left: Self, right: Self) -> Bool {
        left.entries.count == right.entries.count
            && left.entries.allSatisfy { right[$0.option] == $0.value }
    }
}

extension OptionTable: ExpressibleByDictionaryLiteral {
    /// Makes a table from options and values.
    public init(dictionaryLiteral elements: (Option, Value)...) {
        for (option, value) in elements { self[option] = value }
    }
}
