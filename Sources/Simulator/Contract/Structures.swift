/// The structures and enumerations that operations take, under VMware's names.
extension Structure {
    private static let items = "com.vmware.vcenter.vm_template.library_items."

    static let taskFilter = Structure(
        "com.vmware.cis.tasks.filter_spec",
        [
            .optional("tasks", .set(.identifier)), .optional("services", .set(.identifier)),
            .optional("operations", .set(.identifier)),
            .optional("status", .set(.enumeration(.taskStatus))),
            .optional("targets", .list(.structure(dynamicID))),
            .optional("users", .set(.string)),
        ]
    )
    static let taskOptions = Structure(
        "com.vmware.cis.tasks.get_spec",
        [.optional("return_all", .boolean), .optional("exclude_result", .boolean)]
    )
    private static let dynamicID = Structure(
        "com.vmware.vapi.std.dynamic_ID",
        [.required("type", .string), .required("id", .identifier)]
    )

    static let librarySearch = Structure(
        "com.vmware.content.library.find_spec",
        [
            .optional("name", .string), .optional("type", .enumeration(.libraryType)),
            .optional("storage_backing", .structure(storageBacking)),
        ]
    )
    private static let storageBacking = Structure(
        "com.vmware.content.library.storage_backing",
        unions: [
            Union(tag: "type", value: "DATASTORE", member: "datastore_id", isRequired: false),
            Union(tag: "type", value: "OTHER", member: "storage_uri", isRequired: false),
        ],
        [
            .optional("type", .enumeration(.storageBackingType)),
            .optional("datastore_id", .identifier), .optional("storage_uri", .uri),
        ]
    )
    static let itemSearch = Structure(
        "com.vmware.content.library.item.find_spec",
        [
            .optional("name", .string), .optional("library_id", .identifier),
            .optional("source_id", .identifier), .optional("type", .string),
            .optional("cached", .boolean),
        ]
    )

    static let checkOut = Structure(
        items + "check_outs.check_out_spec",
        [
            .currentlyRequired("name", .string),
            .currentlyRequired("placement", .structure(placement("check_outs.placement_spec"))),
            .optional("powered_on", .boolean),
        ]
    )
    static let checkIn = message("check_outs.check_in_spec")
    static let rollback = message("versions.rollback_spec")

    static let create = Structure(
        items + "create_spec",
        [
            .required("source_vm", .identifier), .required("name", .string),
            .required("library", .identifier), .optional("description", .string),
            .optional("vm_home_storage", .structure(home("create"))),
            .optional("disk_storage", .structure(disk("create"))),
            .optional("disk_storage_overrides", .map(.structure(disk("create")))),
            .currentlyRequired("placement", .structure(placement("create_placement_spec"))),
        ]
    )
    static let deploy = Structure(
        items + "deploy_spec",
        [
            .required("name", .string), .optional("description", .string),
            .optional("vm_home_storage", .structure(home("deploy"))),
            .optional("disk_storage", .structure(disk("deploy"))),
            .optional("disk_storage_overrides", .map(.structure(disk("deploy")))),
            .currentlyRequired(
                "placement",
                .structure(placement("deploy_placement_spec", folder: .currentlyRequired))
            ),
            .optional("powered_on", .boolean),
            .optional("guest_customization", .structure(guestCustomization)),
            .optional("hardware_customization", .structure(hardwareCustomization)),
            .optional("tags", .list(.structure(tag))),
        ]
    )

    private static let guestCustomization = Structure(
        items + "guest_customization_spec",
        [.optional("name", .string)]
    )
    private static let hardwareCustomization = Structure(
        items + "hardware_customization_spec",
        [
            .optional(
                "nics",
                .map(
                    .structure(
                        Structure(
                            items + "ethernet_update_spec",
                            [
                                .currentlyRequired("network", .identifier),
                                .optional("subnet", .identifier),
                            ]
                        )
                    )
                )
            ),
            .optional("disks_to_remove", .set(.identifier)),
            .optional(
                "disks_to_update",
                .map(
                    .structure(
                        Structure(items + "disk_update_spec", [.required("capacity", .integer)])
                    )
                )
            ),
            .optional(
                "cpu_update",
                .structure(
                    Structure(
                        items + "cpu_update_spec",
                        [
                            .optional("num_cpus", .integer),
                            .optional("num_cores_per_socket", .integer),
                        ]
                    )
                )
            ),
            .optional(
                "memory_update",
                .structure(
                    Structure(items + "memory_update_spec", [.optional("memory", .integer)])
                )
            ),
        ]
    )
    private static let tag = Structure(
        items + "tag_spec",
        [
            .optional("tag_id", .string),
            .optional(
                "tag_name_spec",
                .structure(
                    Structure(
                        items + "tag_name_spec",
                        [.required("tag_name", .string), .required("category_name", .string)]
                    )
                )
            ),
        ]
    )

