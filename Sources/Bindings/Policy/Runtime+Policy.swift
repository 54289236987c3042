internal import Buffers
internal import LuaHost
internal import Text
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
    /// The look-ups are real: a plan for an item that does not exist, or cannot be read, fails as the call
    /// would.
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
        change.vm = named["vm"]?.string
        let item = named["item"].flatMap { $0.isPlaceholder ? nil : $0 }
        change.subject = request.subjects(without: item == nil ? nil : "item")
        for field in ["name", "source_vm", "library"] {
            guard let text = named["spec"]?[field]?.string else { continue }
            change.subject.append("\(field) \(Display.escape(text))")
        }
        let key = Plan.Key(
            vcenter: vcenter.profile.endpoint.description,
            item: item?.string ?? ""
        )
        let finish = { (read: Plan.Item?) in
            // Numbered when it is written: what failed before has no line.
            var change = change
            change.number = runtime.nextPlanNumber()
            let placeholder = Placeholder(number: change.number, operation: change.operation)
            if let read {
                runtime.changes.plan.add(&change, to: key, read: read, result: placeholder.text)
            }
            if change.operation == "deleteVM", let vm = change.vm {
                runtime.changes.plan.delete(machine: vm)
            }
            runtime.write(change)
            let out = ValueBuffer()
            placeholder.put(as: request.operation.result, into: out)
            next(.success(out.root))
        }
        guard let item, request.operation.isChanging else { return finish(nil) }
        if let known = runtime.changes.plan[key] { return finish(known) }
        let isFollowed = ChangeIntent.Kind(rawValue: change.operation) != nil
        readItem(item, withParts: isFollowed) { result in
            switch result {
            case .success(let read): finish(read)
            case .failure(let error): next(.failure(error))
            }
        }
    }

    private typealias ReadItem = Swift.Result<Plan.Item, VSphereError>

    private func readItem(
        _ item: Value,
        withParts: Bool,
        then next: @escaping (ReadItem) -> Void
    ) {
        attempt(.getItem, [item]) { result in
            let read = result.map { model in
                Plan.Item(
                    name: model?["name"]?.string ?? "",
                    latest: model?["content_version"]?.string
                )
            }
            guard withParts, case .success(let read) = read else { return next(read) }
            readParts(item, read, then: next)
        }
    }

    private func readParts(
        _ item: Value,
        _ read: Plan.Item,
        then next: @escaping (ReadItem) -> Void
    ) {
        attempt(.listVersions, [item]) { versions in
            guard case .success(let versions) = versions else {
                return next(versions.map { _ in read })
            }
            attempt(.listCheckOuts, [item]) { machines in
                next(
                    machines.map { machines in
                        var read = read
                        read.versions =
                            versions?.elements.compactMap { $0["version"]?.string } ?? []
                        read.checkOuts = machines?.elements.compactMap { $0["vm"]?.string } ?? []
                        return read
                    }
                )
            }
        }
    }
}

extension Value {
    fileprivate var isPlaceholder: Bool { string.map(Placeholder.isIn) ?? false }
}
