internal import VSphere

/// The operating systems in machines, and what machines are customized with.
extension OperationText {
    static let guests: [OperationText] = [
        OperationText(
            .getTools,
            "Tells whether the tools in a machine run, and of what version they are.",
            [vm],
            "run_state is RUNNING, NOT_RUNNING or EXECUTING_SCRIPTS; version, version_status, install_type "
                + "and upgrade_policy as the wire has them",
            errors: ["not_found", "error"],
            example: "print(getTools(listVMs()[1].vm).run_state)"
        ),
        OperationText(
            .shutdownGuest,
            "Asks the operating system in a machine to shut down; waitForPower tells when it has.",
            [vm],
            "nothing: the machine is off some time later",
            errors: [
                "not_found", "already_in_desired_state", "not_allowed_in_current_state",
                "resource_busy", "unsupported", "error", "service_unavailable",
            ],
            example: """
                local vm = listVMs{ power_states = { "POWERED_ON" } }[1].vm
                shutdownGuest(vm)
                waitForPower(vm, "POWERED_OFF")
                """
        ),
        OperationText(
            .rebootGuest,
            "Asks the operating system in a machine to start anew; nothing tells afterwards whether it did.",
            [vm],
            nothing,
            errors: [
                "not_found", "not_allowed_in_current_state", "resource_busy", "unsupported",
                "error", "service_unavailable",
            ],
            example: """
                local vm = listVMs{ power_states = { "POWERED_ON" } }[1].vm
                rebootGuest(vm)
                """
        ),
        OperationText(
            .listCustomizationSpecs,
            "Lists the customization specifications.",
            ["what to narrow the list by"],
            "name, description, OS_type (LINUX or WINDOWS), last_modified",
            filter: .record(
                [
                    .init("names", .optional(.union([.string, .list(.string)]))),
                    .init("OS_type", .optional(.string)),
                ],
                isOpen: false
            ),
            errors: ["invalid_argument", "unable_to_allocate_resource", "service_unavailable"],
            example: "print(listCustomizationSpecs()[1].name)"
        ),
        OperationText(
            .getCustomizationSpec,
            "Describes a customization specification.",
            ["its name"],
            "last_modified; spec with name, description, fingerprint and the specification itself",
            errors: ["not_found", "service_unavailable"],
            example: #"print(getCustomizationSpec("linux").spec.description)"#
        ),
        OperationText(
            .customize,
            "Sets what a machine is customized with when it is next switched on.",
            [
                "the virtual machine's identifier, such as vm-42; it must be powered off",
                "name of a customization specification, or spec: one of its own",
            ],
            nothing,
            errors: [
                "not_found", "invalid_argument", "not_allowed_in_current_state",
                "service_unavailable",
            ],
            example: """
                local vm = listVMs{ power_states = { "POWERED_OFF" } }[1].vm
                customize(vm, { name = "linux" })
                """
        ),
    ]
}
