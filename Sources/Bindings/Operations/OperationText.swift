internal import VSphere

/// The description of the function of one operation; names, types and order come from the
/// operation.
final class OperationText: Sendable {
    let operation: VSphere.Operation
    let summary: String
    /// One sentence for each parameter of the operation.
    let parameters: [String]
    let result: FunctionSpec.Result
    /// The type of its parameter `filter`, if it has one.
    let filter: LuaType
    let errors: [String]
    let example: String

    init(
        _ operation: VSphere.Operation,
        _ summary: String,
        _ parameters: [String],
        _ result: String,
        adds added: [LuaType.Field] = [],
        filter: LuaType = .table,
        errors: [String],
        example: String
    ) {
        self.operation = operation
        self.summary = summary
        self.parameters = parameters
        self.result = FunctionSpec.Result(
            operation.mayGiveNothing
                ? .optional(LuaType(operation.result))
                : LuaType(operation.result).adding(added),
            result
        )
        self.filter = filter
        self.errors = errors
        self.example = example
    }

    /// Whether its first argument is the item: then it is also a method of item objects.
    var isAboutItem: Bool { operation.parameters.first?.name == "item" }

    /// The fields of filters, by operation.
    static let filterFields: [String: [String]] = Dictionary(
        uniqueKeysWithValues: all.filter { !$0.filter.fields.isEmpty }.map {
            ($0.operation.name, $0.filter.fields.map(\.name))
        }
    )

    /// All descriptions, in the order of the reference.
    static let all =
        [checkOuts, versions, templates, libraries, machines, guests, placements, tasks]
        .flatMap { $0 }

    static let item = "the library item: its identifier, or an item object"
    static let vm = "the virtual machine's identifier, such as vm-42"
    static let message = "why; kept in the item's history"
    static let spec = "the specification, with the fields of the wire"
    static let mark =
        "{op} in the name stands for eight digits of the operation, so that a lost answer can be settled "
        + "by looking"
    static let nothing = "nothing"
}

extension OperationText {
    static let checkOuts: [OperationText] = [
        OperationText(
            .getCheckOut,
            "Tells who has checked a machine out of an item, and since when.",
            [item, "the checked-out machine's identifier"],
            "time in RFC 3339, UTC; user as vCenter writes it",
            errors: ["not_found", "invalid_argument", "error"],
            example: """
                local rhel = item "golden/rhel-9"
                local held = rhel:listCheckOuts()[1]
                print(rhel:getCheckOut(held.vm).user)
                """
        ),
        OperationText(
            .listCheckOuts,
            "Lists the machines checked out of an item: at most one, as vCenter is now.",
            [item],
            "one record for each machine; empty when nothing is checked out",
            errors: ["not_found", "invalid_argument", "error"],
            example: #"print(#item("golden/rhel-9"):listCheckOuts())"#
        ),
        OperationText(
            .checkOut,
            "Checks an item out: clones its latest version to a machine that can be changed.",
            [
                item,
                "name, placement = {folder, resource_pool, host, cluster}, powered_on (false); "
                    + mark,
            ],
            "the machine's identifier",
            errors: [
                "already_exists", "invalid_argument", "not_found", "resource_inaccessible",
                "unable_to_allocate_resource", "error",
            ],
            example: """
                local folder = listFolders{ type = "VIRTUAL_MACHINE" }[1].folder
                local pool = listResourcePools()[1].resource_pool
                local vm = item("golden/ubuntu-22.04"):checkOut{
                  name = "patch-{op}", placement = { folder = folder, resource_pool = pool } }
                print(vm)
                """
        ),
        OperationText(
            .checkIn,
            "Checks a machine in: it becomes the latest version, and the oldest version is purged.",
            [item, "the checked-out machine's identifier; it must be powered off", message],
            "the identifier of the new version",
            errors: [
                "invalid_argument", "not_allowed_in_current_state", "not_found",
                "resource_inaccessible", "error",
            ],
            example: """
                local rhel = item "golden/rhel-9"
                print(rhel:checkIn(rhel:listCheckOuts()[1].vm, "patched"))
                """
        ),
        OperationText(
            .deleteCheckOut,
            "Discards a check-out and deletes its machine.",
            [item, "the checked-out machine's identifier; it must be powered off"],
            nothing,
            errors: [
                "not_found", "invalid_argument", "not_allowed_in_current_state", "resource_busy",
                "resource_inaccessible", "error",
            ],
            example: """
                local rhel = item "golden/rhel-9"
                rhel:deleteCheckOut(rhel:listCheckOuts()[1].vm)
                """
        ),
    ]

