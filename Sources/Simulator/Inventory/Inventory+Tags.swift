/// A category of tags.
struct TagCategory: Sendable {
    let id: String
    var name: String
    var description = ""
    /// Whether an object may have one of its tags only.
    var isSingle = false
    /// The answers of a vCenter about it.
    var recorded = Recorded()
}

/// A tag, and what it is attached to.
struct Tag: Sendable {
    let id: String
    var name: String
    var description = ""
    let category: String
    /// The objects, in the order in which they got it.
    var objects: [TaggedObject] = []
    /// The answers of a vCenter about it.
    var recorded = Recorded()

    func has(_ object: String) -> Bool { objects.contains { $0.id == object } }
}

/// An object that has a tag.
struct TaggedObject: Sendable, Equatable {
    /// The type, such as `VirtualMachine`.
    var type: String
    let id: String
}

extension Inventory {
    func tagCategory(_ id: String) throws(VAPIError) -> TagCategory {
        guard let found = tagCategories.first(where: { $0.id == id }) else {
            throw .notFound("category", id)
        }
        return found
    }

    func tag(_ id: String) throws(VAPIError) -> Tag {
        guard let found = tags.first(where: { $0.id == id }) else { throw .notFound("tag", id) }
        return found
    }

    /// The tags that a request for a copy names.
    func tags(
        named request: CopyRequest,
        else missing: VAPIError.Kind
    ) throws(VAPIError) -> [String] {
        var found: [String] = []
        for tag in request.tags {
            guard let named = tag.id ?? tag.name else {
                throw .invalid("spec.tag_empty", "A tag has neither an identifier nor a name.")
            }
            let known = tags.first { candidate in
                if let id = tag.id { return candidate.id == id }
                let category = tagCategories.first { $0.id == candidate.category }?.name
                return candidate.name == tag.name && category == tag.category
            }
            guard let known else {
                throw VAPIError(missing, "spec.tag_unknown", "There is no tag \(named).", [named])
            }
            found.append(known.id)
        }
        return found
    }

    /// Attaches a tag to an object that is there, and may have it.
    mutating func attach(_ id: String, to object: String, of type: String) throws(VAPIError) {
        let tag = try tag(id)
        let category = try tagCategory(tag.category)
        guard isThere(object, type) else {
            throw .invalid("tag.no_object", "There is no \(type) \(object).", [type, object])
        }
        let others = tags.filter {
            $0.category == tag.category && $0.id != id && $0.has(object)
        }
        guard !category.isSingle || others.isEmpty else {
            throw .invalid(
                "tag.single",
                "The object \(object) has a tag of the category \(category.name) already.",
                [object, category.name]
            )
        }
        attach(id, to: TaggedObject(type: type, id: object))
    }

    /// Attaches a tag; one that is attached stays.
    mutating func attach(_ id: String, to object: TaggedObject) {
        guard let index = tags.firstIndex(where: { $0.id == id }), !tags[index].has(object.id)
        else { return }
        tags[index].objects.append(object)
    }

    /// Takes a tag off an object.
    mutating func detach(_ id: String, from object: String, of type: String) throws(VAPIError) {
        _ = try tag(id)
        guard isThere(object, type) else { throw .notFound("object", object) }
        guard let index = tags.firstIndex(where: { $0.id == id }) else { return }
        tags[index].objects.removeAll { $0.id == object }
    }

    /// Takes all tags off an object that is gone.
    mutating func untag(_ object: String) {
        for index in tags.indices where tags[index].has(object) {
            tags[index].objects.removeAll { $0.id == object }
        }
    }

    /// The type of an object, by what the inventory knows of it.
    func taggedType(of id: String) -> String {
        if machines[id] != nil { return "VirtualMachine" }
        if libraries[id] != nil { return "com.vmware.content.Library" }
        if items[id] != nil { return "com.vmware.content.library.Item" }
        guard let place = placements.first(where: { $0.id == id }) else { return "VirtualMachine" }
        return switch place.kind {
        case .folder: "Folder"
        case .resourcePool: "ResourcePool"
        case .cluster: "ClusterComputeResource"
        case .host: "HostSystem"
        case .datastore: "Datastore"
        case .datacenter: "Datacenter"
        case .network:
            place.type == "DISTRIBUTED_PORTGROUP" ? "DistributedVirtualPortgroup" : "Network"
        case .storagePolicy, .customizationSpec: "VirtualMachine"
        }
    }

    private func isThere(_ id: String, _ type: String) -> Bool {
        switch type {
        case "VirtualMachine": machines[id] != nil
        case "com.vmware.content.Library": libraries[id] != nil
        case "com.vmware.content.library.Item": items[id] != nil
        default: placements.contains { $0.id == id }
        }
    }
}
