import Testing

@testable import VSphere

/// A refused argument is helped with what tells the fields, where there are fields.
@Suite struct FieldAdviceTests {
    @Test(arguments: Operation.all.map(\.name))
    func `what takes fields is told where they stand`(_ name: String) throws {
        let operation = try #require(Operation.named(name))
        var error = VSphereError(.invalidArgument, "no", status: 400, operation: name)
        error.addHint(for: operation, speaking: .automatic)
        let isTold = error.hint?.contains("vmoon doc \(name),") == true
        let takesTable = operation.parameters.contains { $0.isTable }
        #expect(isTold == (takesTable && !operation.isLiteral), "\(error.hint ?? "nothing")")
    }
}
