internal import Buffers
internal import JSON
internal import Journal
internal import Posix
internal import VSphere

/// A change at a place of a step: what an earlier run knows of it comes first.
extension Change {
    /// Starts the change, or ends it with what is known.
    func recall(in step: RunSteps.Step) {
        if let problem = step.problem { return recalled(.failure(problem)) }
        switch step.past.decide(record) {
        case .new: claim()
        case .done(let known): answer(with: known)
        case .refused(let known):
            let error = VSphereError(keptIn: known)
            record.subject = error.subject
            recalled(.failure(error))
        case .givenUp(let known): leave(known, .givenUp(known))
        case .diverged(let known): recalled(.failure(.diverged(record, from: known)))
        case .open(let known): look(for: known, in: step)
        }
    }

    /// Looks for the outcome of the change as an earlier run has left it, and goes on from there.
    private func look(for known: OperationRecord, in step: RunSteps.Step) {
        sought = (known, {})
        let cancel = changes.reconcile(
            known,
            at: vcenter,
            .continuing,
            shouldStop: { [self] in isStopped },
            // What was sent again is waited for like any other request.
            onSending: { [self] in caller.isShielded = true }
        ) { [self] result in
            sought = nil
            caller.isShielded = false
            switch result {
            case .failure(let error): leave(known, error)
            case .success(let settled) where settled.isOpen:
                leave(known, VSphereError(settled, nil))
            case .success(let settled):
                changes.steps.learn(settled, in: step)
                recall(in: step)
            }
        }
        // It may have ended before `reconcile` returned.
        if sought != nil { sought = (known, cancel) }
    }

    /// Stops looking, since the run ends.
    func stopLooking(for sought: (record: OperationRecord, stop: () -> Void)) {
        self.sought = nil
        sought.stop()
        leave(sought.record, .cancelled)
    }

    /// Ends while the outcome that an earlier run left open, or gave up, is still not known: the step goes no further, and nothing is
    /// recorded in its place.
    private func leave(_ open: OperationRecord, _ error: VSphereError) {
        var error = error
        error.outcome = .unknown
        caller.leftOpen(open.identifier)
        recalled(.failure(error))
    }

    /// Whether nothing may be sent any more.
    private var isStopped: Bool { caller.isAbandoned || caller.isOver }

    private func answer(with known: OperationRecord) {
        guard let value = request.result(keptAs: known.result) else {
            return recalled(.failure(.resultUnknown(known)))
        }
        let values = ValueBuffer.values { $0.put(value) }
        recalled(.success(value == .null ? nil : values.first))
    }

    /// Ends with an error before anything was sent.
    ///
    /// In a step that is recorded too: the script may go on with something else, and has to do so again. Where the journal
    /// cannot take it, it is written with the next intent of the step.
    func refuse(_ error: VSphereError) {
        // An intent that is on its way to the disk is settled when it is there.
        if let step, !isIntended { record(error, in: step) }
        fail(error)
    }

    private func record(_ error: VSphereError, in step: RunSteps.Step) {
        var refused = record
        refused.outcome = .notSent
        refused.attempts = 0
        nameItem()
        var error = error
        error.subject = record.subject
        refused.error = error.kept
        refused.settled = now
        // The journal may have the intent after all, and takes no identifier twice.
        if error.kind == .journal { refused.identifier = RandomIdentifier.make() }
        step.refused(refused)
        guard error.kind != .journal, changes.isOpen else { return }
        let writes = step.takeWrites()
        changes.record(writes, isUrgent: false) { if $0 != nil { step.putBack(writes) } }
    }

    /// Tells the item by its name from here on, if an answer has told that.
    func nameItem() {
        record.itemName = vcenter.names.path(ofItem: record.item)
        record.subject = vcenter.names.naming(record.subject, item: record.item)
    }

    /// Ends with an error of this change.
    func fail(_ error: VSphereError) {
        nameItem()
        var error = error
        // For the caller a failed read is a failure of this operation.
        error.operation = record.operation
        error.subject = record.subject
        error.vcenter = record.vcenter
        finish(error)
    }

    /// Ends with what is known of the change already: nothing is sent, and nothing recorded.
    func recalled(_ result: Swift.Result<Value?, VSphereError>) {
        switch result {
        case .failure(let error): fail(error)
        case .success(let value):
            outcome = .done
            finish(nil, value)
        }
    }
}

extension Call {
    /// The form of its result that the journal keeps: an identifier, or for a call that returns anything, JSON.
    func keptResult(_ result: Value?) -> String? {
        guard case .any = operation.result else { return result?.string }
        return JSONEncoder().encode(result.map { JSONValue($0) } ?? .null)
    }

    /// The result that the journal kept, null for none; nil where it should have kept one and did not.
    fileprivate func result(keptAs text: String?) -> JSONValue? {
        switch operation.result {
        case .any: text.flatMap { try? JSONValue(parsing: $0) }
        case .string, .identifier: text.map { .string($0) }
        default: .null
        }
    }
}
