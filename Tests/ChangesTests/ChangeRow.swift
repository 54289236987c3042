import Buffers
import JSON

@testable import Changes
@testable import VSphere

/// A change of ours, as a script asks for it: which operation, and how it can be seen afterwards.
enum ChangeRow: String, CaseIterable, Sendable {
    case rollback, checkIn
    case checkOut, markedCheckOut
    case deleteCheckOut, deleteVersion, deleteVM, deleteCheckedOutVM
    case start, stop, reset, suspend
    case deploy, markedDeploy
    case createTemplate, markedCreateTemplate
    case deleteItem

    var operation: VSphere.Operation {
        switch self {
        case .rollback: .rollback
        case .checkIn: .checkIn
        case .checkOut, .markedCheckOut: .checkOut
        case .deleteCheckOut: .deleteCheckOut
        case .deleteVersion: .deleteVersion
        case .deleteVM, .deleteCheckedOutVM: .deleteVM
        case .start, .stop, .reset, .suspend: .setPower
        case .deploy, .markedDeploy: .deploy
        case .createTemplate, .markedCreateTemplate: .createTemplate
        case .deleteItem: .deleteItem
        }
    }

    var isAboutItem: Bool {
        switch self {
        case .rollback, .checkIn, .checkOut, .markedCheckOut, .deleteCheckOut, .deleteVersion,
            .deleteCheckedOutVM, .deleteItem:
            true
        default: false
        }
    }

    var isAboutMachine: Bool { vm != nil && !isAboutItem }

    /// Whether the vCenter shows afterwards whether it was this change that happened, or that its purpose is reached.
    var isProvable: Bool {
        switch self {
        case .checkOut, .deploy, .createTemplate, .reset: false
        default: true
        }
    }

    /// Whether it uses up what it names, so that it may be sent twice.
    var isFenced: Bool {
        switch self {
        case .rollback, .checkIn, .deleteCheckOut, .deleteVersion, .deleteVM, .deleteCheckedOutVM,
            .deleteItem:
            true
        default: false
        }
    }

    /// Whether a refusal is seen through where something on the way has sent the request twice.
    var seesThroughRefusals: Bool {
        switch self {
        case .reset: false
        default: true
        }
    }

    var givesResult: Bool { operation.result.isResult }

    /// The machine that it names.
    var vm: String? {
        switch self {
        case .checkIn, .deleteCheckOut, .deleteCheckedOutVM: "vm-11"
        case .deleteVM, .start, .stop, .reset, .suspend: "vm-5"
        default: nil
        }
    }

    /// The state of power that it wants.
    var power: String? {
        switch self {
        case .start: "POWERED_ON"
        case .stop: "POWERED_OFF"
        case .suspend: "SUSPENDED"
        default: nil
        }
    }

    /// Puts the vCenter in a state in which it can be done.
    func prepare(_ server: inout FakeVCenter) {
        switch self {
        case .checkIn, .deleteCheckOut, .deleteCheckedOutVM: _ = try? server.makeCheckOut("work")
        case .stop, .reset, .suspend: try? server.power("start", "vm-5")
        default: break
        }
    }

    func arguments(into buffer: ValueBuffer, version: String) {
        switch self {
        case .rollback:
            for text in [FakeVCenter.item, version, "back"] { buffer.put(text) }
        case .checkIn:
            for text in [FakeVCenter.item, "vm-11", "in"] { buffer.put(text) }
        case .checkOut, .markedCheckOut, .deploy, .markedDeploy:
            buffer.put(FakeVCenter.item)
            buffer.put(JSONValue.object([.init("name", .string(name))]))
        case .createTemplate, .markedCreateTemplate:
            buffer.put(
                JSONValue.object([
                    .init("source_vm", "vm-5"), .init("name", .string(name)),
                    .init("library", .string(FakeVCenter.library)),
                ])
            )
        case .deleteCheckOut:
            for text in [FakeVCenter.item, "vm-11"] { buffer.put(text) }
        case .deleteVersion:
            for text in [FakeVCenter.item, "1"] { buffer.put(text) }
        case .deleteVM, .deleteCheckedOutVM: buffer.put(vm ?? "")
        case .start, .stop, .reset, .suspend:
            for text in ["vm-5", rawValue] { buffer.put(text) }
        case .deleteItem: buffer.put(FakeVCenter.item)
        }
    }

    /// What somebody may want of the same thing next, by what is there then.
    func next(_ server: FakeVCenter) -> ChangeRow {
        if isAboutItem {
            if server.checkOut?.vm == "vm-11" { return .deleteCheckOut }
            return server.checkOut == nil && server.previous != nil ? .rollback : .markedCheckOut
        }
        guard isAboutMachine else { return self }
        return self == .stop || self == .deleteVM ? .start : .stop
    }

    /// Whether this change, carried out late, could meet another.
    func isMet(by next: ChangeRow) -> Bool { isAboutItem || isAboutMachine }

    private var name: String {
        switch self {
        case .markedCheckOut, .markedDeploy, .markedCreateTemplate: "ours-{op}"
        default: "ours"
        }
    }
}

extension Shape {
    fileprivate var isResult: Bool { if case .void = self { false } else { true } }
}
