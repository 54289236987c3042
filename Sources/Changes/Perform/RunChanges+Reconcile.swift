public import Journal
public import VSphere

/// Settles what earlier runs left open: `vmoon reconcile`.
extension RunChanges {
    /// Looks for the outcome of an operation and records it.
    /// - Parameters:
    ///   - record: The operation.
    ///   - vcenter: The vCenter it was made in.
    ///   - isResending: Whether the identical request is sent once more if nothing has happened.
    ///   - shouldStop: Whether nothing may be sent any more.
    ///   - onSending: Called when a request is sent.
    ///   - completion: Called once with the operation afterwards; not after a cancellation.
    /// - Returns: Cancels it.
    public func reconcile(
        _ record: OperationRecord,
        at vcenter: VCenter,
        isResending: Bool = false,
        shouldStop: @escaping () -> Bool = { false },
        onSending: @escaping () -> Void = {},
        completion: @escaping (Swift.Result<OperationRecord, VSphereError>) -> Void
    ) -> () -> Void {
        reconcile(
            record,
            at: vcenter,
            isResending ? .resending : .once,
            shouldStop: shouldStop,
            onSending: onSending,
            completion: completion
        )
    }

    /// Looks for the outcome of an operation in one of several manners, and records it.
    func reconcile(
        _ record: OperationRecord,
        at vcenter: VCenter,
        _ manner: Reconciler.Manner,
        shouldStop: @escaping () -> Bool,
        onSending: @escaping () -> Void = {},
        completion: @escaping (Swift.Result<OperationRecord, VSphereError>) -> Void
    ) -> () -> Void {
        let opened: Opened
        switch open() {
        case .success(let found): opened = found
        case .failure(let error):
            completion(.failure(error))
            return {}
        }
        let reconciler = Reconciler(
            record,
            vcenter,
            self,
            manner,
            shouldStop: shouldStop,
            onSending: onSending
        )
        var release: (() -> Void)?
        var isOver = false
        func end(_ result: Swift.Result<OperationRecord, VSphereError>) {
            guard !isOver else { return }
            isOver = true
            release?()
            completion(result)
        }
        release = opened.claims.claim(
            vcenter: record.vcenter,
            item: record.thing,
            wait: settings.lockWait
        ) { [self] error in
            guard error == nil else {
                // The holder of the item is working on it, perhaps on this very operation.
                var record = record
                record.detail = Detail(text: "another vmoon is changing this item now")
                return end(.success(record))
            }
            // The previous holder of the item may have settled it.
            switch current(record) {
            case .success(let current) where !current.isOpen: end(.success(current))
            case .success: reconciler.settle { end(.success($0)) }
            case .failure(let error): end(.failure(error))
            }
        }
        if isOver { release?() }
        return {
            guard !isOver else { return }
            isOver = true
            reconciler.cancel()
            release?()
        }
    }

    /// Closes an operation by hand.
    /// - Parameters:
    ///   - record: The operation.
    ///   - outcome: The outcome found by a person: `resolvedDone` or `resolvedNotApplied`.
    ///   - completion: Called with the operation afterwards, or why it cannot be written.
    public func resolve(
        _ record: OperationRecord,
        as outcome: OperationRecord.Outcome,
        completion: @escaping (Swift.Result<OperationRecord, VSphereError>) -> Void
    ) {
        if let error = begin() { return completion(.failure(error)) }
        let settlement = Settlement(
            outcome,
            result: record.result,
            detail: Detail(.byHand),
            time: loop.wallTime
        )
        var record = record
        record.take(settlement)
        self.record([.settle(operation: record.identifier, settlement)]) { error in
            completion(error.map { .failure(VSphereError($0)) } ?? .success(record))
        }
    }
}

extension OperationRecord {
    /// The object that is claimed while it is looked at.
    ///
    /// An operation that only makes a new object from an item has a claim of its own: any number may run at once.
    var thing: String {
        if intent?.kind.scope == .name { return identifier }
        return item.isEmpty ? vm ?? identifier : item
    }
}
