/// One test that ran, as reports show it.
struct TestCase: Equatable {
    /// Why a test failed; every text is escaped already.
    struct Failure: Error, Equatable {
        /// What went wrong, one line or several.
        var message: String
        /// Where: `file:line`, as far as it is known.
        var place: String?
        /// The line of the source at the place.
        var excerpt: String?
        /// What there should have been.
        var expected: String?
        /// What there was.
        var got: String?
        /// What to try.
        var hint: String?
        /// The calls that led there, the innermost first; only where there is more than the place itself.
        var trace: [String] = []

        /// All of it as lines, the message first.
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

    /// The file it stands in, as it was named.
    var file: String
    /// Its name; what a file itself did wrong stands under the name of the file.
    var name: String
    /// Nil where it passed.
    var failure: Failure?
    /// What it printed and logged, escaped.
    var output = ""
    /// How long it took.
    var duration: Duration = .zero
}
