internal import Transport

/// VM template items as a whole.
extension Operation {
    /// The hardware of the latest version; nothing for an item that is not a VM template.
    ///
    /// Source: Library Items, Get. The pages of 9.1 spell `guest_os` and `size_mib`.
    public static let getTemplate = Operation(
        "getTemplate",
        .get,
        "/vm-template/library-items/{item}",
        in: .vcenter,
        as: .init("vcenter.vm_template.library_items.get", "template_library_item"),
        [.item],
        returns: .record([
            .required("guest_OS", or: "guest_os", .string),
            .required(
                "cpu",
                .record([.required("count", .integer), .required("cores_per_socket", .integer)])
            ),
            .required("memory", .record([.required("size_MiB", or: "size_mib", .integer)])),
            .required(
                "vm_home_storage",
                .record([
                    .required("datastore", .identifier), .optional("storage_policy", .identifier),
                ])
            ),
            .required("disks", .map(.record([]))), .required("nics", .map(.record([]))),
            .required("vm_template", .identifier),
        ]),
        mayGiveNothing: true
    )

    /// Makes an item from a virtual machine.
    ///
    /// Source: Library Items, Create.
    public static let createTemplate = Operation(
        "createTemplate",
        .post,
        "/vm-template/library-items",
        in: .vcenter,
        as: .init("vcenter.vm_template.library_items.create", "spec"),
        [
            .init(
                "spec",
                .specification(
                    .record([
                        .required("source_vm", .identifier), .required("name", .string),
                        .required("library", .identifier), .optional("description", .string),
                        .optional("vm_home_storage", .record([])),
                        .optional("disk_storage", .record([])),
                        .optional("disk_storage_overrides", .map(.record([]))),
                        .optional("placement", .placement),
                    ])
                )
            )
        ],
        returns: .identifier,
        effect: .init(.createTemplate, needs: [.places, .ownLibrary, .freeName]),
        privilege: "ContentLibrary.AddLibraryItem on the library"
    )

    /// Makes a virtual machine from the latest version.
    ///
    /// Source: Library Items, Deploy.
    public static let deploy = Operation(
        "deploy",
        .post,
        "/vm-template/library-items/{item}",
        in: .vcenter,
        action: .named("deploy"),
        as: .init("vcenter.vm_template.library_items.deploy", "template_library_item", "spec"),
        [
            .item,
            .init(
                "spec",
                .specification(
                    .record([
                        .required("name", .string), .optional("description", .string),
                        .optional("vm_home_storage", .record([])),
                        .optional("disk_storage", .record([])),
                        .optional("disk_storage_overrides", .map(.record([]))),
                        .optional("placement", .placement), .optional("powered_on", .boolean),
                        .optional("guest_customization", .record([])),
                        .optional(
                            "hardware_customization",
                            .record([
                                .optional("nics", .map(.record([]))),
                                .optional("disks_to_remove", .list(.identifier)),
                                .optional(
                                    "disks_to_update",
                                    .map(.record([.required("capacity", .integer)]))
                                ),
                                .optional(
                                    "cpu_update",
                                    .record([
                                        .optional("num_cpus", .integer),
                                        .optional("num_cores_per_socket", .integer),
                                    ])
                                ),
                                .optional(
                                    "memory_update",
                                    .record([.optional("memory", .integer)])
                                ),
                            ])
                        ),
                    ])
                )
            ),
        ],
        returns: .identifier,
        effect: .init(.deploy, needs: [.itemType("vm-template"), .places, .freeName]),
        privilege: "VirtualMachine.Provisioning.DeployTemplate on the template"
    )

    static let templates = [getTemplate, createTemplate, deploy]
}
