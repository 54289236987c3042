internal import Buffers
internal import JSON
internal import Text
internal import VSphere

/// The reads that tell whether the server would refuse a change: one for each name, place and
/// machine in a run.
extension Plan {
    /// The result of a read.
    enum Fact {
        case fine
        /// The server would refuse: what it would say.
        case refused(String)
        /// These machines or items have the name.
        case taken(by: [String])
        /// The machine takes more of its hardware while it runs.
        case takesHardware
        /// It could not be read.
        case untold(String)
        /// What is to be known of the machine.
        case note(String)
        /// The machine is checked out of this item.
        case checkedOut(of: String)
    }

    /// One read, and what its answer means.
    struct Query {
        /// Its object: each key is read once.
        let key: String
        let question: StateReader.Question
        let judge: (StateReader.Answer) -> Fact
    }

    /// The reads for a change of which nothing is known yet.
    func queries(for change: PlannedChange, _ specification: Value?, at vcenter: String) -> [Query]
    {
        var queries: [Query] = []
        if change.effect?.consequences.contains(.deletesMachine) == true {
            queries += machine(of: change, at: vcenter)
        }
        for need in change.effect?.needs(action: change.action) ?? [] {
            switch need {
            case .places: queries += places(NamedPlace.all, in: specification, at: vcenter)
            case .customizationSpec:
                queries += places([.customizationSpec], in: specification, at: vcenter)
            case .tools: queries += tools(of: change, at: vcenter)
            case .offOrHotAdd: queries += hardware(of: change, at: vcenter)
            case .freeName:
                if let query = Self.name(change, specification, at: vcenter) {
                    queries.append(query)
                }
            case .noCheckOut, .olderVersion, .checkedOut, .power: break
            }
        }
        return queries
    }

    /// The reads of what is deleted with a machine: its name, and the item that it is checked out of.
    private func machine(of change: PlannedChange, at vcenter: String) -> [Query] {
        guard let vm = readable(change, at: vcenter) else { return [] }
        return [
            Query(key: "\(vcenter) machine \(vm)", question: .init(.getVM, vm)) { answer in
                guard case .success(let model) = answer, let name = model?["name"]?.string else {
                    return .fine
                }
                return .note("it is called \(Display.escape(name))")
            },
            Query(key: "\(vcenter) origin \(vm)", question: .init(.getVMItem, vm)) { answer in
                guard case .success(let origin) = answer,
                    let item = origin?["check_out"]?["library_item"]?.string
                else { return .fine }
                return .checkedOut(of: item)
            },
        ]
    }

    /// The read of the name of the item that a machine is checked out of.
    func origin(_ fact: Fact, _ key: String) -> Query? {
        guard case .checkedOut(let item) = fact else { return nil }
        return Query(key: key, question: .init(.getItem, item)) { answer in
            var shown = Display.escape(item)
            if case .success(let model) = answer, let name = model?["name"]?.string {
                shown = "\(Display.escape(name)) (\(shown))"
            }
            return .note("it is the check-out of item \(shown), which ends with it")
        }
    }

    /// The read whether the tools in a machine run; none of one that is planned, or that a planned change has switched.
    private func tools(of change: PlannedChange, at vcenter: String) -> [Query] {
        guard let vm = readable(change, at: vcenter) else { return [] }
        let shown = "the tools in \(Display.escape(vm)) run"
        return [
            Query(key: "\(vcenter) tools \(vm)", question: .init(.getTools, vm)) { answer in
                guard case .success(let tools) = answer else { return .untold(shown) }
                return tools?["run_state"]?.string == "NOT_RUNNING"
                    ? .refused("the tools in \(Display.escape(vm)) do not run") : .fine
            }
        ]
    }

    /// The read whether a machine takes more of its hardware while it runs.
    private func hardware(of change: PlannedChange, at vcenter: String) -> [Query] {
        guard let vm = change.vm, !Placeholder.isIn(vm), let part = change.action else { return [] }
        let read: VSphere.Operation = part == "memory" ? .getMemory : .getCPU
        return [
            Query(key: "\(vcenter) \(part) \(vm)", question: .init(read, vm)) { answer in
                guard case .success(let found) = answer else { return .fine }
                return found?["hot_add_enabled"]?.boolean == true ? .takesHardware : .fine
            }
        ]
    }

