internal import Transport

/// The processors and the memory of a machine.
extension Operation {
    /// The processors.
    ///
    /// Source: VM Hardware Cpu, Get.
    public static let getCPU = Operation(
        "getCPU",
        .get,
        "/vm/{vm}/hardware/cpu",
        in: .vcenter,
        as: .init("vcenter.vm.hardware.cpu.get", "vm"),
        [.vm],
        returns: .record([
            .required("count", .integer), .required("cores_per_socket", .integer),
            .required("hot_add_enabled", .boolean), .required("hot_remove_enabled", .boolean),
        ])
    )

    /// The memory.
    ///
    /// Source: VM Hardware Memory, Get.
    public static let getMemory = Operation(
        "getMemory",
        .get,
        "/vm/{vm}/hardware/memory",
        in: .vcenter,
        as: .init("vcenter.vm.hardware.memory.get", "vm"),
        [.vm],
        returns: .record([
            .required("size_MiB", or: "size_mib", .integer),
            .required("hot_add_enabled", .boolean),
            .optional("hot_add_increment_size_MiB", or: "hot_add_increment_size_mib", .integer),
            .optional("hot_add_limit_MiB", or: "hot_add_limit_mib", .integer),
        ])
    )

    /// Changes the processors or the memory: each is a request of its own.
    ///
    /// Source: VM Hardware Cpu, Update; VM Hardware Memory, Update.
    public static let setHardware = Operation(
        "setHardware",
        .patch,
        "/vm/{vm}/hardware/{part}",
        in: .vcenter,
        as: .init("vcenter.vm.hardware.*.update", "vm", "", "spec"),
        [
            .vm, .init("part", .action(["cpu", "memory"])),
            .init(
                "spec",
                .specification(
                    .record([
                        .optional("count", .integer), .optional("cores_per_socket", .integer),
                        .optional("size_MiB", .integer), .optional("hot_add_enabled", .boolean),
                        .optional("hot_remove_enabled", .boolean),
                    ])
                )
            ),
        ],
        returns: .void,
        effect: .init(.setHardware, needs: [.offOrHotAdd]),
        privilege: "VirtualMachine.Config on the virtual machine"
    )

    static let hardware = [getCPU, getMemory, setHardware]
}
