/// VM templates in library items: making, reading, deploying.
enum TemplateRoutes {
    private static let service = "com.vmware.vcenter.vm_template.library_items"
    private static let all = "vcenter/vm-template/library-items"
    private static let one = all + "/{template_library_item}"

    static let routes: [Route] = [
        Route(
            .createTemplate,
            service,
            "create",
            "POST",
            all,
            takes: [.required("spec", .structure(.create))]
        ) { call, inventory throws(VAPIError) in
            .string(
                try inventory.createTemplate(
                    of: call.spec.text("source_vm") ?? "",
                    in: call.spec.text("library") ?? "",
                    description: call.spec.text("description") ?? "",
                    .init(call),
                    by: call.requester
                )
            )
        }.creating(),

        Route(.getTemplate, service, "get", "GET", one) { call, inventory throws(VAPIError) in
            // Unset, without an error, for an item that is not a template.
            let item = try inventory.item(call.parameters[0])
            return .optional(
                item.isTemplate ? info(template: item.latest?.template ?? "", in: inventory) : nil
            )
        },

        Route(
            .deploy,
            service,
            "deploy",
            "POST",
            one,
            action: "deploy",
            takes: [.required("spec", .structure(.deploy))]
        ) { call, inventory throws(VAPIError) in
            let request = Inventory.CopyRequest(call)
            let now = call.requester.time
            let moment = now + call.powerOnTime
            let vm = try inventory.deploy(call.parameters[0], request, poweringOn: moment)
            if request.isPoweredOn {
                inventory.record(
                    service: "com.vmware.vcenter.vm.power",
                    operation: "start",
                    start: now,
                    until: moment,
                    result: vm,
                    of: vm,
                    by: call.requester
                )
            }
            return .string(vm)
        },
    ]

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
                            .init("cores_per_socket", .integer(machine?.coresPerSocket ?? 1)),
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
                .init("disks", .map((machine?.disks ?? []).map { ($0.id, info(of: $0)) })),
                .init("nics", .map((machine?.nics ?? []).map { ($0.id, info(of: $0)) })),
                .init("vm_template", .string(template)),
            ]
        )
    }

    private static func info(of disk: Machine.Disk) -> DataValue {
        .structure(
            "com.vmware.vcenter.vm_template.library_items.disk_info",
            [
                .init("capacity", .optional(.integer(disk.capacity))),
                .init(
                    "disk_storage",
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.disk_storage_info",
                        [
                            .init("datastore", .optional(.string(disk.datastore))),
                            .init("storage_policy", .optional(nil)),
                        ]
                    )
                ),
            ]
        )
    }

    private static func info(of nic: Machine.NIC) -> DataValue {
        .structure(
            "com.vmware.vcenter.vm_template.library_items.ethernet_info",
            [
                .init("backing_type", .string("STANDARD_PORTGROUP")),
                .init("mac_type", .string("ASSIGNED")),
                .init("network", .optional(text: nic.network)),
            ]
        )
    }
}
