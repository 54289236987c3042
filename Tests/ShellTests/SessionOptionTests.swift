import Bindings
import Testing

@testable import Shell

@Suite struct SessionOptionTests {
    @Test func `the options of session are those that profiles have, and two more`() throws {
        let spec = try #require(FunctionSpec.all.first { $0.name == "session" })
        let described = Set(spec.parameters[0].type.fields.map(\.name))
        // The journal is the run's, whatever its sessions are.
        let keys = Set(Flag.all.compactMap(\.profileKey)).subtracting(["journal", "lease"])
        #expect(described == keys.union(["profile", "password"]))
    }
}
