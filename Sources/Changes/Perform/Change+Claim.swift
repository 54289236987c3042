internal import Journal
internal import VSphere

/// The claim on the item, and what earlier runs left open on it.
extension Change {
    /// Claims the item, where there is one.
    func claim() {
        guard let intent = record.intent else {
            return record.vm == nil ? proceed() : settleEarlier()
        }
        switch intent.kind.scope {
        // A name with the mark is a name of its own.
        case .name: return intent.isNameMarked ? readName(intent) : settleEarlier()
        case .machine, .settings: return settleEarlier()
        case .item: break
        }
        release = changes.claims?.claim(
            vcenter: record.vcenter,
            item: record.item,
            wait: changes.settings.lockWait
        ) { [self] error in
            guard let error else { return settleEarlier() }
            refuse(error)
        }
        // A claim may be granted, and even released, before `claim` returns.
        if caller.isOver { giveBack() }
    }

    /// Settles what earlier runs left open on this item or machine: no change is made while an earlier one is
    /// in doubt.
    private func settleEarlier() {
        switch changes.openOperations(inTheWayOf: record) {
        case .success(let open): settle(open[...])
        case .failure(let error): refuse(error)
        }
    }

    private func settle(_ open: ArraySlice<OperationRecord>) {
        guard let first = open.first else { return read() }
        func goOn(_ settled: OperationRecord) {
            stopSettling = {}
            guard settled.isOpen else { return settle(open.dropFirst()) }
            refuse(.blocked(by: settled))
        }
        guard record.intent?.kind.scope != .item || first.thing != record.item else {
            let reconciler = Reconciler(first, vcenter, changes)
            stopSettling = reconciler.cancel
            return reconciler.settle(completion: goOn)
        }
        // Whoever goes on with it, in this run or another, has the claim on it until then.
        var isSettled = false
        let stop = changes.reconcile(first, at: vcenter) { [self] result in
            isSettled = true
            switch result {
            case .success(let settled): goOn(settled)
            case .failure(let error): refuse(error)
            }
        }
        if !isSettled { stopSettling = stop }
    }
}
