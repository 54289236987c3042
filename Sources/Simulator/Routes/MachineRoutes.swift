/// Virtual machines, and the items they are checked out of.
enum MachineRoutes {
    private static let service = "com.vmware.vcenter.VM"
    private static let all = "vcenter/vm"
    private static let one = all + "/{vm}"
    /// A longer list fails, as in a real vCenter.
    private static let most = 4000

    static let routes: [Route] = [
        Route(
            .listVMs,
            service,
            "list",
            "GET",
            all,
            takes: [.optional("filter", .structure(.machineFilter))]
        ) { call, inventory throws(VAPIError) in
            let folders = folders(of: call, inventory)
            let found = inventory.machines.values.filter { admits($0, call, folders) }
            guard found.count <= most else {
                throw VAPIError(
                    .unableToAllocateResource,
                    known: "com.vmware.api.vcenter.vm.too_many_matches",
                    "Too many virtual machines. Add more filter criteria to reduce the number.",
                    [String(most)]
                )
            }
            return .list(found.sorted { $0.order < $1.order }.map(summary))
        },

        Route(.getVM, service, "get", "GET", one) { call, inventory throws(VAPIError) in
            info(of: try inventory.machine(call.parameters[0]), in: inventory)
        },

        Route(.deleteVM, service, "delete", "DELETE", one) { call, inventory throws(VAPIError) in
            try inventory.deleteMachine(call.parameters[0])
            return .void
        },

        Route(
            .getVMItem,
            "com.vmware.vcenter.vm.library_item",
            "get",
            "GET",
            one + "/library-item"
        ) { call, inventory throws(VAPIError) in
            let item = try inventory.machine(call.parameters[0]).item
            return .structure(
                "com.vmware.vcenter.vm.library_item.info",
                [
                    .init(
                        "check_out",
                        .optional(
                            item.map { item in
                                .structure(
                                    "com.vmware.vcenter.vm.library_item.check_out_info",
                                    [.init("library_item", .string(item))]
                                )
                            }
                        )
                    )
                ]
            )
        },
    ]

    /// The folders in the data centres of a filter; nil where it names none.
    private static func folders(of call: Call, _ inventory: Inventory) -> Set<String>? {
        guard call.filter["datacenters"] != nil else { return nil }
        return Set(
            inventory.placements.filter { call.admits("datacenters", $0.parents[.datacenter]) }
                .map(\.id)
        )
    }

    private static func admits(_ machine: Machine, _ call: Call, _ folders: Set<String>?) -> Bool {
        guard !machine.isTemplate, !machine.isHidden else { return false }
        if call.filter.isEmpty { return true }
        let place = machine.placement
        return call.admits("vms", machine.id) && call.admits("names", machine.name)
            && call.admits("folders", place.folder) && call.admits("hosts", place.host)
            && call.admits("clusters", place.cluster)
            && call.admits("resource_pools", place.resourcePool)
            && call.admits("power_states", machine.power.rawValue)
            && folders?.contains(place.folder) != false
    }

    private static func summary(of machine: Machine) -> DataValue {
        .structure(
            "com.vmware.vcenter.VM.summary",
            [
                .init("vm", .string(machine.id)), .init("name", .string(machine.name)),
                .init("power_state", .string(machine.power.rawValue)),
                // Unset where the machine cannot be reached.
                .init("cpu_count", .optional(machine.cpuCount.known)),
                .init("memory_size_MiB", .optional(machine.memoryMiB.known)),
            ]
        )
    }

