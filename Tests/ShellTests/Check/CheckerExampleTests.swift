import Bindings
import Testing

@testable import Shell

/// What is found in the examples of the reference: nothing.
@Suite struct CheckerExampleTests {
    private func findings(_ source: String) throws -> [String] {
        try CheckerTests().findings(source)
    }

    @Test(arguments: FunctionSpec.all.map(\.name))
    func `nothing is found in the example of a function`(_ name: String) throws {
        let spec = try #require(FunctionSpec.all.first { $0.name == name })
        #expect(try findings(spec.example) == [])
    }

    @Test(arguments: FunctionSpec.testing.map(\.name))
    func `nothing is found in the example of a function for tests`(_ name: String) throws {
        let spec = try #require(FunctionSpec.testing.first { $0.name == name })
        let check = try SourceCheck(testing: FunctionSpec.testing)
        #expect(check.findings(in: Array(spec.example.utf8), isTest: true) == [])
    }

    @Test func `nothing is found in the examples of values`() throws {
        for value in ValueSpec.all { #expect(try findings(value.example) == []) }
    }
}
