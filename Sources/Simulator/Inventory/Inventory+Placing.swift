extension Inventory {
    /// Something that is named by its identifier.
    /// - Throws: The given kind of error where there is none: operations differ in how they call that.
    func known(
        _ kind: Placement.Kind,
        _ id: String,
        else missing: VAPIError.Kind
    ) throws(VAPIError) -> Placement {
        if let found = placements.first(where: { $0.kind == kind && $0.id == id }) { return found }
        let what = kind.rawValue.replacing("_", with: " ")
        throw VAPIError(
            missing,
            "spec.\(kind.rawValue)_unknown",
            "There is no \(what) with the identifier \(id).",
            [id]
        )
    }

    /// Where a copy of a machine goes: the named places must exist and fit together, among themselves and with
    /// those of the source that stay.
    func place(
        _ named: [Placement.Kind: String],
        besides source: MachinePlacement,
        else missing: VAPIError.Kind
    ) throws(VAPIError) -> MachinePlacement {
        var found: [Placement.Kind: Placement] = [:]
        for kind in [Placement.Kind.folder, .resourcePool, .host, .cluster] {
            if let id = named[kind] { found[kind] = try known(kind, id, else: missing) }
        }
        if let folder = found[.folder], let type = folder.type, type != "VIRTUAL_MACHINE" {
            throw .invalid(
                "spec.folder_type",
                "The folder \(folder.id) is for \(type), not for virtual machines.",
                [folder.id, type]
            )
        }
        try refuseDisjoint(found)
        var place = source
        place.folder = found[.folder]?.id ?? place.folder
        if found[.resourcePool] != nil || found[.host] != nil || found[.cluster] != nil {
            choose(&place, found)
        }
        try refuseDisjoint([.folder, .resourcePool, .host, .cluster], of: place)
        return place
    }

    /// A host must be in its cluster, a pool in its cluster and on its host.
    private func refuseDisjoint(_ found: [Placement.Kind: Placement]) throws(VAPIError) {
        let cluster = found[.cluster]?.id
        let hostCluster = found[.host]?.parents[.cluster]
        let pool = found[.resourcePool]
        let isFit =
            (cluster == nil || found[.host] == nil || hostCluster == cluster)
            && (cluster == nil || pool == nil || pool?.parents[.cluster] == cluster)
            && (found[.host] == nil || pool == nil || pool?.parents[.host] == found[.host]?.id
                || (hostCluster != nil && pool?.parents[.cluster] == hostCluster))
        if !isFit { throw Self.disjoint(found.values.map(\.id).sorted()) }
    }

    /// Everything must be in one data centre, as far as is known where it is.
    func refuseDisjoint(
        _ kinds: [Placement.Kind],
        of place: MachinePlacement
    ) throws(VAPIError) {
        let ids = kinds.compactMap(place.identifier)
        let centres = placements.filter { ids.contains($0.id) }.compactMap {
            $0.parents[.datacenter]
        }
        if Set(centres).count > 1 { throw Self.disjoint(ids) }
    }

    /// Chooses what is not named: a pool and a host of the same cluster, those of the source if they are.
    private func choose(_ place: inout MachinePlacement, _ found: [Placement.Kind: Placement]) {
        let source = place
        let cluster =
            found[.cluster]?.id ?? found[.resourcePool]?.parents[.cluster]
            ?? found[.host]?.parents[.cluster]
        func suitable(_ kind: Placement.Kind, _ former: String) -> String {
            let all = placements.filter { $0.kind == kind && $0.parents[.cluster] == cluster }
            return all.contains { $0.id == former } ? former : all.first?.id ?? former
        }
        place.cluster = cluster ?? place.cluster
        place.host = found[.host]?.id ?? suitable(.host, source.host)
        place.resourcePool =
            found[.resourcePool]?.id ?? suitable(.resourcePool, source.resourcePool)
    }

    private static func disjoint(_ ids: [String]) -> VAPIError {
        .invalid(
            "spec.placement_disjoint",
            "The placement is disjoint: \(ids.joined(separator: ", ")).",
            ids
        )
    }
}

extension MachinePlacement {
    /// The identifier of one kind of place.
    func identifier(of kind: Placement.Kind) -> String? {
        switch kind {
        case .folder: folder
        case .resourcePool: resourcePool
        case .host: host
        case .cluster: cluster
        case .datastore: datastore
        case .datacenter, .network, .storagePolicy, .customizationSpec: nil
        }
    }
}
