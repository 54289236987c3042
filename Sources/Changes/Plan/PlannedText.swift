internal import JSON

/// A text of a plan: literal, but for placeholders, and for secrets that the plan does not keep.
struct PlannedText {
    /// The value that stands for a placeholder by now.
    enum Binding: Equatable {
        /// The result of the change that was matched with this number.
        case text(String)
        /// The change with this number has not been made.
        case missing(Int)
        /// No change of the plan has this number: it stood for what could not be read in the dry run.
        case anything
    }

    /// The text in place of a secret.
    static let secret = "***"

    /// The bytes up to the first gap, and behind each gap.
    private var literals: [[UInt8]] = [[]]
    /// The least length of each gap, in bytes.
    private var gaps: [Int] = []
    /// Whether a part of it could not be read in the dry run.
    private(set) var isUnread = false
    /// The first planned change whose result it needs and that has not been made.
    private(set) var missing: Int?

    /// Reads a text.
    /// - Parameters:
    ///   - text: The text, with placeholders.
    ///   - binding: The value of a placeholder, by its number.
    init(_ text: String, _ binding: (Int) -> Binding) {
        var rest = text[...]
        while let (before, number, after) = Placeholder.first(in: rest) {
            add(before)
            switch binding(number) {
            case .text(let text): literals[literals.count - 1] += Array(text.utf8)
            case .anything:
                isUnread = true
                addGap(1)
            case .missing(let number): missing = missing ?? number
            }
            rest = after
        }
        add(rest)
    }

    /// Adds text in which secrets may be left out.
    private mutating func add(_ text: Substring) {
        var rest = text
        while let place = rest.firstRange(of: Self.secret) {
            literals[literals.count - 1] += Array(rest[..<place.lowerBound].utf8)
            addGap(0)
            rest = rest[place.upperBound...]
        }
        literals[literals.count - 1] += Array(rest.utf8)
    }

    private mutating func addGap(_ least: Int) {
        gaps.append(least)
        literals.append([])
    }

    /// The text where nothing in it is open; nil for one that waits for a change, or has a gap.
    var exact: String? {
        missing == nil && gaps.isEmpty ? String(decoding: literals[0], as: UTF8.self) : nil
    }

    /// Whether a text of the run is the planned one, byte for byte.
    /// - Parameters:
    ///   - actual: The text.
    ///   - isOpen: Whether a gap may be filled by any text.
    /// - Returns: Whether it is.
    func matches(_ actual: String, isOpen: Bool) -> Bool {
        guard missing == nil, isOpen || gaps.isEmpty else { return false }
        var rest = Array(actual.utf8)[...]
        guard rest.starts(with: literals[0]) else { return false }
        rest = rest.dropFirst(literals[0].count)
        guard var least = gaps.first else { return rest.isEmpty }
        // The leftmost place for each literal leaves the most for those behind it.
        for (literal, gap) in zip(literals.dropFirst().dropLast(), gaps.dropFirst()) {
            rest = rest.dropFirst(least)
            while !rest.starts(with: literal) {
                guard !rest.isEmpty else { return false }
                rest = rest.dropFirst()
            }
            rest = rest.dropFirst(literal.count)
            least = gap
        }
        let last = literals[literals.count - 1]
        return rest.count >= least + last.count && rest.suffix(last.count).elementsEqual(last)
    }
}

extension Placeholder {
    /// The first placeholder in a text, with the text before and after it.
    static func first(
        in text: Substring
    ) -> (before: Substring, number: Int, after: Substring)? {
        var from = text.startIndex
        while let start = text[from...].firstRange(of: mark) {
            let digits = text[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
            let rest = text[digits.endIndex...]
            if let number = Int(digits), rest.hasPrefix(": "), let end = rest.firstIndex(of: ">") {
                return (text[..<start.lowerBound], number, text[text.index(after: end)...])
            }
            from = start.upperBound
        }
        return nil
    }

    /// The numbers of all placeholders in a value.
    static func numbers(in value: JSONValue) -> Set<Int> {
        switch value {
        case .string(let text):
            var found: Set<Int> = []
            var rest = text[...]
            while let (_, number, after) = first(in: rest) {
                found.insert(number)
                rest = after
            }
            return found
        case .array(let elements):
            return elements.reduce(into: []) { $0.formUnion(numbers(in: $1)) }
        case .object(let members):
            return members.reduce(into: []) { found, member in
                found.formUnion(numbers(in: .string(member.name)))
                found.formUnion(numbers(in: member.value))
            }
        case .null, .boolean, .integer, .double: return []
        }
    }
}
