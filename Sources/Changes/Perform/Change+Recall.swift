internal import Buffers
internal import JSON
internal import Journal
internal import VSphere

/// A change at a place of a step: what an earlier run knows of it comes first.
extension Change {
    /// Starts the change, or ends it with what is known.
    func recall(in step: RunSteps.Step) {
        if let problem = step.problem { return recalled(.failure(problem)) }
        switch step.past.decide(record) {
        case .new: claim()
        case .done(let known): answer(with: known)
        case .refused(let known): recalled(.failure(VSphereError(keptIn: known)))
        case .diverged(let known): recalled(.failure(.diverged(record, from: known)))
        case .open(let known): look(for: known, in: step)
        }
    }

    /// Looks for the outcome of the change as an earlier run has left it, and goes on from there.
    private func look(for known: OperationRecord, in step: RunSteps.Step) {
        let cancel = changes.reconcile(
            known,
            at: vcenter,
            shouldStop: { [self] in isStopped }
        ) { [self] result in
            stopLooking = nil
            switch result {
            case .failure(let error): recalled(.failure(error))
            case .success(let settled) where settled.isOpen:
                recalled(.failure(VSphereError(settled, nil)))
            case .success(let settled):
                changes.steps.learn(settled, in: step)
                recall(in: step)
            }
        }
        // It may have ended before `reconcile` returned.
        if !isEnded { stopLooking = cancel }
    }

    /// Ends with an error before anything was recorded.
    ///
    /// In a step that is recorded too: the script may go on with something else, and has to do so again.
    func refuse(_ error: VSphereError) {
        if let step, !isIntended, error.kind != .journal, changes.isOpen {
            record.outcome = .notSent
            record.error = error.kept
            record.settled = now
            changes.record(step.writesBefore() + [.intend(record)], isUrgent: false) { _ in }
        }
        fail(error)
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

    private func answer(with known: OperationRecord) {
        guard let value = request.result(keptAs: known.result) else {
            return recalled(.failure(.resultUnknown(known)))
        }
        let values = ValueBuffer.values { $0.put(value) }
        recalled(.success(value == .null ? nil : values.first))
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
