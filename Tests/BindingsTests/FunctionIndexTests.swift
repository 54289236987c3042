import Posix
import Testing
import VSphere

@testable import Bindings

/// The names that a start reads, beside the descriptions that they are of.
@Suite struct FunctionIndexTests {
    @Test func `the names are those of the descriptions`() throws {
        let described = FunctionIndex()
        if Environment.all()["RECORD_GOLDEN"] == "1" { return try record(described.text) }
        #expect(FunctionIndex.all.text == described.text, "record them: RECORD_GOLDEN=1")
        #expect(FunctionIndex.all == described)
    }

    @Test func `every function that scripts call through the host has a body`() {
        let entries = FunctionIndex.all.entries
        #expect(entries.count == FunctionSpec.all.count)
        for entry in entries {
            #expect((entry.body == nil) == entry.forms.contains(.inLua), "\(entry.name)")
            #expect(entry.spec.name == entry.name)
        }
    }

    @Test func `what is called of an operation is that operation`() {
        let names = FunctionIndex.all.entries.filter { $0.group == .operations }.map(\.name)
        #expect(names == OperationText.all.map(\.operation.name))
    }

    @Test(arguments: [
        ("", ""), ("step gn\n", "step "),
        (
            "json.encode g\njson.decode g\n\nstep n\nopen 1\n\nstep gl\njson.null g\n",
            "json step json "
        ),
    ])
    func `a module is one global`(_ text: String, _ globals: String) {
        #expect(FunctionIndex(parsing: text).globals == globals)
    }

    private func record(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let literal = lines.map { $0.isEmpty ? "\n" : "        \($0)\n" }.joined()
        let path = #filePath.replacing(
            "Tests/BindingsTests/FunctionIndexTests.swift",
            with: "Sources/Bindings/Spec/FunctionIndex+Names.swift"
        )
        let source = """
            extension FunctionIndex {
                /// The names that a start reads, as `FunctionIndex.text` gives them: a test compares them with the descriptions,
                /// and writes them anew with RECORD_GOLDEN=1.
                static let names = \"""
            \(literal)        \"""
            }

            """
        try File.replace(path, with: Array(source.utf8), mode: 0o644)
        Issue.record("recorded the names; build and run again without RECORD_GOLDEN")
    }
}
