/// One test that ran, for reports.
struct TestCase: Equatable {
    /// Why a test failed; every text is escaped already.
    struct Failure: Error, Equatable {
        /// The message, one line or several.
        var message: String
        /// The place, `file:line`, as far as it is known.
        var place: String?
        /// The line of the source at the place.
        var excerpt: String?
        /// The expected value.
        var expected: String?
        /// The actual value.
        var got: String?
        /// Advice on what to try.
        var hint: String?
        /// The calls that led there, the innermost first; empty if the place is the only one.
        var trace: [String] = []

        /// All fields as lines, the message first.
        var lines: [String] {
            var lines = [(place.map { "\($0): " } ?? "") + message]
            if let excerpt { lines.append("  > " + excerpt) }
            for (title, text) in [("expected", expected), ("got", got)] {
                guard let text else { continue }
                let label = "  \(title):".padded(to: 13)
                let margin = String(repeating: " ", count: 13)
                lines.append(label + text.replacing("\n", with: "\n" + margin))
            }
            if let hint { lines.append("  try: " + hint) }
            lines += trace.map { "  from " + $0 }
            return lines.flatMap { $0.split(separator: "\n").map(String.init) }
        }
    }

    /// The test file, as named on the command line.
    var file: String
    /// Its name; an error of the file itself has the name of the file.
    var name: String
    /// The failure; nil if it passed.
    var failure: Failure?
    /// Its output and log, escaped.
    var output = ""
    /// Its duration.
    var duration: Duration = .zero
}
