internal import Text

/// The report of test results; each part is returned as soon as it is known.
struct TestReport {
    /// The forms there are.
    enum Format: String, CaseIterable {
        case human, tap, junit

        static let usual = Self.human
    }

    let format: Format
    private(set) var cases: [TestCase] = []

    init(_ format: Format) { self.format = format }

    /// The number of failures.
    var failureCount: Int { cases.count { $0.failure != nil } }

    /// The text before the first result.
    var head: String { format == .tap ? "TAP version 13\n" : "" }

    /// Adds a result.
    /// - Returns: The text to write now.
    mutating func add(_ result: TestCase) -> String {
        let isFirst = cases.last?.file != result.file
        cases.append(result)
        switch format {
        case .human: return (isFirst ? result.file + "\n" : "") + Self.humanText(result)
        case .tap: return Self.tapText(result, number: cases.count)
        case .junit: return ""
        }
    }

    /// The text after the last result.
    ///
    /// `isComplete` is false if the tests were interrupted.
    func tail(isComplete: Bool, took duration: Duration) -> String {
        switch format {
        case .human:
            guard !cases.isEmpty || !isComplete else { return "" }
            let tests = cases.count == 1 ? "1 test" : "\(cases.count) tests"
            let verdict = failureCount == 0 ? "none failed" : "\(failureCount) failed"
            let words = isComplete ? "" : ", interrupted"
            return "\(tests), \(verdict)\(words) (\(duration.secondsText) s)\n"
        case .tap:
            return isComplete ? "1..\(cases.count)\n" : "Bail out! interrupted\n"
        case .junit: return junitText()
        }
    }

    private static func humanText(_ result: TestCase) -> String {
        guard let failure = result.failure else { return "  ok    \(result.name)\n" }
        var lines = ["  FAIL  \(result.name)"]
        lines += failure.lines.map { "        " + $0 }
        if !result.output.isEmpty {
            lines.append("        output:")
            lines += result.output.split(separator: "\n").map { "        | " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// TAP 13: the failure is written in comments, which every reader shows or skips.
    private static func tapText(_ result: TestCase, number: Int) -> String {
        // `#` would begin a directive.
        let name = "\(result.file): \(result.name)".replacing("#", with: "\\#")
        guard let failure = result.failure else { return "ok \(number) - \(name)\n" }
        var lines = failure.lines
        lines += result.output.split(separator: "\n").map { "| " + $0 }
        return "not ok \(number) - \(name)\n" + lines.map { "# \($0)\n" }.joined()
    }

    /// The beginning of every JUnit XML report.
    static let junitBeginning = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "

    /// The report as JUnit XML, with a suite for each file.
    func junitText() -> String {
        var files: [String] = []
        for result in cases where !files.contains(result.file) { files.append(result.file) }
        let counts = "tests=\"\(cases.count)\" failures=\"\(failureCount)\""
        var text = Self.junitBeginning + "\(counts)>\n"
        for file in files {
            let suite = cases.filter { $0.file == file }
            let failures = suite.count { $0.failure != nil }
            let time = suite.reduce(Duration.zero) { $0 + $1.duration }.secondsText
            text += "  <testsuite name=\"\(Self.xml(file))\" tests=\"\(suite.count)\" "
            text += "failures=\"\(failures)\" time=\"\(time)\">\n"
            text += suite.map(Self.junitCase).joined() + "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func junitCase(_ result: TestCase) -> String {
        var text = "    <testcase classname=\"\(xml(result.file))\" name=\"\(xml(result.name))\" "
        text += "time=\"\(result.duration.secondsText)\""
        var content = ""
        if let failure = result.failure {
            let first = failure.message.split(separator: "\n").first.map(String.init) ?? ""
            content += "      <failure message=\"\(xml(first))\">"
            content += xml(failure.lines.joined(separator: "\n")) + "</failure>\n"
        }
        if !result.output.isEmpty {
            content += "      <system-out>\(xml(result.output))</system-out>\n"
        }
        return text + (content.isEmpty ? "/>\n" : ">\n\(content)    </testcase>\n")
    }

    private static func xml(_ text: String) -> String { Escaping.markupLines.text(text) }
}