    static let versions: [OperationText] = [
        OperationText(
            .listVersions,
            "Lists the live versions of an item: the latest and at most one before it.",
            [item],
            "one record for each version, with the machine that holds it",
            errors: ["not_found", "invalid_argument", "error"],
            example: """
                for _, v in ipairs(item("golden/ubuntu-22.04"):listVersions()) do print(v.version) end
                """
        ),
        OperationText(
            .getVersion,
            "Tells which machine holds a version.",
            [item, "the version's identifier"],
            "the identifier of the template machine",
            errors: ["not_found", "invalid_argument", "error"],
            example: #"print(item("golden/ubuntu-22.04"):getVersion("2").vm_template)"#
        ),
        OperationText(
            .deleteVersion,
            "Deletes a version that is not the latest.",
            [item, "the version's identifier"],
            nothing,
            errors: ["not_found", "invalid_argument", "resource_inaccessible", "error"],
            example: #"item("golden/ubuntu-22.04"):deleteVersion("1")"#
        ),
    ]

    static let templates: [OperationText] = [
        OperationText(
            .getTemplate,
            "Describes the machine in an item.",
            [item],
            "guest_OS, cpu {count, cores_per_socket}, memory {size_MiB}, vm_home_storage, vm_template, "
                + "disks and nics by their keys; nil for an item that is no VM template",
            errors: ["not_found", "resource_inaccessible", "service_unavailable", "error"],
            example: #"print(item("golden/ubuntu-22.04"):getTemplate().memory.size_MiB)"#
        ),
        OperationText(
            .createTemplate,
            "Makes a library item from a machine.",
            ["source_vm, name, library, placement; description, storage; " + mark],
            "the identifier of the new item",
            errors: [
                "already_exists", "invalid_argument", "not_allowed_in_current_state", "not_found",
                "resource_inaccessible", "resource_in_use", "service_unavailable",
                "unable_to_allocate_resource", "error",
            ],
            example: """
                local place = { folder = listFolders{ type = "VIRTUAL_MACHINE" }[1].folder,
                  resource_pool = listResourcePools()[1].resource_pool }
                local vm = item("golden/debian-12"):deploy{ name = "source", placement = place }
                print(createTemplate{ source_vm = vm, name = "copy", placement = place,
                  library = findLibraries{ name = "staging" }[1] })
                """
        ),
        OperationText(
            .deploy,
            "Deploys a machine from the latest version of an item.",
            [
                item,
                "name, placement with a folder; powered_on (the vCenter switches it on by itself, after "
                    + "the call), storage, customization; " + mark,
            ],
            "the new machine's identifier",
            errors: [
                "already_exists", "invalid_argument", "not_allowed_in_current_state", "not_found",
                "resource_inaccessible", "service_unavailable", "unable_to_allocate_resource",
                "error",
            ],
            example: """
                local folder = listFolders{ type = "VIRTUAL_MACHINE" }[1].folder
                local pool = listResourcePools()[1].resource_pool
                print(item("golden/ubuntu-22.04"):deploy{
                  name = "web-{op}", placement = { folder = folder, resource_pool = pool } })
                """
        ),
        OperationText(
            .listChanges,
            "Lists the history of an item in its content library, newest last.",
            [item],
            "short_message has the first 80 characters, or the first line; op_id the operation of vmoon that made it",
            adds: [.init("op_id", .optional(.string))],
            errors: ["not_found", "error"],
            example: #"print(#item("golden/ubuntu-22.04"):listChanges())"#
        ),
        OperationText(
            .getChange,
            "Reads one entry of an item's history, with its whole message.",
            [item, "the version's identifier"],
            "the entry; op_id is the operation of vmoon that made it: the mark that it has in the message on the server",
            adds: [.init("op_id", .optional(.string))],
            errors: ["not_found", "error"],
            example: #"print(item("golden/ubuntu-22.04"):getChange("2").time)"#
        ),
    ]

