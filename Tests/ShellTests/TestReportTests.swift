import Posix
import Testing
import VSphere

@testable import Shell

/// What is written of tests that ran.
struct TestReportTests {
    static let cases = [
        TestCase(file: "a_test.lua", name: "passes", duration: .milliseconds(1234)),
        TestCase(
            file: "a_test.lua",
            name: "fails at # 2 & <3>",
            failure: TestCase.Failure(
                message: "not equal",
                place: "a_test.lua:7",
                excerpt: "assert.equal(\"3\", version)",
                expected: "\"3\"",
                got: "{\n  a = 1,\n}",
                hint: "look",
                trace: ["flow.lua:3: in function 'back'"]
            ),
            output: "one\ntwo\n",
            duration: .milliseconds(7)
        ),
        TestCase(file: "b_test.lua", name: "passes too"),
    ]

    private func text(_ format: TestReport.Format, isComplete: Bool = true) -> String {
        var report = TestReport(format)
        let text = report.head + Self.cases.map { report.add($0) }.joined()
        return text + report.tail(isComplete: isComplete, took: .milliseconds(2050))
    }

    @Test(arguments: TestReport.Format.allCases)
    func `a report is as recorded`(_ format: TestReport.Format) {
        expectGolden(text(format), "test-report-\(format).txt")
    }

    @Test func `JUnit's XML has no character that XML forbids`() {
        var report = TestReport(.junit)
        let hostile = "a\u{FFFE}\u{FFFF}\u{0}\u{B}\u{1B}<&>\"'\tb\nc"
        _ = report.add(
            TestCase(
                file: hostile,
                name: hostile,
                failure: TestCase.Failure(message: hostile),
                output: hostile
            )
        )
        let text = report.tail(isComplete: true, took: .zero)
        #expect(
            text.unicodeScalars.allSatisfy { scalar in
                let value = scalar.value
                return (value >= 0x20 || value == 0xA) && value & 0xFFFE != 0xFFFE
                    && !(0xFDD0...0xFDEF).contains(value)
            }
        )
        let spelled = "a\\u{FFFE}\\u{FFFF}\\x00\\x0B\\x1B&lt;&amp;&gt;&quot;&#39;&#9;b&#10;c"
        #expect(text.contains("name=\"\(spelled)\""), "\(text)")
        #expect(text.contains("<system-out>\(spelled)"), "\(text)")
    }

    @Test func `an interrupted run has no plan and says so`() {
        #expect(text(.tap, isComplete: false).hasSuffix("Bail out! interrupted\n"))
        #expect(text(.human, isComplete: false).contains("1 failed, interrupted"))
    }

    @Test func `files are found by their ending, in folders below too, each once`() throws {
        var world = FakeWorld().world()
        world.listFolder = { path throws(PosixError) in
            switch path {
            case "d": return [".git", "a_test.lua", "b_test.lua", "sub", "x.lua"]
            case "d/sub": return ["c_test.lua"]
            case "empty": return []
            case "one.lua": return nil
            default: throw PosixError("read", path: path, code: 2)
            }
        }
        let found = try TestFiles.find(["one.lua", "d", "d/sub"], in: world)
        #expect(found == ["one.lua", "d/a_test.lua", "d/b_test.lua", "d/sub/c_test.lua"])
        for path in ["empty", "missing"] {
            let error = #expect(throws: SettingsError.self) {
                try TestFiles.find([path], in: world)
            }
            #expect(error?.exitCode == .notFound)
        }
    }
}
