import Testing
import VSphere

@testable import Bindings

@Suite struct FunctionSpecTests {
    @Test(arguments: FunctionSpec.all.map(\.name))
    func `nothing about a function is left unsaid`(_ name: String) throws {
        let specs = FunctionSpec.all.filter { $0.name == name }
        let spec = try #require(specs.first)
        #expect(specs.count == 1)
        #expect(spec.summary.hasSuffix("."))
        #expect(!spec.result.type.isEmpty && !spec.result.summary.isEmpty)
        #expect(!spec.example.isEmpty)
        #expect(spec.isGlobal || !spec.receivers.isEmpty)
        for parameter in spec.parameters {
            #expect(!parameter.type.isEmpty && !parameter.summary.isEmpty)
        }
    }

    @Test func `every parameter of an operation is described`() {
        for text in OperationText.all {
            #expect(
                text.parameters.count == text.operation.parameters.count,
                "\(text.operation.name)"
            )
        }
    }
}
