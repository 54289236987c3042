import Testing
import VSphere

@testable import Shell

/// A run or an operation is named by its identifier, or by as much of it as tells it from others.
@Suite struct RecordNameTests {
    @Test(
        arguments: [
            ("5f3c0a1b", ["5f3c0a1b-1"], "5f3c0a1b-1", nil),
            ("5f3c0a1b-1", ["5f3c0a1b-1", "5f3c0a1b-12"], "5f3c0a1b-1", nil),
            // A journal of our own tests, and of nobody else.
            ("r1", ["r1"], "r1", nil),
            ("5f3c0a1", ["5f3c0a1b-1"], nil, .usage),
            ("", ["5f3c0a1b-1"], nil, .usage),
            ("5f3c0a1b", [], nil, .notFound),
            ("5f3c0a1b", ["5f3c0a1b-1", "5f3c0a1b-2"], nil, .invalidInput),
            ("5f3c0a1b", ["5f3c0a1b-1", "5f3c0a1b-2", "5f3c0a1b-3"], nil, .invalidInput),
        ] as [(String, [String], String?, ExitCode?)]
    )
    func `what a name stands for`(
        _ name: String,
        _ identifiers: [String],
        _ chosen: String?,
        _ code: ExitCode?
    ) {
        for kind in [RecordName.Kind.run, .operation] {
            switch RecordName(name, of: kind).choose(among: identifiers) {
            case .success(let identifier): #expect(identifier == chosen && code == nil)
            case .failure(let error): #expect(error.exitCode == code && !error.hint.isEmpty)
            }
        }
    }
}
