internal import JSON
internal import VSphere

/// Folders, pools, hosts and whatever else contains machines.
extension Survey {
    /// A filter of a list, and the values that divide it.
    struct Axis {
        let filter: String
        let values: [String]
    }

    /// Reads a list; where the vCenter says that it is too long, by the values of an axis, then of the next one.
    ///
    /// The last argument is called with each part, and whether it is one of several.
    func list(
        _ operation: VSphere.Operation,
        _ filter: [(String, String)],
        dividedBy axes: ArraySlice<Axis>,
        in round: Round,
        isPart: Bool = false,
        _ take: @escaping ([JSONValue], _ isPart: Bool) -> Void
    ) {
        let document = JSONValue.object(
            filter.map { .init($0, $0 == "type" ? .string($1) : [.string($1)]) }
        )
        ask(operation, [], filter: filter.isEmpty ? Optional.none : document, in: round) {
            [self] result in
            switch result {
            case .success(let value):
                take(value.array ?? [], isPart)
                return true
            case .failure(let error):
                let usable = axes.drop { axis in
                    axis.values.isEmpty || filter.contains { $0.0 == axis.filter }
                }
                guard error.kind == .unableToAllocateResource, let axis = usable.first else {
                    return false
                }
                for value in axis.values {
                    let more = filter + [(axis.filter, value)]
                    list(
                        operation,
                        more,
                        dividedBy: usable.dropFirst(),
                        in: round,
                        isPart: true,
                        take
                    )
                }
                return true
            }
        }
    }

    /// Reads the places, and then which contains which.
    func readPlaces(_ done: @escaping () -> Void) {
        begin("places")
        read(PlaceKind.all[...]) { [self] in
            let round = Round { [self] in readSpecifications(done) }
            for kind in PlaceKind.all { readContainers(of: kind, in: round) }
            round.leave()
        }
    }

    /// Reads the lists one after the other: a later one may have to be divided by what is in an earlier one.
    private func read(_ kinds: ArraySlice<PlaceKind>, _ done: @escaping () -> Void) {
        guard let kind = kinds.first else { return done() }
        var (found, isInParts): ([JSONValue], Bool) = ([], false)
        let round = Round { [self] in
            places.take(kind.name, found, inParts: isInParts)
            read(kinds.dropFirst(), done)
        }
        list(kind.operation, [], dividedBy: axes(of: kind), in: round) { elements, isPart in
            found += elements
            isInParts = isInParts || isPart
        }
        round.leave()
    }

    private func axes(of kind: PlaceKind) -> ArraySlice<Axis> {
        var axes: [Axis] = []
        if kind.name == "folder" {
            let types = ["DATACENTER", "DATASTORE", "HOST", "NETWORK", "VIRTUAL_MACHINE"]
            axes.append(Axis(filter: "type", values: types))
        }
        for container in kind.containers {
            axes.append(Axis(filter: container.filter, values: places.ids(container.kind)))
        }
        return axes[...]
    }

    private func readContainers(of kind: PlaceKind, in round: Round) {
        for container in kind.containers {
            let isFolder = container.kind == "folder"
            let ids =
                isFolder
                ? kind.folderType.map { places.folders(for: $0) } ?? places.ids("folder")
                : places.ids(container.kind)
            each(ids.count, in: round) { [self] index, own in
                list(
                    kind.operation,
                    [(container.filter, ids[index])],
                    dividedBy: axes(of: kind),
                    in: own
                ) { [self] elements, _ in
                    for id in elements.compactMap({ $0.text(kind.name) }) {
                        places.claim(kind.name, id, by: container.kind, ids[index])
                    }
                }
                return {}
            }
        }
    }

    /// Reads storage policies and customization specifications: they contain nothing.
    private func readSpecifications(_ done: @escaping () -> Void) {
        var (policies, specs): ([JSONValue], [JSONValue]) = ([], [])
        var whole: [JSONValue?] = []
        let round = Round { [self] in
            document.placements =
                (places.documents + policies.map(policy)
                + zip(specs, whole).map(specification)).map(SnapshotDocument.piece)
            done()
        }
        ask(api: "vcenter.storage.policies.list", in: round) { policies = $0.array ?? [] }
        ask(.listCustomizationSpecs, in: round) { [self] found in
            specs = found.array ?? []
            whole = Array(repeating: Optional.none, count: specs.count)
            each(specs.count, in: round) { [self] index, own in
                ask(.getCustomizationSpec, specs[index].text("name") ?? "", in: own) {
                    whole[index] = $0
                }
                return {}
            }
        }
        round.leave()
    }

    private func policy(_ answer: JSONValue) -> JSONValue {
        .members([
            ("kind", "storage_policy"), ("id", answer["policy"]), ("name", answer["name"]),
            ("answers", .members([("listStoragePolicies", answer.recorded)])),
        ])
    }

    private func specification(_ answer: JSONValue, _ whole: JSONValue?) -> JSONValue {
        .members([
            ("kind", "customization_spec"), ("id", answer["name"]), ("name", answer["name"]),
            ("type", answer["OS_type"]),
            (
                "answers",
                .members([
                    (VSphere.Operation.listCustomizationSpecs.name, answer.recorded),
                    (VSphere.Operation.getCustomizationSpec.name, whole?.recorded),
                ])
            ),
        ])
    }
}