    private static func info(of machine: Machine, in inventory: Inventory) -> DataValue {
        let hardware: [DataValue.Field] = [
            .init("version", .string("VMX_19")), .init("upgrade_policy", .string("NEVER")),
            .init("upgrade_version", .optional(nil)), .init("upgrade_status", .string("NONE")),
            .init("upgrade_error", .optional(nil)),
        ]
        let boot: [DataValue.Field] = [
            .init("type", .string("EFI")), .init("efi_legacy_boot", .optional(.boolean(false))),
            .init("network_protocol", .optional(.string("IPV4"))), .init("delay", .integer(0)),
            .init("retry", .boolean(false)), .init("retry_delay", .integer(10_000)),
            .init("enter_setup_mode", .boolean(false)),
        ]
        let processor: [DataValue.Field] = [
            .init("count", .integer(machine.cpuCount)),
            .init("cores_per_socket", .integer(machine.coresPerSocket)),
            .init("hot_add_enabled", .boolean(machine.hotAdd.addsCPU)),
            .init("hot_remove_enabled", .boolean(machine.hotAdd.removesCPU)),
        ]
        let memory: [DataValue.Field] = [
            .init("size_MiB", .integer(machine.memoryMiB)),
            .init("hot_add_enabled", .boolean(machine.hotAdd.addsMemory)),
            .init("hot_add_increment_size_MiB", .optional(nil)),
            .init("hot_add_limit_MiB", .optional(nil)),
        ]
        return .structure(
            "com.vmware.vcenter.VM.info",
            [
                .init("name", .string(machine.name)), .init("guest_OS", .string(machine.guestOS)),
                .init("identity", .optional(nil)),
                .init("power_state", .string(machine.power.rawValue)),
                .init("instant_clone_frozen", .optional(.boolean(false))),
                .init("hardware", .structure("com.vmware.vcenter.vm.hardware.info", hardware)),
                .init("boot", .structure("com.vmware.vcenter.vm.hardware.boot.info", boot)),
                .init("boot_devices", .list([])),
                .init("cpu", .structure("com.vmware.vcenter.vm.hardware.cpu.info", processor)),
                .init("memory", .structure("com.vmware.vcenter.vm.hardware.memory.info", memory)),
                .init("disks", .map(machine.disks.map { ($0.id, info(of: $0, machine)) })),
                .init("nics", .map(machine.nics.map { ($0.id, info(of: $0, inventory)) })),
                .init("cdroms", .map([])), .init("floppies", .map([])),
                .init("parallel_ports", .map([])),
                .init("serial_ports", .map([])), .init("sata_adapters", .map([])),
                .init("scsi_adapters", .map([])), .init("nvme_adapters", .optional(.map([]))),
            ]
        )
    }

    private static func info(of disk: Machine.Disk, _ machine: Machine) -> DataValue {
        let backing: [DataValue.Field] = [
            .init("type", .string("VMDK_FILE")),
            .init(
                "vmdk_file",
                .optional(text: "[\(disk.datastore)] \(machine.name)/\(disk.id).vmdk")
            ),
        ]
        return .structure(
            "com.vmware.vcenter.vm.hardware.disk.info",
            [
                .init("label", .string("Hard disk \(disk.id)")), .init("type", .string("SCSI")),
                .init("ide", .optional(nil)),
                .init(
                    "scsi",
                    .optional(
                        .structure(
                            "com.vmware.vcenter.vm.hardware.scsi_address_info",
                            [
                                .init("bus", .integer(0)),
                                .init("unit", .integer((Int(disk.id) ?? 2000) - 2000)),
                            ]
                        )
                    )
                ),
                .init("sata", .optional(nil)), .init("nvme", .optional(nil)),
                .init(
                    "backing",
                    .structure("com.vmware.vcenter.vm.hardware.disk.backing_info", backing)
                ),
                .init("capacity", .optional(.integer(disk.capacity))),
            ]
        )
    }

    private static func info(of nic: Machine.NIC, _ inventory: Inventory) -> DataValue {
        let name = inventory.placements.first { $0.id == nic.network }?.name
        let backing: [DataValue.Field] = [
            .init("type", .string("STANDARD_PORTGROUP")),
            .init("network", .optional(text: nic.network)),
            .init("network_name", .optional(text: name ?? nic.network)),
            .init("host_device", .optional(nil)),
            .init("distributed_switch_uuid", .optional(nil)),
            .init("distributed_port", .optional(nil)), .init("connection_cookie", .optional(nil)),
            .init("opaque_network_type", .optional(nil)),
            .init("opaque_network_id", .optional(nil)),
        ]
        return .structure(
            "com.vmware.vcenter.vm.hardware.ethernet.info",
            [
                .init("label", .string("Network adapter \(nic.id)")),
                .init("type", .string("VMXNET3")),
                .init("upt_compatibility_enabled", .optional(.boolean(false))),
                .init("upt_v2_compatibility_enabled", .optional(.boolean(false))),
                .init("mac_type", .string("ASSIGNED")), .init("mac_address", .optional(nil)),
                .init("pci_slot_number", .optional(nil)),
                .init("wake_on_lan_enabled", .boolean(true)),
                .init(
                    "backing",
                    .structure("com.vmware.vcenter.vm.hardware.ethernet.backing_info", backing)
                ),
                .init("state", .string("NOT_CONNECTED")), .init("start_connected", .boolean(true)),
                .init("allow_guest_control", .boolean(true)),
            ]
        )
    }
}

extension Int {
    /// A number of processors or of MiB; nil for 0, which stands for "not known".
    fileprivate var known: DataValue? { self == 0 ? nil : .integer(self) }
}
