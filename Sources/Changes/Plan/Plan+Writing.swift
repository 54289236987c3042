public import Buffers
public import JSON
internal import Text
public import VSphere

/// Writes changes into the plan, after reading the state they start from.
extension Plan {
    /// Writes a change that is not a vCenter operation.
    /// - Parameters:
    ///   - operation: The function's name in Lua.
    ///   - subject: The object it is about; shown escaped.
    ///   - isChanging: Whether it may change something; else it only reads what is planned.
    /// - Returns: The placeholder for its result.
    public func add(
        _ operation: String,
        about subject: String,
        isChanging: Bool = true
    ) -> String {
        let shown = Display.escape(bytes: Array(subject.utf8), limit: 200)
        var change = PlannedChange(number: 0, operation: operation, subject: [shown])
        if isChanging { keep(&change) { PlannedCall(operation, about: subject) } }
        return write(change).text
    }

    /// Writes a call, and passes on the placeholder for its result.
    ///
    /// The look-ups are real: a plan for an item that does not exist, or cannot be read, fails like the call
    /// itself.
    /// - Parameters:
    ///   - request: The call.
    ///   - arguments: Its arguments.
    ///   - vcenter: The vCenter it would be made in.
    ///   - completion: Called with the placeholder for the result, or the error.
    /// - Returns: Cancels the look-ups.
    public func add(
        _ request: Call,
        _ arguments: [Value],
        at vcenter: VCenter,
        completion: @escaping (Swift.Result<Value?, VSphereError>) -> Void
    ) -> () -> Void {
        guard request.operation.isChanging else {
            completion(standIn(for: request, arguments, at: vcenter))
            return {}
        }
        var change = PlannedChange(number: 0, operation: request.operation.name)
        let named = Dictionary(
            zip(request.operation.parameters.map(\.name), arguments),
            uniquingKeysWith: { first, _ in first }
        )
        change.version = named["version"]?.string
        change.vm = named["vm"]?.string
        change.action = (named["action"] ?? named["part"])?.string
        change.isPoweredOn = named["spec"]?["powered_on"]?.boolean ?? false
        let item = named["item"]?.string.flatMap { Placeholder.isIn($0) ? nil : $0 }
        change.subject = request.subjects(without: item == nil ? nil : "item")
        if let requested = request.requestedPath(hiding: vcenter.isSecret) {
            change.subject = [requested]
        }
        change.subject += Self.names(in: named["spec"])
        if change.effect?.kind(action: nil)?.scope == .settings {
            change.subject += Self.settings(in: named["spec"]) { vcenter.isSecret($0) }
        }
        let key = Key(vcenter: vcenter.profile.endpoint.description, item: item ?? "")
        change.givenName = Self.nameKey(change, named["spec"], at: key.vcenter)
        keep(&change, by: vcenter.profile.user) {
            PlannedCall(request.operation, at: key.vcenter, arguments)
        }
        let queries = queries(for: change, named["spec"], at: key.vcenter)
        change.facts = queries.map(\.key)
        let reader = StateReader(vcenter)
        let finish = { [self, change] (read: Item?) in
            look(queries, of: change, at: key.vcenter, reader) { [self] error in
                if let error { return completion(.failure(error)) }
                let placeholder = write(change, key, read)
                let out = ValueBuffer()
                placeholder.put(as: request.operation.result, into: out)
                completion(.success(out.root))
            }
        }
        let needsParts = change.needsParts
        if let item, self[key].map({ $0.isWhole || !needsParts }) != true {
            let isAny = change.effect?.kind(action: nil) == .deleteItem
            read(item, withParts: needsParts, ofAnyKind: isAny, reader) { result in
                switch result {
                case .success(let read): finish(read)
                case .failure(let error): completion(.failure(error))
                }
            }
        } else {
            finish(item == nil ? nil : self[key])
        }
        return { reader.cancel() }
    }

