internal import Transport

/// The operating system in a machine, by way of its tools, and what it is customized with.
extension Operation {
    /// The state of the tools in a machine.
    ///
    /// Source: VM Tools, Get.
    public static let getTools = Operation(
        "getTools",
        .get,
        "/vm/{vm}/tools",
        in: .vcenter,
        as: .init("vcenter.vm.tools.get", "vm"),
        [.vm],
        returns: .record([
            .required("run_state", .string), .required("upgrade_policy", .string),
            .optional("version", .string), .optional("version_number", .integer),
            .optional("version_status", .string), .optional("install_type", .string),
            .optional("install_attempt_count", .integer),
            .optional("auto_update_supported", .boolean),
        ])
    )

    /// The identity that the operating system tells of itself; refused while no tools run.
    ///
    /// Source: VM Guest Identity, Get.
    public static let getGuest = Operation(
        "getGuest",
        .get,
        "/vm/{vm}/guest/identity",
        in: .vcenter,
        as: .init("vcenter.vm.guest.identity.get", "vm"),
        [.vm],
        returns: .record([
            .required("family", .string), .required("host_name", .string),
            .optional("ip_address", .string), .required("name", .string),
            .required("full_name", .localizable),
        ])
    )

    /// Asks the operating system to shut down: the machine is off some time later.
    ///
    /// Source: VM Guest Power, Shutdown.
    public static let shutdownGuest = Operation(
        "shutdownGuest",
        .post,
        "/vm/{vm}/guest/power",
        in: .vcenter,
        action: .named("shutdown"),
        as: .init("vcenter.vm.guest.power.shutdown", "vm"),
        [.vm],
        returns: .void,
        effect: .init(
            .powerOff,
            leaves: "POWERED_OFF",
            needs: [.power(["POWERED_ON"]), .tools]
        ),
        privilege: "VirtualMachine.Interact.PowerOff on the virtual machine"
    )

    /// Asks the operating system to start anew; nothing tells afterwards whether it did.
    ///
    /// Source: VM Guest Power, Reboot.
    public static let rebootGuest = Operation(
        "rebootGuest",
        .post,
        "/vm/{vm}/guest/power",
        in: .vcenter,
        action: .named("reboot"),
        as: .init("vcenter.vm.guest.power.reboot", "vm"),
        [.vm],
        returns: .void,
        effect: .init(leaves: "POWERED_ON", needs: [.power(["POWERED_ON"]), .tools]),
        privilege: "VirtualMachine.Interact.Reset on the virtual machine"
    )

    static let guests = [getTools, getGuest, shutdownGuest, rebootGuest]

    /// The customization specifications of the vCenter.
    ///
    /// Source: Guest Customization Specs, List.
    public static let listCustomizationSpecs = Operation(
        "listCustomizationSpecs",
        .get,
        "/guest/customization-specs",
        in: .vcenter,
        as: .init("vcenter.guest.customization_specs.list", "filter"),
        [.filter],
        returns: .list(
            .record([
                .required("name", .identifier), .required("description", .string),
                .required("OS_type", or: "os_type", .string),
                .required("last_modified", .string),
            ])
        ),
        privilege: "VirtualMachine.Provisioning.ReadCustSpecs"
    )

    /// One customization specification.
    ///
    /// Source: Guest Customization Specs, Get.
    public static let getCustomizationSpec = Operation(
        "getCustomizationSpec",
        .get,
        "/guest/customization-specs/{name}",
        in: .vcenter,
        as: .init("vcenter.guest.customization_specs.get", "name"),
        [.init("name", .path)],
        returns: .record([
            .required("last_modified", .string),
            .required(
                "spec",
                .record([
                    .required("name", .string), .required("description", .string),
                    .required("fingerprint", .string), .required("spec", .record([])),
                ])
            ),
        ]),
        privilege: "VirtualMachine.Provisioning.ReadCustSpecs"
    )

    /// Sets what a machine is customized with when it is next switched on.
    ///
    /// Source: VM Guest Customization, Set.
    public static let customize = Operation(
        "customize",
        .put,
        "/vm/{vm}/guest/customization",
        in: .vcenter,
        as: .init("vcenter.vm.guest.customization.set", "vm", "spec"),
        [
            .vm,
            .init(
                "spec",
                .specification(
                    .record([.optional("name", .string), .optional("spec", .record([]))])
                )
            ),
        ],
        returns: .void,
        effect: .init(needs: [.machineOff, .customizationSpec]),
        privilege: "VirtualMachine.Provisioning.Customize on the virtual machine"
    )

    static let customizations = [listCustomizationSpecs, getCustomizationSpec, customize]
}

extension Shape {
    /// A text with its identifier in the server's catalogue.
    static let localizable = Shape.record([
        .required("id", .string), .required("default_message", .string),
        .required("args", .list(.string)), .optional("params", .map(.record([]))),
        .optional("localized", .string),
    ])
}
