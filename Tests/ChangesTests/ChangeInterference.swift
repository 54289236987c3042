/// What somebody else does meanwhile.
enum ChangeInterference: CaseIterable {
    case rollBack, checkOut, twinCheckOut, checkIn, replace, discard, deleteVersion, deleteItem
    case deleteMachine, turnOn, turnOff, makeNamed

    /// When.
    enum Moment: CaseIterable { case beforeArrival, afterSending, afterRun }

    static func all(for row: ChangeRow) -> [ChangeInterference] {
        if row.isAboutItem {
            return [
                .rollBack, .checkOut, .twinCheckOut, .checkIn, .replace, .discard, .deleteVersion,
                .deleteItem,
            ]
        }
        return row.isAboutMachine ? [.deleteMachine, .turnOn, .turnOff] : [.makeNamed]
    }

    func act(on server: inout FakeVCenter) throws(FakeVCenter.Refusal) {
        let (bob, text) = (#"VSPHERE.LOCAL\bob"#, "by somebody else")
        let vm = server.checkOut?.vm ?? ""
        switch self {
        case .rollBack: _ = try server.rollback(server.previous ?? "", text, by: bob)
        case .checkOut: _ = try server.makeCheckOut("bobs", by: bob)
        case .twinCheckOut: _ = try server.makeCheckOut("ours")
        case .checkIn: _ = try server.checkIn(vm, text, by: bob)
        case .replace:
            let vm = try server.makeCheckOut("bobs", by: bob)
            _ = try server.checkIn(vm, text, by: bob)
        case .discard: try server.discard(vm)
        case .deleteVersion: try server.deleteVersion(server.previous ?? "")
        case .deleteItem: try server.deleteItem()
        case .deleteMachine: try server.deleteMachine(server.machine)
        case .turnOn: try server.power("start", server.machine)
        case .turnOff: try server.power("stop", server.machine)
        case .makeNamed:
            _ = try server.makeMachine("ours")
            _ = try server.makeItem("ours", of: server.machine)
        }
    }
}
