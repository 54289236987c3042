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
        change.task = named["task"]?.string
        let key = Key(vcenter: vcenter.profile.endpoint.description, item: item ?? "")
        keep(&change, by: vcenter.profile.user) {
            PlannedCall(request.operation, at: key.vcenter, arguments)
        }
        let reader = StateReader(vcenter)
        let finish = { [self, change] (read: Item?) in
            var change = change
            if let read { change.item = (read.name, key.item) }
            let needs = change.effect?.needs(action: change.action) ?? []
            change.library =
                (named["library"] ?? named["spec"]?["library"])?.string
                ?? (needs.contains(where: \.isAboutLibrary) ? read?.library : nil)
            change.givenName = Self.nameKey(change, named["spec"], at: key.vcenter)
            let queries = queries(for: change, named["spec"], at: key.vcenter)
            change.facts = queries.map(\.key)
            look(queries, of: change, at: key.vcenter, reader) { [self, change] error in
                if let error { return completion(.failure(error)) }
                let placeholder = write(
                    withNames(change, request, arguments, vcenter, key),
                    key,
                    read
                )
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

    /// The change with what its line names: objects by their names, as far as they are known.
    private func withNames(
        _ change: PlannedChange,
        _ request: Call,
        _ arguments: [Value],
        _ vcenter: VCenter,
        _ key: Key
    ) -> PlannedChange {
        var change = change
        let operation = request.operation
        guard !operation.isLiteral, operation.facts == nil else {
            change.subject =
                request.requestedPath(hiding: vcenter.isSecret).map { [$0] }
                ?? request.subjects(without: change.item == nil ? nil : "item")
            return change
        }
        let given = PlannedCall(operation, at: key.vcenter, arguments).arguments
            .hiding(vcenter.isSecret)
        for id in PlannedChange.identifiers(in: given) {
            change.names[id] = objectNames[Key(vcenter: key.vcenter, item: id)]
        }
        change.subject = PlannedChange.subject(
            operation,
            given,
            hasItem: change.item != nil,
            change.names
        )
        return change
    }

    /// Reads what nobody has read yet, and goes on; of a machine that cannot be read, as the change would fail.
    private func look(
        _ queries: [Query],
        of change: PlannedChange,
        at vcenter: String,
        _ reader: StateReader,
        then next: @escaping (VSphereError?) -> Void
    ) {
        var new = queries.filter { facts[$0.key] == nil }
        var machine: Key?
        if change.needsPower, let vm = change.vm, !Placeholder.isIn(vm) {
            let key = self.machine(vm, at: vcenter)
            if machines[key] == nil {
                machine = key
                new.append(object(vm, .machine, at: vcenter))
            }
        }
        guard !new.isEmpty else { return next(nil) }
        reader.ask(new.map(\.question)) { [self] answers in
            for (query, answer) in zip(new, answers) {
                facts[query.key] = query.judge(answer)
                if case .success(let answer?) = answer { learn(answer, of: query, at: vcenter) }
            }
            askOrigins(new, at: vcenter, reader) { [self] in
                guard let machine, case .failure(let error)? = answers.last else {
                    return next(nil)
                }
                guard error.kind != .notFound else { return next(error) }
                askPower(of: machine, reader, then: next)
            }
        }
    }

    /// Reads the names of the items that machines are checked out of.
    private func askOrigins(
        _ queries: [Query],
        at vcenter: String,
        _ reader: StateReader,
        then next: @escaping () -> Void
    ) {
        let items = queries.compactMap { query -> String? in
            guard case .checkedOut(let item)? = facts[query.key],
                objectNames[Key(vcenter: vcenter, item: item)] == nil
            else { return nil }
            return item
        }
        guard !items.isEmpty else { return next() }
        reader.ask(items.map { .init(.getItem, $0) }) { [self] answers in
            for (item, answer) in zip(items, answers) {
                if case .success(let model) = answer {
                    learn(model?["name"]?.string, of: item, at: vcenter)
                }
            }
            next()
        }
    }

    /// Takes what an answer tells of an object beside the reason it was asked for: its name, and the power of a
    /// machine.
    private func learn(_ answer: Value, of query: Query, at vcenter: String) {
        guard let id = query.object else { return }
        let model = answer.kind == .array ? answer.elements.first { _ in true } : answer
        learn(model?["name"]?.string, of: id, at: vcenter)
        guard query.question.operation === VSphere.Operation.getVM else { return }
        let key = machine(id, at: vcenter)
        if machines[key] == nil { machines[key] = Machine(power: model?["power_state"]?.string) }
    }

    /// Reads the power of a machine of which nothing else can be read.
    private func askPower(
        of machine: Key,
        _ reader: StateReader,
        then next: @escaping (VSphereError?) -> Void
    ) {
        reader.ask([.init(.getPower, machine.item)]) { [self] answers in
            switch answers[0] {
            case .failure(let error): next(error)
            case .success(let power):
                if machines[machine] == nil {
                    machines[machine] = Machine(power: power?["state"]?.string)
                }
                next(nil)
            }
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
        reader.ask([.init(.getItem, item)]) { [self] answers in
            let query = object(item, .item, at: reader.vcenter.profile.endpoint.description)
            facts[query.key] = query.judge(answers[0])
            let read = answers[0].map { model in
                Item(
                    name: model?["name"]?.string ?? "",
                    latest: model?["content_version"]?.string,
                    library: model?["library_id"]?.string
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
