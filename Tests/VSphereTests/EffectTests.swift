import Testing
import Transport

@testable import VSphere

/// What operations change is data, and nothing that changes is without.
@Suite struct EffectTests {
    @Test(arguments: Operation.all.map(\.name))
    func `whatever is not a look-up says what it changes`(_ name: String) throws {
        let operation = try #require(Operation.named(name))
        let isLookUp =
            operation.method == .get || name.hasPrefix("find") || name.hasPrefix("list")
        #expect((operation.effect == nil) == isLookUp)
    }

    @Test func `each way of looking belongs to an operation`() {
        let actions = [nil, "start", "stop", "reset", "suspend"]
        let kinds = Operation.all.flatMap { operation in
            actions.compactMap { operation.effect?.kind(action: $0) }
        }
        #expect(Set(kinds) == Set(Effect.Kind.allCases))
    }

    @Test func `what names an item says what must hold of it`() {
        for operation in Operation.all where operation.effect?.kind(action: nil)?.scope == .item {
            #expect(operation.effect?.needs(action: nil).isEmpty == false, "\(operation.name)")
            #expect(operation.effect?.consequences.isEmpty == false, "\(operation.name)")
            #expect(operation.privilege != nil, "\(operation.name)")
        }
    }

    private typealias Row = (operation: String, action: String?, kind: Effect.Kind?)

    private static let rows: [Row] = [
        ("setPower", "start", Effect.Kind.powerOn), ("setPower", "stop", .powerOff),
        ("setPower", "suspend", .suspend),
        ("setPower", "reset", nil), ("setPower", nil, nil),
        ("deploy", nil, .deploy), ("cancelTask", nil, nil), ("rollback", nil, .rollback),
        ("deployOVF", nil, .deploy), ("deleteItem", nil, .deleteItem),
        ("shutdownGuest", nil, .powerOff),
        ("rebootGuest", nil, nil), ("setHardware", "cpu", .setHardware),
        ("updateItem", nil, .updateItem), ("attachTag", nil, .attachTag),
        ("detachTag", nil, .detachTag), ("createLibrary", nil, .createLibrary),
        ("createSubscribedLibrary", nil, .createLibrary), ("deleteLibrary", nil, .deleteLibrary),
        ("deleteSubscribedLibrary", nil, .deleteLibrary), ("customize", nil, nil),
        ("publish", nil, nil), ("publishItem", nil, nil), ("sync", nil, nil),
        ("syncItem", nil, nil),
    ]

    @Test(arguments: rows) func `only what can be seen afterwards has a way of looking`(
        _ operation: String,
        _ action: String?,
        _ kind: Effect.Kind?
    ) { #expect(Operation.named(operation)?.effect?.kind(action: action) == kind) }
}
