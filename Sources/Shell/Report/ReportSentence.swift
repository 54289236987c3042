/// A sentence of a report: its words are ours, markup too, and what is put into it is a text of others.
struct ReportSentence: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [(text: String, isOurs: Bool)] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        mutating func appendLiteral(_ literal: String) { parts.append((literal, true)) }

        mutating func appendInterpolation(_ text: String) { parts.append((text, false)) }

        mutating func appendInterpolation(ours text: String) { parts.append((text, true)) }
    }

    fileprivate let parts: [(text: String, isOurs: Bool)]

    init(stringLiteral literal: String) { parts = [(literal, true)] }

    init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }
}

extension ReportOutput {
    /// Adds a sentence, in which only what is of others is escaped.
    mutating func say(_ sentence: ReportSentence, _ escaping: Escaping) {
        for part in sentence.parts {
            if part.isOurs { put(part.text) } else { put(part.text, escaping) }
        }
    }
}