    static let machines: [OperationText] = [
        OperationText(
            .listVMs,
            "Lists virtual machines.",
            [
                "what to narrow the list by; a machine must match every field, with one of its values"
            ],
            "cpu_count and memory_size_MiB where they are known; vCenter refuses over 4000",
            filter: narrowed(
                by: "vms",
                "names",
                "folders",
                "datacenters",
                "hosts",
                "clusters",
                "resource_pools",
                "power_states"
            ),
            errors: ["unable_to_allocate_resource", "service_unavailable"],
            example: "for _, vm in ipairs(listVMs()) do print(vm.vm, vm.name) end"
        ),
        OperationText(
            .getVM,
            "Describes a virtual machine.",
            [vm],
            "name, power_state and the hardware as the wire has it; templates are not found",
            errors: ["not_found", "service_unavailable"],
            example: "print(getVM(listVMs()[1].vm).name)"
        ),
        OperationText(
            .deleteVM,
            "Deletes a virtual machine that is powered off.",
            [vm],
            nothing,
            errors: ["not_found", "not_allowed_in_current_state", "resource_busy"],
            example: """
                local vm = listVMs{ power_states = { "POWERED_OFF" } }[1]
                if vm then deleteVM(vm.vm) end
                """
        ),
        OperationText(
            .getPower,
            "Reads the power state of a machine.",
            [vm],
            "state is POWERED_ON, POWERED_OFF or SUSPENDED",
            errors: ["not_found", "service_unavailable"],
            example: "print(getPower(listVMs()[1].vm).state)"
        ),
        OperationText(
            .setPower,
            "Starts, stops, resets or suspends a machine.",
            [vm, "what to do"],
            nothing,
            errors: [
                "already_in_desired_state", "not_allowed_in_current_state", "resource_busy",
                "resource_in_use", "not_found",
            ],
            example: """
                local vm = listVMs{ power_states = { "POWERED_OFF" } }[1]
                if vm then setPower(vm.vm, "start") end
                """
        ),
        OperationText(
            .getVMItem,
            "Tells which item a machine is checked out of.",
            [vm],
            "check_out is absent for a machine that is not checked out",
            errors: ["not_found"],
            example: "print(getVMItem(listVMs()[1].vm).check_out)"
        ),
    ]

    static let placements: [OperationText] = [
        listing(
            .listFolders,
            "folders",
            "folder, name, type",
            narrowed(
                by: "folders",
                "names",
                "type",
                "parent_folders",
                "datacenters"
            )
        ),
        listing(
            .listResourcePools,
            "resource pools",
            "resource_pool, name",
            narrowed(
                by: "resource_pools",
                "names",
                "parent_resource_pools",
                "datacenters",
                "hosts",
                "clusters"
            )
        ),
        listing(
            .listClusters,
            "clusters",
            "cluster, name",
            narrowed(by: "clusters", "names", "folders", "datacenters")
        ),
        listing(
            .listHosts,
            "hosts",
            "host, name, connection_state",
            narrowed(
                by: "hosts",
                "names",
                "folders",
                "datacenters",
                "clusters",
                "connection_states"
            )
        ),
        listing(
            .listDatastores,
            "datastores",
            "datastore, name, type; free_space and capacity in bytes where they are known",
            narrowed(by: "datastores", "names", "types", "folders", "datacenters")
        ),
        listing(
            .listDatacenters,
            "datacenters",
            "datacenter, name",
            narrowed(by: "datacenters", "names", "folders")
        ),
        listing(
            .listNetworks,
            "networks",
            "network, name, type",
            narrowed(by: "networks", "names", "types", "folders", "datacenters")
        ),
    ]

    /// A filter with these fields, each a value or a list of values; of types vCenter takes one.
    private static func narrowed(by names: String...) -> LuaType {
        .record(
            names.map {
                .init($0, .optional($0 == "type" ? .string : .union([.string, .list(.string)])))
            },
            isOpen: false
        )
    }

    private static func listing(
        _ operation: VSphere.Operation,
        _ what: String,
        _ fields: String,
        _ filter: LuaType
    ) -> OperationText {
        OperationText(
            operation,
            "Lists \(what), to place machines.",
            ["what to narrow the list by"],
            fields,
            filter: filter,
            errors: ["service_unavailable", "unable_to_allocate_resource"],
            example: "print(\(operation.name)()[1].name)"
        )
    }
}
