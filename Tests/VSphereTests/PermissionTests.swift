import Testing

@testable import VSphere

/// A refusal for want of a right names the right, and where it is given.
@Suite struct PermissionTests {
    static let libraries: [Operation] = [
        .listLibraries, .getLibrary, .findLibraries, .listItems, .getItem, .deleteItem,
    ]
    static let others: [Operation] = [.listVMs, .getVM, .checkOut, .rollback, .listFolders]

    private func advice(_ operation: Operation) -> String? {
        var error = VSphereError(.unauthorized, "no", status: 403, operation: operation.name)
        error.addHint(for: operation, speaking: .automatic)
        return error.hint
    }

    @Test(arguments: libraries.map(\.name))
    func `a library needs a global permission, and the hint says so`(_ name: String) throws {
        let operation = try #require(Operation.named(name))
        let hint = try #require(advice(operation))
        #expect(hint.hasPrefix("it needs the privilege "), "\(hint)")
        #expect(
            hint.hasSuffix(", given as a global permission: libraries inherit from nothing else"),
            "\(hint)"
        )
    }

    @Test(arguments: others.map(\.name))
    func `nothing else is told to need one`(_ name: String) throws {
        let operation = try #require(Operation.named(name))
        let hint = try #require(advice(operation))
        #expect(hint.hasPrefix("it needs the privilege "), "\(hint)")
        #expect(!hint.contains("global"), "\(hint)")
    }
}