    private static func message(_ name: String) -> Structure {
        Structure(items + name, [.required("message", .string)])
    }

    private static func placement(_ name: String, folder: Member.Need = .optional) -> Structure {
        Structure(
            items + name,
            [
                Member(name: "folder", type: .identifier, need: folder),
                .optional("resource_pool", .identifier), .optional("host", .identifier),
                .optional("cluster", .identifier),
            ]
        )
    }

    private static func home(_ operation: String) -> Structure {
        Structure(
            items + operation + "_spec_vm_home_storage",
            [
                .currentlyRequired("datastore", .identifier),
                .optional(
                    "storage_policy",
                    .structure(policy(operation, "vm_home_storage_policy"))
                ),
            ]
        )
    }

    private static func disk(_ operation: String) -> Structure {
        Structure(
            items + operation + "_spec_disk_storage",
            [
                .optional("datastore", .identifier),
                .optional("storage_policy", .structure(policy(operation, "disk_storage_policy"))),
            ]
        )
    }

    private static func policy(_ operation: String, _ name: String) -> Structure {
        let name = items + operation + "_spec_" + name
        let type =
            operation == "create"
            ? Enumeration(name + ".type", "USE_SPECIFIED_POLICY")
            : Enumeration(name + ".type", "USE_SPECIFIED_POLICY", "USE_SOURCE_POLICY")
        return Structure(
            name,
            unions: [
                Union(
                    tag: "type",
                    value: "USE_SPECIFIED_POLICY",
                    member: "policy",
                    isRequired: true
                )
            ],
            [.required("type", .enumeration(type)), .optional("policy", .identifier)]
        )
    }
}

extension Enumeration {
    static let taskStatus = Enumeration(
        "com.vmware.cis.task.status",
        "PENDING",
        "RUNNING",
        "BLOCKED",
        "SUCCEEDED",
        "FAILED"
    )
    static let libraryType = Enumeration(
        "com.vmware.content.library_model.library_type",
        "LOCAL",
        "SUBSCRIBED"
    )
    static let storageBackingType = Enumeration(
        "com.vmware.content.library.storage_backing.type",
        "DATASTORE",
        "OTHER"
    )
    static let powerState = Enumeration(
        "com.vmware.vcenter.vm.power.state",
        "POWERED_ON",
        "POWERED_OFF",
        "SUSPENDED"
    )
    static let folderType = Enumeration(
        "com.vmware.vcenter.folder.type",
        "DATACENTER",
        "DATASTORE",
        "HOST",
        "NETWORK",
        "VIRTUAL_MACHINE"
    )
    static let datastoreType = Enumeration(
        "com.vmware.vcenter.datastore.type",
        "VMFS",
        "NFS",
        "NFS41",
        "CIFS",
        "VSAN",
        "VFFS",
        "VVOL"
    )
    static let networkType = Enumeration(
        "com.vmware.vcenter.network.type",
        "STANDARD_PORTGROUP",
        "DISTRIBUTED_PORTGROUP",
        "OPAQUE_NETWORK"
    )
    static let connectionState = Enumeration(
        "com.vmware.vcenter.host.connection_state",
        "CONNECTED",
        "DISCONNECTED",
        "NOT_RESPONDING"
    )
}

/// The filters of the lists.
extension Structure {
    static let machineFilter = filter(
        "VM",
        ["vms", "folders", "datacenters", "hosts", "clusters", "resource_pools"],
        [.optional("power_states", .set(.enumeration(.powerState)))]
    )

    /// A filter by names, identifiers, and what else there is.
    static func filter(
        _ service: String,
        _ identifiers: [String],
        _ others: [Member] = []
    ) -> Structure {
        Structure(
            "com.vmware.vcenter.\(service).filter_spec",
            [.optional("names", .set(.string))]
                + identifiers.map { .optional($0, .set(.identifier)) } + others
        )
    }
}
