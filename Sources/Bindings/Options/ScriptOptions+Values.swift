public import JSON
internal import Text

extension ScriptOptions {
    /// A fault in the words that a script was given, told to whoever runs it.
    public struct Problem: Error, Equatable {
        /// One line.
        public let message: String

        init(_ message: String) { self.message = message }
    }

    /// The outcome of reading the words of a command line.
    public enum Outcome: Equatable {
        /// The values, by the names of their entries.
        case values([JSONValue.Member])
        /// `--help` is among them.
        case help
    }

    /// Reads the words behind the script's name.
    ///
    /// Options may stand before, between and behind the other words; `--` ends them.
    /// - Throws: The first mistake.
    public func read(_ given: [String]) throws(Problem) -> Outcome {
        var found: [String: [JSONValue]] = [:]
        var rest: [String] = []
        var left = given[...]
        while let word = left.popFirst() {
            if word == "--" {
                rest += left
                break
            }
            if word == "--help" || word == "-h" { return .help }
            if word.hasPrefix("--") {
                try readLong(word, &left, &found)
            } else if word.hasPrefix("-"), word.count > 1, !isNumber(word, at: rest.count) {
                try readShort(word, &left, &found)
            } else {
                rest.append(word)
            }
        }
        try readWords(rest, &found)
        return .values(try values(found))
    }

    private func readLong(
        _ word: String,
        _ left: inout ArraySlice<String>,
        _ found: inout [String: [JSONValue]]
    ) throws(Problem) {
        let equals = word.firstIndex(of: "=")
        let name = String(word[..<(equals ?? word.endIndex)])
        let attached = equals.map { String(word[word.index(after: $0)...]) }
        if let entry = options.first(where: { $0.spelling == name }) {
            guard entry.kind != .flag else {
                guard attached == nil else { throw Problem("\(name) takes no value") }
                found[entry.name] = [.boolean(true)]
                return
            }
            guard let text = attached ?? left.popFirst() else {
                throw Problem("\(name) needs a value: \(entry.placeholder), \(entry.summary)")
            }
            let value = try entry.value(of: text, called: name)
            found[entry.name] = entry.isList ? (found[entry.name] ?? []) + [value] : [value]
            return
        }
        if let entry = options.first(where: { $0.kind == .flag && $0.negation == name }),
            attached == nil
        {
            found[entry.name] = [.boolean(false)]
            return
        }
        let names = options.flatMap {
            $0.kind == .flag ? [$0.spelling, $0.negation] : [$0.spelling]
        }
        let near = Suggestion.nearest(to: name, among: names + ["--help"])
        throw Problem(
            "there is no option \(Display.name(name)); "
                + (near.map { "did you mean \($0)?" }
                    ?? "--help lists them, and vmoon's own stand before the script's name")
        )
    }

    private func readShort(
        _ word: String,
        _ left: inout ArraySlice<String>,
        _ found: inout [String: [JSONValue]]
    ) throws(Problem) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let entry = options.first(where: { $0.short == letter }) else {
                throw Problem("there is no option \(Display.name("-\(letter)")); --help lists them")
            }
            guard entry.kind != .flag else {
                found[entry.name] = [.boolean(true)]
                continue
            }
            let attached = letters.isEmpty ? left.popFirst() : String(letters)
            guard let text = attached else {
                throw Problem("-\(letter) needs a value: \(entry.placeholder), \(entry.summary)")
            }
            let value = try entry.value(of: text, called: "-\(letter)")
            found[entry.name] = entry.isList ? (found[entry.name] ?? []) + [value] : [value]
            return
        }
    }

    /// Tells whether a word with a dash in front is a number that is wanted there.
    private func isNumber(_ word: String, at place: Int) -> Bool {
        guard let entry = words.indices.contains(place) ? words[place] : words.last else {
            return false
        }
        guard entry.kind == .number || entry.kind == .integer else { return false }
        return Double(word) != nil
    }

    private func readWords(
        _ rest: [String],
        _ found: inout [String: [JSONValue]]
    ) throws(Problem) {
        var left = rest[...]
        for entry in words {
            repeat {
                guard let text = left.popFirst() else { break }
                let value = try entry.value(of: text, called: entry.placeholder)
                found[entry.name, default: []].append(value)
            } while entry.isList && !left.isEmpty
        }
        if let extra = left.first {
            throw Problem(
                words.isEmpty
                    ? "it takes options only, and no \"\(Display.name(extra))\""
                    : "there is one word too many: \"\(Display.name(extra))\""
            )
        }
    }

    private func values(
        _ found: [String: [JSONValue]]
    ) throws(Problem) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        for (place, entry) in (words + options).enumerated() {
            if let values = found[entry.name] {
                members.append(.init(entry.name, entry.isList ? .array(values) : values[0]))
            } else if let fallback = entry.fallback {
                members.append(.init(entry.name, try entry.value(ofDefault: fallback)))
            } else if entry.isRequired {
                let name = place < words.count ? entry.placeholder : entry.spelling
                throw Problem("\(name) is missing: \(entry.summary); --help tells more")
            } else if entry.isList {
                members.append(.init(entry.name, .array([])))
            } else if entry.kind == .flag {
                members.append(.init(entry.name, .boolean(false)))
            }
        }
        return members
    }
}

