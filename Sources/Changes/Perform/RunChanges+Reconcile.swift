public import Journal
public import VSphere

/// Settling what earlier runs left open: `vmoon reconcile`.
extension RunChanges {
    /// Looks what became of an operation and records that.
    /// - Parameters:
    ///   - record: The operation.
    ///   - vcenter: Where it was made.
    ///   - isResending: Whether the identical request is sent once more where nothing has happened.
    ///   - shouldStop: Whether nothing is to be sent any more.
    ///   - onSending: Told that a request is sent now.
    ///   - completion: Gets the operation as it stands then, once; not after it was cancelled.
    /// - Returns: Gives up.
    public func reconcile(
        _ record: OperationRecord,
        at vcenter: VCenter,
        isResending: Bool = false,
        shouldStop: @escaping () -> Bool = { false },
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
            isResending: isResending,
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
                // Whoever holds the item is at work on it, maybe on this very operation.
                var record = record
                record.detail = Detail(text: "another vmoon is changing this item now")
                return end(.success(record))
            }
            // Whoever held the item until now may have settled it.
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
    ///   - outcome: What somebody found out: `resolvedDone` or `resolvedNotApplied`.
    ///   - completion: Gets the operation as it stands then, or why it cannot be written.
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
    /// What is claimed while it is looked at.
    ///
    /// What only makes something new of an item is apart from all else, however many there are of one item.
    fileprivate var thing: String {
        if intent?.kind.scope == .name { return identifier }
        return item.isEmpty ? vm ?? identifier : item
    }
}