    /// Reads what nobody has read yet, and goes on; of a machine that cannot be read, as the change would fail.
    private func look(
        _ queries: [Query],
        of change: PlannedChange,
        at vcenter: String,
        _ reader: StateReader,
        then next: @escaping (VSphereError?) -> Void
    ) {
        var machine: Key?
        if change.needsPower, let vm = change.vm, !Placeholder.isIn(vm) {
            let key = self.machine(vm, at: vcenter)
            if machines[key] == nil { machine = key }
        }
        let new = queries.filter { facts[$0.key] == nil }
        let questions = new.map(\.question) + (machine.map { [.init(.getPower, $0.item)] } ?? [])
        guard !questions.isEmpty else { return next(nil) }
        reader.ask(questions) { [self] answers in
            for (query, answer) in zip(new, answers) { facts[query.key] = query.judge(answer) }
            func end() {
                guard let machine, let answer = answers.last else { return next(nil) }
                switch answer {
                case .failure(let error): next(error)
                case .success(let power):
                    if machines[machine] == nil {
                        machines[machine] = Machine(power: power?["state"]?.string)
                    }
                    next(nil)
                }
            }
            let origins = new.compactMap { query in
                facts[query.key].flatMap { origin($0, query.key) }
            }
            guard !origins.isEmpty else { return end() }
            reader.ask(origins.map(\.question)) { [self] answers in
                for (query, answer) in zip(origins, answers) {
                    facts[query.key] = query.judge(answer)
                }
                end()
            }
        }
    }

    /// The names in a specification, for a line of the plan.
    static func names(in specification: Value?) -> [String] {
        ["name", "source_vm", "library"].compactMap { field in
            let text =
                field == "name"
                ? NamedPlace.name(in: specification) : specification?[field]?.string
            return text.map { "\(field) \(Display.escape($0))" }
        }
    }

    /// The settings in a specification, for a line of the plan.
    static func settings(
        in specification: Value?,
        hiding isSecret: (String) -> Bool
    ) -> [String] {
        (specification.map { JSONValue($0).hiding(isSecret) }?.members ?? []).filter {
            $0.name != "name"
        }.map {
            let text = $0.value.string ?? JSONEncoder().encode($0.value)
            let shown = Display.escape(bytes: Array(text.utf8), limit: 120)
            return "\(Display.escape($0.name)) \(shown)"
        }
    }

    /// Numbers a change and tells its line: what failed before has none.
    func write(_ change: PlannedChange, _ key: Key? = nil, _ read: Item? = nil)
        -> Placeholder
    {
        var change = change
        change.number = nextNumber()
        let placeholder = Placeholder(number: change.number, operation: change.operation)
        if let key { describe(&change, at: key.vcenter) }
        if let key, let read { add(&change, to: key, read: read, result: placeholder.text) }
        if let key { follow(change, at: key.vcenter, result: placeholder.text) }
        if change.arguments != .null {
            kept.append(change)
        } else if isKept {
            keptReads.append(change)
        }
        tell("plan: " + change.line)
        return placeholder
    }

    /// Takes the arguments into a change that is kept, without secrets.
    private func keep(
        _ change: inout PlannedChange,
        by user: String? = nil,
        _ call: () -> PlannedCall
    ) {
        guard isKept else { return }
        let call = call().withoutSecrets
        change.arguments = call.arguments
        change.vcenter = call.vcenter
        guard let user, !vcenters.contains(where: { $0.name == call.vcenter }) else { return }
        vcenters.append(.init(name: call.vcenter, user: user))
    }

    /// The kept changes, as the file has them.
    /// - Parameter cleaned: Removes the secrets of the run from a value.
    /// - Returns: A plan without its script.
    public func document(_ cleaned: (JSONValue) -> JSONValue) -> PlanDocument {
        var document = PlanDocument()
        document.vcenters = vcenters
        document.reads = keptReads
        document.changes = kept.map { change in
            var change = change
            change.arguments = cleaned(change.arguments)
            return change
        }
        return document
    }

    /// Reads an item; an operation on items of any kind finds neither versions nor check-outs in most of them.
    private func read(
        _ item: String,
        withParts: Bool,
        ofAnyKind isAny: Bool,
        _ reader: StateReader,
        then next: @escaping (Swift.Result<Item, VSphereError>) -> Void
    ) {
        reader.ask([.init(.getItem, item)]) { answers in
            let read = answers[0].map { model in
                Item(
                    name: model?["name"]?.string ?? "",
                    latest: model?["content_version"]?.string
                )
            }
            guard withParts, case .success(var whole) = read else { return next(read) }
            if isAny, case .success(let model) = answers[0], let type = model?["type"]?.string,
                type != "vm-template"
            {
                return next(read)
            }
            reader.ask([.init(.listVersions, item), .init(.listCheckOuts, item)]) { answers in
                do throws(VSphereError) {
                    let versions = try answers[0].get()
                    let machines = try answers[1].get()
                    whole.versions = versions?.elements.compactMap { $0["version"]?.string } ?? []
                    whole.isWhole = true
                    whole.checkOuts = machines?.elements.compactMap { $0["vm"]?.string } ?? []
                    next(.success(whole))
                } catch {
                    next(.failure(error))
                }
            }
        }
    }
}
