internal import JSON
internal import VSphere

/// Virtual machines, where they are, and what runs in them.
extension Survey {
    /// A machine while it is read.
    private final class Draft {
        var model: JSONValue?
        var power: JSONValue?
        var tools: JSONValue?
        var guest: JSONValue?
    }

    /// The containers of machines, and the filters by which these are told apart.
    private static let containers = [
        ("folder", "folders"), ("host", "hosts"), ("cluster", "clusters"),
        ("resource_pool", "resource_pools"),
    ]

    /// Reads the machines that the account sees, and those that it sees only as somebody's check-out.
    func readMachines(_ done: @escaping () -> Void) {
        begin("machines")
        var (found, isInParts): ([JSONValue], Bool) = ([], false)
        let round = Round { [self] in
            var seen: Set<String> = []
            found = found.filter { seen.insert($0.text("vm") ?? "").inserted }
            if isInParts { found.sort { ($0.text("vm") ?? "").isBefore($1.text("vm") ?? "") } }
            let hidden = checkedOut.keys.filter { !seen.contains($0) }.sorted { $0.isBefore($1) }
            placeMachines(found, hidden, done)
        }
        list(.listVMs, [], dividedBy: axes, in: round) { elements, isPart in
            found += elements
            isInParts = isInParts || isPart
        }
        round.leave()
    }

    /// Where a list is too long: by folder, then by host, by pool, and by whether they run.
    private var axes: ArraySlice<Axis> {
        [
            Axis(filter: "folders", values: places.folders(for: "VIRTUAL_MACHINE")),
            Axis(filter: "hosts", values: places.ids("host")),
            Axis(filter: "resource_pools", values: places.ids("resource_pool")),
            Axis(
                filter: "power_states",
                values: ["POWERED_OFF", "POWERED_ON", "SUSPENDED"]
            ),
        ]
    }

    private func placeMachines(
        _ machines: [JSONValue],
        _ hidden: [String],
        _ done: @escaping () -> Void
    ) {
        var claims: [String: [String: [String]]] = [:]
        let round = Round { [self] in read(machines, hidden, claims, done) }
        for (kind, filter) in Self.containers {
            let ids =
                kind == "folder" ? places.folders(for: "VIRTUAL_MACHINE") : places.ids(kind)
            each(machines.isEmpty ? 0 : ids.count, in: round) { [self] index, own in
                list(.listVMs, [(filter, ids[index])], dividedBy: axes, in: own) { elements, _ in
                    for vm in elements.compactMap({ $0.text("vm") }) {
                        claims[vm, default: [:]][kind, default: []].append(ids[index])
                    }
                }
                return {}
            }
        }
        round.leave()
    }

    private func read(
        _ machines: [JSONValue],
        _ hidden: [String],
        _ claims: [String: [String: [String]]],
        _ done: @escaping () -> Void
    ) {
        begin("machines", of: machines.count)
        let datastores = places.datastoresByName
        var pieces: [SnapshotDocument.Piece?] = Array(
            repeating: Optional.none,
            count: machines.count
        )
        let round = Round { [self] in
            document.machines += pieces.compactMap { $0 }
            for vm in hidden {
                document.machines.append(
                    SnapshotDocument.piece([
                        "vm": .string(vm), "name": .string(vm), "hidden": true,
                        "library_item": .string(checkedOut[vm] ?? ""),
                    ])
                )
            }
            done()
        }
        each(machines.count, in: round) { [self] index, own in
            let (summary, draft) = (machines[index], Draft())
            let vm = summary.text("vm") ?? ""
            read(vm, summary.text("power_state"), draft, in: own)
            return { [self] in
                let place = claims[vm, default: [:]].reduce(into: [:]) { place, claim in
                    place[claim.key] = places.innermost(claim.key, claim.value)
                }
                pieces[index] = piece(summary, draft, place, datastores)
            }
        }
        // Whether it is refused, and how, is all that there is to know.
        for vm in hidden { ask(.getVM, vm, in: round) { _ in } }
        round.leave()
    }

    private func read(_ vm: String, _ state: String?, _ draft: Draft, in round: Round) {
        ask(.getVM, vm, in: round) { draft.model = $0 }
        // In any other state the answer is the state.
        if state == "POWERED_OFF" { ask(.getPower, vm, in: round) { draft.power = $0 } }
        ask(.getTools, vm, in: round) { [self] tools in
            draft.tools = tools
            guard state == "POWERED_ON", tools.text("run_state") == "RUNNING" else { return }
            ask(.getGuest, [vm], in: round, isOnce: true) { result in
                switch result {
                case .success(let guest): draft.guest = guest
                // The tools have not told anything yet: that is no refusal.
                case .failure(let error) where error.kind == .serviceUnavailable:
                    draft.guest = .null
                case .failure: return false
                }
                return true
            }
        }
    }

    private func piece(
        _ summary: JSONValue,
        _ draft: Draft,
        _ place: [String: String],
        _ datastores: [String: String]
    ) -> SnapshotDocument.Piece {
        let model = draft.model
        let id = summary.text("vm") ?? ""
        func member(_ kind: String) -> (String, JSONValue?) { (kind, .string(place[kind] ?? "")) }
        let disks = model?["disks"]?.entries { key, disk in
            .members([
                ("id", .string(key)), ("capacity", disk.number("capacity")),
                ("datastore", disk.datastore(datastores)),
            ])
        }
        let nics = model?["nics"]?.entries { key, nic in
            .members([("id", .string(key)), ("network", nic["backing"]?["network"])])
        }
        let hotAdd = [
            ("cpu", model?["cpu"]?["hot_add_enabled"]),
            ("cpu_removal", model?["cpu"]?["hot_remove_enabled"]),
            ("memory", model?["memory"]?["hot_add_enabled"]),
        ].filter { $0.1 == true }.map { JSONValue.string($0.0) }
        return SnapshotDocument.piece(
            .members([
                ("vm", .string(id)), ("name", summary["name"]),
                ("power_state", summary["power_state"]),
                ("hot_add", hotAdd.isEmpty ? Optional.none : .array(hotAdd)),
                // 0 stands for what the vCenter does not tell.
                ("cpu_count", summary["cpu_count"] ?? 0),
                ("cores_per_socket", model?["cpu"]?["cores_per_socket"]),
                ("memory_size_MiB", summary["memory_size_MiB"] ?? 0),
                ("guest_OS", model?["guest_OS"]),
                ("library_item", checkedOut[id].map { .string($0) }),
                member("folder"), member("resource_pool"), member("host"), member("cluster"),
                ("datastore", disks?.array?.first?["datastore"]), ("disks", disks), ("nics", nics),
                (
                    "answers",
                    .members([
                        (VSphere.Operation.getVM.name, model?.recorded),
                        (VSphere.Operation.getPower.name, draft.power?.recorded),
                        (VSphere.Operation.getTools.name, draft.tools?.recorded),
                        (VSphere.Operation.getGuest.name, draft.guest?.recorded),
                    ])
                ),
            ])
        )
    }
}

extension JSONValue {
    /// The data store of a disk, by the name that its file begins with: `[fast] web-1/web-1.vmdk`.
    fileprivate func datastore(_ byName: [String: String]) -> JSONValue? {
        guard let file = self["backing"]?.text("vmdk_file"), file.hasPrefix("["),
            let end = file.firstIndex(of: "]")
        else { return nil }
        return byName[String(file[file.index(after: file.startIndex)..<end])].map { .string($0) }
    }
}
