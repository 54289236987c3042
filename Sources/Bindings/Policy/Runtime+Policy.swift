internal import Buffers
internal import LuaHost
internal import VSphere

/// The rules of the run: `--read-only` and `--dry-run`.
extension Runtime {
    /// Refuses a change where nothing may be changed.
    ///
    /// To be asked before anything is sent, a log-in too.
    /// - Throws: kind `forbidden_by_policy`.
    func checkPolicy(_ operation: String, isChanging: Bool) throws(VSphereError) {
        guard isChanging, configuration.changes == .refused else { return }
        throw VSphereError(
            .forbiddenByPolicy,
            "it changes something, and this run only reads",
            operation: operation,
            hint: "without --read-only it is sent"
        )
    }

    /// Whether a call is written into the plan and not sent.
    func isPlanned(_ request: Call) -> Bool {
        guard configuration.changes == .planned else { return false }
        return request.operation.isChanging || request.containsText(where: Placeholder.isIn)
    }

    /// Writes a change that is no operation of vCenter's into the plan.
    /// - Parameters:
    ///   - operation: The function, as scripts know it.
    ///   - subject: What it is about; shown escaped.
    /// - Returns: What a script gets in place of a result.
    func planChange(_ operation: String, _ subject: String) -> String {
        let number = nextPlanNumber()
        write(
            PlannedChange(
                number: number,
                operation: operation,
                subject: [Display.escape(subject)]
            )
        )
        return Placeholder(number: number, operation: operation).text
    }

    fileprivate func write(_ change: PlannedChange) { configuration.plan("plan: " + change.line) }
}

extension Steps {
    /// Writes a call into the plan, after reading what it would do, and goes on with a
    /// placeholder.
    ///
    /// The look-ups are real: a plan for an item that does not exist fails as the call would.
    func plan(
        _ request: Call,
        _ arguments: [Value],
        then next: @escaping (Swift.Result<Value?, VSphereError>) -> Void
    ) {
        var change = PlannedChange(number: 0, operation: request.operation.name)
        let named = Dictionary(
            zip(request.operation.parameters.map(\.name), arguments),
            uniquingKeysWith: { first, _ in first }
        )
        change.version = named["version"]?.string
        let item = named["item"].flatMap { $0.isPlaceholder ? nil : $0 }
        change.subject = request.subjects(without: item == nil ? nil : "item")
        for field in ["name", "source_vm"] {
            guard let text = named["spec"]?[field]?.string else { continue }
            change.subject.append("\(field) \(Display.escape(text))")
        }
        let finish = { (change: PlannedChange) in
            // Numbered when it is written: what failed before has no line.
            var change = change
            change.number = runtime.nextPlanNumber()
            runtime.write(change)
            let placeholder = Placeholder(number: change.number, operation: change.operation)
            let out = ValueBuffer()
            placeholder.put(as: request.operation.result, into: out)
            next(.success(out.root))
        }
        guard let item, request.operation.isChanging else { return finish(change) }
        readItem(item, change, then: finish, failing: { next(.failure($0)) })
    }

    private func readItem(
        _ item: Value,
        _ change: PlannedChange,
        then next: @escaping (PlannedChange) -> Void,
        failing fail: @escaping (VSphereError) -> Void
    ) {
        var change = change
        attempt(.getItem, [item]) { result in
            switch result {
            case .failure(let error): return fail(error)
            case .success(let model):
                change.item = (model?["name"]?.string ?? "", item.string ?? "")
                change.latest = model?["content_version"]?.string
            }
            readVersions(item, change, then: next)
        }
    }

    /// What follows only adds to the line: a read that fails leaves its part out.
    private func readVersions(
        _ item: Value,
        _ change: PlannedChange,
        then next: @escaping (PlannedChange) -> Void
    ) {
        guard ["checkIn", "rollback", "deleteVersion"].contains(change.operation) else {
            return readCheckOuts(item, change, then: next)
        }
        var change = change
        attempt(.listVersions, [item]) { result in
            let versions = (try? result.get())?.elements.compactMap { $0["version"]?.string }
            change.versions = versions ?? []
            readCheckOuts(item, change, then: next)
        }
    }

    private func readCheckOuts(
        _ item: Value,
        _ change: PlannedChange,
        then next: @escaping (PlannedChange) -> Void
    ) {
        guard ["checkOut", "rollback"].contains(change.operation) else { return next(change) }
        var change = change
        attempt(.listCheckOuts, [item]) { result in
            let machines = (try? result.get())?.elements.compactMap { $0["vm"]?.string }
            change.checkOuts = machines ?? []
            next(change)
        }
    }
}

extension Value {
    fileprivate var isPlaceholder: Bool { string.map(Placeholder.isIn) ?? false }
}
