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

    /// An operation, its subject, and the function that is named.
    static let names: [(operation: String, subject: String, finder: String?)] = [
        ("getVM", "vm jump-host", "find.vm "), ("getVM", "vm vm-9", nil),
        ("listItems", "library golden", "find.library "),
        ("listItems", "library 00000000-0000-4000-a11b-000000000001", nil),
        ("getItem", "item golden/rhel-9", #"item "library/name""#),
        ("getCheckOut", "item 00000000-0000-4000-a17e-000000000002, vm web 1", "find.vm "),
        ("getCheckOut", "item 00000000-0000-4000-a17e-000000000002, vm vm-1:x", nil),
        ("getTask", "task x", nil), ("getVM", "", nil),
    ]

    @Test(arguments: names) func `a name in place of an identifier is told how to be looked up`(
        _ row: (operation: String, subject: String, finder: String?)
    ) {
        var error = VSphereError(.notFound, "no", status: 404, operation: row.operation)
        error.subject = row.subject
        error.addHint(for: Operation.named(row.operation), speaking: .automatic)
        #expect(error.hint?.contains(row.finder ?? "?") ?? false == (row.finder != nil))
        #expect((error.hint == nil) == (row.finder == nil))
    }
}
