internal import Buffers
internal import JSON
internal import Text
internal import VSphere

/// The reads that tell whether the server would refuse a change: one for each name, place and
/// object in a run.
extension Plan {
    /// The reads for a change of which nothing is known yet.
    func queries(for change: PlannedChange, _ specification: Value?, at vcenter: String) -> [Query]
    {
        var queries: [Query] = []
        if change.effect?.consequences.contains(.deletesMachine) == true {
            queries += origin(of: change, at: vcenter)
        }
        for need in change.effect?.needs(action: change.action) ?? [] {
            switch need {
            case .places: queries += places(NamedPlace.all, in: specification, at: vcenter)
            case .customizationSpec:
                queries += places([.customizationSpec], in: specification, at: vcenter)
            case .taggedObject:
                let place = NamedPlace.tagged(by: specification)
                queries += places(place.map { [$0] } ?? [], in: specification, at: vcenter)
            case .tools: queries += tools(of: change, at: vcenter)
            case .offOrHotAdd: queries += hardware(of: change, at: vcenter)
            case .freeName:
                if let query = Self.name(change, specification, at: vcenter) {
                    queries.append(query)
                }
            case .ownLibrary, .subscribed: queries += library(of: change, at: vcenter)
            case .published:
                queries += library(of: change, at: vcenter)
                queries += subscriptions(of: change, specification, at: vcenter)
            case .itemType: queries += item(of: change, at: vcenter)
            case .cancelable: queries += task(of: change, at: vcenter)
            case .noCheckOut, .olderVersion, .checkedOut, .power: break
            }
        }
        var keys: Set<String> = []
        return queries.filter { keys.insert($0.key).inserted }
    }

    // MARK: Objects

    /// The read of an object by its identifier.
    func object(_ id: String, _ place: NamedPlace, at vcenter: String) -> Query {
        let shown = "\(place.noun) \(Display.escape(id))"
        return Query(
            key: Self.key(vcenter, place.noun, id),
            question: .init(place.operation, id),
            object: id
        ) { answer in
            switch answer {
            case .failure(let error) where error.kind == .notFound:
                .refused("there is no \(shown)")
            case .failure: .untold("\(shown) is there")
            case .success(let model?) where place.noun == "library":
                .library(Self.library(id, model))
            case .success(let model) where place.noun == "item":
                .item(type: model?["type"]?.string ?? "")
            case .success: .fine
            }
        }
    }

    /// The facts that the model of a library tells.
    static func library(_ id: String, _ model: Value) -> LibraryFacts {
        LibraryFacts(
            shown: PlannedChange.shown(id, model["name"]?.string),
            isSubscribed: model["type"]?.string == "SUBSCRIBED",
            isPublished: model["publish_info"]?["published"]?.boolean
        )
    }

    /// The read of the library that a change is about, or of the one that its item is in.
    private func library(of change: PlannedChange, at vcenter: String) -> [Query] {
        guard let id = change.library, !id.isEmpty, !Placeholder.isIn(id) else { return [] }
        return [object(id, .library, at: vcenter)]
    }

    private func item(of change: PlannedChange, at vcenter: String) -> [Query] {
        change.item.map { [object($0.id, .item, at: vcenter)] } ?? []
    }

    /// Why an operation refuses an item of a type.
    static func refusal(ofType type: String, _ needs: [Effect.Need]) -> String? {
        for case .itemType(let wanted) in needs
        where !type.isEmpty && type != wanted {
            let called = wanted == "ovf" ? "OVF item" : "VM template"
            return "it is no \(called), its type is \(Display.escape(type))"
        }
        return nil
    }

    /// The read whether there are the subscriptions that are named.
    private func subscriptions(
        of change: PlannedChange,
        _ specification: Value?,
        at vcenter: String
    ) -> [Query] {
        let named = specification?["subscriptions"]?.elements.compactMap {
            $0["subscription"]?.string
        }
        guard let named, !named.isEmpty, let library = change.library, !Placeholder.isIn(library)
        else { return [] }
        let key = Self.key(vcenter, "subscriptions", ([library] + named).joined(separator: " "))
        return [
            Query(key: key, question: .init(.listSubscriptions, library)) { answer in
                guard case .success(let list) = answer else { return .fine }
                let known = list?.elements.compactMap { $0["subscription"]?.string } ?? []
                guard let strange = named.first(where: { !known.contains($0) }) else {
                    return .fine
                }
                return .refused("there is no subscription \(Display.escape(strange))")
            }
        ]
    }

    /// The read whether a task can be cancelled.
    private func task(of change: PlannedChange, at vcenter: String) -> [Query] {
        guard let id = change.task, !Placeholder.isIn(id) else { return [] }
        let shown = "task \(Display.escape(id))"
        return [
            Query(key: Self.key(vcenter, "task", id), question: .init(.getTask, id)) { answer in
                switch answer {
                case .failure(let error) where error.kind == .notFound:
                    return .refused("there is no \(shown)")
                case .failure: return .untold("\(shown) can be cancelled")
                case .success(let task):
                    let status = task?["status"]?.string ?? ""
                    if ["SUCCEEDED", "FAILED"].contains(status) {
                        return .refused("\(shown) has ended")
                    }
                    return task?["cancelable"]?.boolean == false
                        ? .refused("\(shown) cannot be cancelled") : .fine
                }
            }
        ]
    }

    // MARK: Machines, places and names

    /// The read of the item that a machine is checked out of.
    private func origin(of change: PlannedChange, at vcenter: String) -> [Query] {
        guard let vm = readable(change, at: vcenter) else { return [] }
        let key = Self.key(vcenter, "origin", vm)
        return [
            Query(key: key, question: .init(.getVMItem, vm)) { answer in
                guard case .success(let origin) = answer,
                    let item = origin?["check_out"]?["library_item"]?.string
                else { return .fine }
                return .checkedOut(of: item)
            }
        ]
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
                let key = Self.key(vcenter, place.noun, id)
                guard let filter = place.filter else { return object(id, place, at: vcenter) }
                let question = StateReader.Question(
                    place.operation,
                    .object([.init(filter, .array([.string(id)]))])
                )
                return Query(key: key, question: question, object: id) { answer in
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
        if let library = specification?["library"]?.string ?? change.library {
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
            let place = specification?["library"]?.string ?? change.library
                ?? NamedPlace.folder(in: specification), !Placeholder.isIn(place)
        else { return nil }
        return "\(vcenter) name \(place) \(name)"
    }
}