extension ScriptOptions.Entry {
    /// How a flag is switched off: `--no-verify`.
    var negation: String { "--no-" + spelling.dropFirst(2) }

    /// The value of a default, which may be one already.
    func value(ofDefault value: JSONValue) throws(ScriptOptions.Problem) -> JSONValue {
        if isList {
            guard let list = value.array else {
                throw ScriptOptions.Problem("must be a list")
            }
            var values: [JSONValue] = []
            for element in list { values.append(try one(ofDefault: element)) }
            return .array(values)
        }
        return try one(ofDefault: value)
    }

    private func one(ofDefault value: JSONValue) throws(ScriptOptions.Problem) -> JSONValue {
        switch (kind, value) {
        case (.flag, .boolean), (.number, .integer), (.number, .double), (.integer, .integer),
            (.duration, .integer), (.duration, .double), (.size, .integer):
            return value
        case (.string, .string), (.choice, .string), (.duration, .string), (.size, .string):
            return try self.value(of: value.string ?? "", called: nil)
        default: throw ScriptOptions.Problem("must be \(phrase)")
        }
    }

    /// Reads the text of a value.
    func value(of text: String, called name: String?) throws(ScriptOptions.Problem) -> JSONValue {
        let head = name.map { "\($0) " } ?? ""
        func wrong(_ more: String = "") -> ScriptOptions.Problem {
            ScriptOptions.Problem("\(head)must be \(phrase), not \"\(Display.name(text))\"\(more)")
        }
        switch kind {
        case .flag: return .boolean(true)
        case .string: return .string(text)
        case .integer:
            guard let number = Int(text) else { throw wrong() }
            try check(Double(number), wrong())
            return .integer(number)
        case .number:
            guard let number = Double(text), number.isFinite else { throw wrong() }
            try check(number, wrong())
            return Int(text).map { .integer($0) } ?? .double(number)
        case .duration:
            do throws(QuantityProblem) {
                let span = try SpanText.parse(text).wholeMilliseconds
                return span % 1000 == 0
                    ? .integer(Int(span / 1000)) : .double(Double(span) / 1000)
            } catch {
                throw wrong("; \(error.hint)")
            }
        case .size:
            do throws(QuantityProblem) {
                return .integer(try SizeText.parse(text))
            } catch {
                throw wrong("; \(error.hint)")
            }
        case .choice(let words):
            guard words.contains(text) else {
                let near = Suggestion.nearest(to: text, among: words)
                throw wrong(near.map { "; did you mean \($0)?" } ?? "")
            }
            return .string(text)
        }
    }

    private func check(
        _ number: Double,
        _ problem: ScriptOptions.Problem
    ) throws(ScriptOptions.Problem) {
        if let least, number < least { throw problem }
        if let most, number > most { throw problem }
    }

    /// The rule for a value, for a person.
    private var phrase: String {
        switch kind {
        case .flag: return "true or false"
        case .string: return "a text"
        case .duration: return "a length of time"
        case .size: return "a size"
        case .choice(let words):
            let all = words.dropLast().joined(separator: ", ")
            return (all.isEmpty ? "" : all + " or ") + (words.last ?? "")
        case .integer, .number:
            let what = kind == .integer ? "a whole number" : "a number"
            switch (least, most) {
            case (let least?, let most?):
                return "\(what) from \(Self.text(least)) to \(Self.text(most))"
            case (let least?, nil): return "\(what) from \(Self.text(least))"
            case (nil, let most?): return "\(what) up to \(Self.text(most))"
            case (nil, nil): return what
            }
        }
    }

    /// A number, without a fraction that says nothing.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