    /// The machine of a change, if what runs in it can be read: no planned change has switched it.
    private func readable(_ change: PlannedChange, at vcenter: String) -> String? {
        guard let vm = change.vm, !Placeholder.isIn(vm),
            machines[machine(vm, at: vcenter)]?.isChanged != true
        else { return nil }
        return vm
    }

    private func places(
        _ all: [NamedPlace],
        in specification: Value?,
        at vcenter: String
    ) -> [Query] {
        guard let specification else { return [] }
        return all.flatMap { place in
            place.identifiers(in: specification).filter { !Placeholder.isIn($0) }.map { id in
                let shown = "\(place.noun) \(Display.escape(id))"
                let key = "\(vcenter) \(place.noun) \(id)"
                guard let filter = place.filter else {
                    return Query(key: key, question: .init(place.operation, id)) { answer in
                        guard case .failure(let error) = answer else { return .fine }
                        return error.kind == .notFound
                            ? .refused("there is no \(shown)") : .untold("\(shown) is there")
                    }
                }
                let question = StateReader.Question(
                    place.operation,
                    .object([.init(filter, .array([.string(id)]))])
                )
                return Query(key: key, question: question) { answer in
                    guard case .success(let list) = answer else {
                        return .untold("\(shown) is there")
                    }
                    return list?.count == 0 ? .refused("there is no \(shown)") : .fine
                }
            }
        }
    }

    /// The read of what has a name already; none where the name is not known yet, or the place that it has to
    /// be free in.
    static func name(_ change: PlannedChange, _ specification: Value?, at vcenter: String)
        -> Query?
    {
        guard let key = nameKey(change, specification, at: vcenter),
            let name = NamedPlace.name(in: specification)
        else { return nil }
        let shown = "the name \(Display.escape(name)) is free"
        if let library = specification?["library"]?.string {
            let question = StateReader.Question(
                .findItems,
                ["name": .string(name), "library_id": .string(library)]
            )
            return Query(key: key, question: question) { answer in
                guard case .success(let list) = answer else { return .untold(shown) }
                return .taken(by: list?.elements.compactMap(\.string) ?? [])
            }
        }
        let question = StateReader.Question(
            .listVMs,
            [
                "names": .array(MachineName.spellings(of: name).map { .string($0) }),
                "folders": .array([.string(NamedPlace.folder(in: specification) ?? "")]),
            ]
        )
        return Query(key: key, question: question) { answer in
            guard case .success(let list) = answer else { return .untold(shown) }
            return .taken(by: list?.elements.compactMap { $0["vm"]?.string } ?? [])
        }
    }

    /// The name that a change gives, with the place that it has to be free in.
    static func nameKey(_ change: PlannedChange, _ specification: Value?, at vcenter: String)
        -> String?
    {
        guard change.effect?.needs(action: nil).contains(.freeName) == true,
            let name = NamedPlace.name(in: specification),
            !name.contains(OperationToken.placeholder),
            !Placeholder.isIn(name),
            let place = specification?["library"]?.string
                ?? NamedPlace.folder(in: specification), !Placeholder.isIn(place)
        else { return nil }
        return "\(vcenter) name \(place) \(name)"
    }

    /// Takes into a change what is known of its machine, its names and places.
    func describe(_ change: inout PlannedChange, at vcenter: String) {
        if let vm = change.vm, let known = machines[machine(vm, at: vcenter)] {
            change.power = known.power
            change.isMachineDeleted = known.isDeleted
            change.isAfterOthers = known.isChanged
            change.isPowerRead = change.needsPower && !known.isChanged && known.power != nil
        }
        for key in change.facts {
            switch facts[key] {
            case .refused(let why)?: change.missing.append(why)
            case .untold(let what)?: change.untold.append(what)
            case .takesHardware?: change.takesHardware = true
            case .note(let text)?: change.notes.append(text)
            case .checkedOut?: break
            case .taken(let owners)?:
                change.isNameRead = true
                let left = owners.filter { machines[machine($0, at: vcenter)]?.isDeleted != true }
                if let owner = left.first {
                    change.nameOwner = Display.escape(owner)
                }
            case .fine?, nil: break
            }
        }
        if change.nameOwner == nil, let name = change.givenName, let owner = names[name] {
            change.nameOwner = Display.escape(owner)
            change.isAfterOthers = true
        }
    }
}
