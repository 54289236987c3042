internal import Transport

/// Virtual machines and their power.
extension Operation {
    /// Machines; a vCenter lists at most 4000.
    ///
    /// Source: VM, List.
    public static let listVMs = Operation(
        "listVMs",
        .get,
        "/vm",
        in: .vcenter,
        as: .init("vcenter.VM.list", "filter"),
        [.filter],
        returns: .list(
            .record([
                .required("vm", .identifier), .required("name", .string),
                .required("power_state", .string), .optional("cpu_count", .integer),
                .optional("memory_size_MiB", or: "memory_size_mib", .integer),
            ])
        )
    )

    /// One machine.
    ///
    /// Source: VM, Get.
    public static let getVM = Operation(
        "getVM",
        .get,
        "/vm/{vm}",
        in: .vcenter,
        as: .init("vcenter.VM.get", "vm"),
        [.vm],
        returns: .record(
            [
                .required("name", .string), .required("power_state", .string),
                .optional("guest_OS", or: "guest_os", .string),
                .optional("memory", .machineMemory),
            ]
                + [
                    "cdroms", "disks", "floppies", "nics", "nvme_adapters", "parallel_ports",
                    "sata_adapters", "scsi_adapters", "serial_ports",
                ].map { .optional($0, .map(.record([]))) }
        )
    )

    /// Deletes a machine that is off.
    ///
    /// Source: VM, Delete.
    public static let deleteVM = Operation(
        "deleteVM",
        .delete,
        "/vm/{vm}",
        in: .vcenter,
        as: .init("vcenter.VM.delete", "vm"),
        [.vm],
        returns: .void,
        effect: .init(.deleteVM, needs: [.machineOff], does: [.deletesMachine]),
        privilege: "VirtualMachine.Inventory.Delete on the virtual machine"
    )

    /// Whether a machine is on.
    ///
    /// Source: VM Power, Get.
    public static let getPower = Operation(
        "getPower",
        .get,
        "/vm/{vm}/power",
        in: .vcenter,
        as: .init("vcenter.vm.power.get", "vm"),
        [.vm],
        returns: .record([.required("state", .string), .optional("clean_power_off", .boolean)])
    )

    /// Switches the power of a machine.
    ///
    /// Source: VM Power, Start, Stop, Reset, Suspend.
    public static let setPower = Operation(
        "setPower",
        .post,
        "/vm/{vm}/power",
        in: .vcenter,
        action: .chosen(1),
        as: .init("vcenter.vm.power.*", "vm"),
        [.vm, .init("action", .action(["start", "stop", "reset", "suspend"]))],
        returns: .void,
        effect: .init(
            byAction: ["start": .powerOn, "stop": .powerOff, "suspend": .suspend],
            powers: [
                "start": "POWERED_ON", "stop": "POWERED_OFF", "reset": "POWERED_ON",
                "suspend": "SUSPENDED",
            ],
            needsByAction: [
                "start": [.power(["POWERED_OFF", "SUSPENDED"])],
                "stop": [.power(["POWERED_ON", "SUSPENDED"])],
                "reset": [.power(["POWERED_ON"])], "suspend": [.power(["POWERED_ON"])],
            ]
        ),
        privilege: "VirtualMachine.Interact on the virtual machine"
    )

    /// The item a machine is checked out of.
    ///
    /// Source: VM Library Item, Get.
    public static let getVMItem = Operation(
        "getVMItem",
        .get,
        "/vm/{vm}/library-item",
        in: .vcenter,
        as: .init("vcenter.vm.library_item.get", "vm"),
        [.vm],
        returns: .record([
            .optional("check_out", .record([.required("library_item", .identifier)]))
        ])
    )

    static let virtualMachines = [listVMs, getVM, deleteVM, getPower, setPower, getVMItem]
}

extension Shape {
    /// The memory of a machine, in the spelling of the `/api` pages of 9.1 and of all others.
    fileprivate static let machineMemory = Shape.record([
        .optional("size_MiB", or: "size_mib", .integer),
        .optional("hot_add_increment_size_MiB", or: "hot_add_increment_size_mib", .integer),
        .optional("hot_add_limit_MiB", or: "hot_add_limit_mib", .integer),
    ])
}
