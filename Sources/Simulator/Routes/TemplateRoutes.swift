/// VM templates in library items: making, reading, deploying.
enum TemplateRoutes {
    private static let service = "com.vmware.vcenter.vm_template.library_items"
    private static let all = "vcenter/vm-template/library-items"
    private static let one = all + "/{template_library_item}"
    private static let storage: Set = ["datastore", "storage_policy"]

    static let routes: [Route] = [
        Route(.createTemplate, service, "create", "POST", all) {
            call,
            inventory throws(VAPIError) in
            let spec = try call.spec([
                "source_vm", "name", "description", "library", "vm_home_storage", "disk_storage",
                "disk_storage_overrides", "placement",
            ])
            try checkStorage(spec, in: call)
            return .string(
                try inventory.createTemplate(
                    Inventory.TemplateRequest(
                        source: try spec.required("source_vm"),
                        name: try spec.required("name"),
                        library: try spec.required("library"),
                        description: try spec.text("description") ?? "",
                        placement: try spec.placement() ?? [:]
                    ),
                    by: call.requester
                )
            )
        }.requiring("ContentLibrary.AddLibraryItem").creating(),

        Route(.getTemplate, service, "get", "GET", one) { call, inventory throws(VAPIError) in
            // Unset, without an error, for an item that is not a template.
            let item = try inventory.item(call.parameters[0])
            return .optional(
                item.isTemplate ? info(template: item.latest?.template ?? "", in: inventory) : nil
            )
        },

        Route(.deploy, service, "deploy", "POST", one, action: "deploy") {
            call,
            inventory throws(VAPIError) in
            let spec = try call.spec([
                "name", "description", "vm_home_storage", "disk_storage", "disk_storage_overrides",
                "placement", "powered_on", "guest_customization", "hardware_customization", "tags",
            ])
            try checkStorage(spec, in: call)
            let request = Inventory.CloneRequest(
                name: try spec.required("name"),
                placement: try spec.placement(),
                isPoweredOn: try spec.boolean("powered_on") ?? false
            )
            return .string(try inventory.deploy(call.parameters[0], request))
        }.requiring("VirtualMachine.Provisioning.DeployTemplate"),
    ]

    private static func checkStorage(_ spec: Spec, in call: Call) throws(VAPIError) {
        _ = try spec.structure("vm_home_storage", storage)
        _ = try spec.structure("disk_storage", storage)
        _ = try spec.keys(ofMap: "disk_storage_overrides", isArray: call.mapsAreArrays)
    }

    private static func info(template: String, in inventory: Inventory) -> DataValue {
        let machine = inventory.machines[template]
        let datastore = DataValue.string(machine?.placement.datastore ?? "datastore-11")
        return .structure(
            "com.vmware.vcenter.vm_template.library_items.info",
            [
                .init("guest_OS", .string(machine?.guestOS ?? "OTHER")),
                .init(
                    "cpu",
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.cpu_info",
                        [
                            .init("count", .integer(machine?.cpuCount ?? 1)),
                            .init("cores_per_socket", .integer(1)),
                        ]
                    )
                ),
                .init(
                    "memory",
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.memory_info",
                        [.init("size_MiB", .integer(machine?.memoryMiB ?? 1024))]
                    )
                ),
                .init(
                    "vm_home_storage",
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.vm_home_storage_info",
                        [.init("datastore", datastore), .init("storage_policy", .optional(nil))]
                    )
                ),
                .init("disks", .map([("2000", disk(on: datastore))])),
                .init("nics", .map([("4000", nic)])),
                .init("vm_template", .string(template)),
            ]
        )
    }

    private static func disk(on datastore: DataValue) -> DataValue {
        .structure(
            "com.vmware.vcenter.vm_template.library_items.disk_info",
            [
                .init("capacity", .optional(.integer(16 << 30))),
                .init(
                    "disk_storage",
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.disk_storage_info",
                        [
                            .init("datastore", .optional(datastore)),
                            .init("storage_policy", .optional(nil)),
                        ]
                    )
                ),
            ]
        )
    }

    private static var nic: DataValue {
        .structure(
            "com.vmware.vcenter.vm_template.library_items.ethernet_info",
            [
                .init("backing_type", .string("STANDARD_PORTGROUP")),
                .init("mac_type", .string("ASSIGNED")),
                .init("network", .optional(.string("network-14"))),
            ]
        )
    }
}
