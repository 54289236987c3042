internal import JSON

/// Writes an inventory in the format of `--inventory`, `--state` and `/sim/state`.
struct InventoryWriter {
    let inventory: Inventory

    var document: JSONValue {
        var document: JSONValue = [
            "users": .array(inventory.users.map(user)),
            "libraries": .array(
                inventory.libraryOrder.compactMap { inventory.libraries[$0] }.map(library)
            ),
            "machines": .array(
                inventory.machinesInOrder.map(machine)
            ),
            "placements": .array(inventory.placements.map(placement)),
            "tag_categories": .array(inventory.tagCategories.map(category)),
            "tags": .array(inventory.tags.map(tag)),
            "next_machine": .integer(inventory.nextMachine),
            "next_identifier": .integer(inventory.nextIdentifier),
        ]
        let told = inventory.tasks.filter { $0.fixed != nil }
        if !told.isEmpty {
            document["tasks"] = .array(
                told.map { ["task": .string($0.id), "answers": $0.recorded.document ?? [:]] }
            )
        }
        document["answers"] = inventory.recorded.document
        if !inventory.refusals.isEmpty { document["refused"] = inventory.refusals.document }
        return document
    }

    private func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { name, value in value.map { .init(name, $0) } })
    }

    private func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }

    private func user(_ user: User) -> JSONValue {
        object([
            ("name", .string(user.name)), ("password", text(user.password)),
            ("privileges", user.privileges.map { .array($0.sorted().map { .string($0) }) }),
        ])
    }

    private func category(_ category: TagCategory) -> JSONValue {
        object([
            ("id", .string(category.id)), ("name", .string(category.name)),
            ("description", .string(category.description)),
            ("single", .boolean(category.isSingle)), ("answers", category.recorded.document),
        ])
    }

    private func tag(_ tag: Tag) -> JSONValue {
        object([
            ("id", .string(tag.id)), ("name", .string(tag.name)),
            ("description", .string(tag.description)), ("category", .string(tag.category)),
            ("objects", .array(tag.objects.map(tagged))), ("answers", tag.recorded.document),
        ])
    }

    /// An object of a tag: its identifier alone, where that tells its type.
    private func tagged(_ object: TaggedObject) -> JSONValue {
        inventory.taggedType(of: object.id) == object.type
            ? .string(object.id) : ["type": .string(object.type), "id": .string(object.id)]
    }

    private func hotAdd(_ machine: Machine) -> JSONValue? {
        let hotAdd = machine.hotAdd
        let all = [
            ("cpu", hotAdd.addsCPU), ("cpu_removal", hotAdd.removesCPU),
            ("memory", hotAdd.addsMemory),
        ].filter(\.1).map { JSONValue.string($0.0) }
        return all.isEmpty ? nil : .array(all)
    }

    private func library(_ library: Library) -> JSONValue {
        object([
            ("id", .string(library.id)), ("name", .string(library.name)),
            ("type", .string(library.kind.rawValue)), ("description", .string(library.description)),
            ("creation_time", .string(library.created.text)),
            ("published", library.isPublished ? true : nil), ("source", text(library.source)),
            ("last_sync_time", text(library.lastSync?.text)),
            ("items", .array(library.itemIDs.compactMap { inventory.items[$0] }.map(item))),
            ("answers", library.recorded.document),
        ])
    }

    private func item(_ item: Item) -> JSONValue {
        object([
            ("id", .string(item.id)), ("name", .string(item.name)), ("type", .string(item.type)),
            ("description", .string(item.description)),
            ("creation_time", .string(item.created.text)),
            ("last_modified_time", .string(item.modified.text)),
            ("published", text(item.published)), ("source", text(item.source)),
            ("next_version", .integer(item.nextVersion)),
            (
                "versions",
                .array(
                    item.versions.map {
                        ["version": .string($0.id), "vm_template": .string($0.template)]
                    }
                )
            ),
            (
                "check_outs",
                .array(
                    item.checkOuts.map {
                        [
                            "vm": .string($0.vm), "time": .string($0.time.text),
                            "user": .string($0.user),
                        ]
                    }
                )
            ),
            (
                "changes",
                .array(
                    item.changes.map { change in
                        object([
                            ("version", .string(change.version)),
                            ("time", .string(change.time.text)), ("user", text(change.user)),
                            ("message", text(change.message)),
                            ("short_message", text(change.cutMessage)),
                        ])
                    }
                )
            ), ("answers", item.recorded.document),
        ])
    }

    private func machine(_ machine: Machine) -> JSONValue {
        object([
            ("vm", .string(machine.id)), ("name", .string(machine.name)),
            ("power_state", .string(machine.power.rawValue)),
            ("powers_on", text(machine.powersOn?.text)),
            ("on_since", text(machine.onSince?.text)),
            ("shuts_down", text(machine.shutsDown?.text)),
            ("customization", text(machine.customization)), ("hot_add", hotAdd(machine)),
            ("template", .boolean(machine.isTemplate)), ("cpu_count", .integer(machine.cpuCount)),
            ("cores_per_socket", .integer(machine.coresPerSocket)),
            ("memory_size_MiB", .integer(machine.memoryMiB)),
            ("guest_OS", .string(machine.guestOS)), ("library_item", text(machine.item)),
            ("folder", .string(machine.placement.folder)),
            ("resource_pool", .string(machine.placement.resourcePool)),
            ("host", .string(machine.placement.host)),
            ("cluster", .string(machine.placement.cluster)),
            ("datastore", .string(machine.placement.datastore)),
            (
                "disks",
                .array(
                    machine.disks.map {
                        [
                            "id": .string($0.id), "capacity": .integer($0.capacity),
                            "datastore": .string($0.datastore),
                        ]
                    }
                )
            ),
            (
                "nics",
                .array(
                    machine.nics.map {
                        object([("id", .string($0.id)), ("network", text($0.network))])
                    }
                )
            ), ("hidden", machine.isHidden ? true : nil), ("answers", machine.recorded.document),
        ])
    }

    private func placement(_ placement: Placement) -> JSONValue {
        object([
            ("kind", .string(placement.kind.rawValue)), ("id", .string(placement.id)),
            ("name", .string(placement.name)), ("type", text(placement.type)),
            (
                "parents",
                placement.parents.isEmpty
                    ? nil
                    : .object(
                        Placement.Kind.allCases.compactMap { kind in
                            placement.parents[kind].map { .init(kind.rawValue, .string($0)) }
                        }
                    )
            ),
            ("free_space", placement.freeSpace.map { .integer($0) }),
            ("capacity", placement.capacity.map { .integer($0) }),
            ("answers", placement.recorded.document),
        ])
    }
}
