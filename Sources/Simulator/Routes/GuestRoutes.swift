internal import JSON

/// Guests of machines, and customization specifications.
enum GuestRoutes {
    private static let one = "vcenter/vm/{vm}"
    private static let specs = "vcenter/guest/customization-specs"

    static let routes: [Route] = [
        Route(indexed: .getTools, "vcenter.vm.tools.get", "GET", one + "/tools") {
            call,
            inventory throws(VAPIError) in
            let machine = try inventory.machine(call.parameters[0])
            let guest = machine.guest(at: call.requester.time, call.guestTimes)
            return [
                "run_state": guest.hasTools ? "RUNNING" : "NOT_RUNNING",
                "upgrade_policy": "MANUAL", "version_number": 12_352, "version": "12352",
                "version_status": "UNMANAGED", "install_type": "OPEN_VM_TOOLS",
                "auto_update_supported": false,
            ]
        },

        Route(indexed: .getGuest, "vcenter.vm.guest.identity.get", "GET", one + "/guest/identity") {
            call,
            inventory throws(VAPIError) in
            let machine = try inventory.machine(call.parameters[0])
            let guest = machine.guest(at: call.requester.time, call.guestTimes)
            guard guest.hasTools else {
                throw VAPIError(
                    .serviceUnavailable,
                    "guest.no_tools",
                    "The tools in the virtual machine \(machine.id) do not run.",
                    [machine.id]
                )
            }
            let name: JSONValue = [
                "id": "vmsg.guestos.label", "default_message": .string(machine.guestName),
                "args": [],
            ]
            return [
                "family": .string(machine.guestFamily), "name": .string(machine.guestName),
                "full_name": name, "host_name": .string(machine.name),
                "ip_address": guest.address.map { .string($0) } ?? .null,
            ]
        },

        Route(indexed: .getGuestPower, "vcenter.vm.guest.power.get", "GET", one + "/guest/power") {
            call,
            inventory throws(VAPIError) in
            let machine = try inventory.machine(call.parameters[0])
            let guest = machine.guest(at: call.requester.time, call.guestTimes)
            let running: JSONValue =
                machine.shutsDown == nil ? "RUNNING" : "SHUTTING_DOWN"
            return [
                "state": guest.hasTools ? running : "NOT_RUNNING",
                "operations_ready": .boolean(guest.hasTools),
            ]
        },

        change(.shutdownGuest, "shutdown", shutDown: true),
        change(.rebootGuest, "reboot", shutDown: false),

        Route(
            indexed: .listCustomizationSpecs,
            "vcenter.guest.customization_specs.list",
            "GET",
            specs
        ) { call, inventory in
            .array(
                all(inventory).filter {
                    call.admits("names", $0.id) && call.admits("OS_type", system($0))
                }.map { place in
                    place.recorded[.listCustomizationSpecs] ?? [
                        "name": .string(place.id), "description": .string(description(place)),
                        "OS_type": .string(system(place)), "last_modified": .string(made),
                    ]
                }
            )
        },

        Route(
            indexed: .getCustomizationSpec,
            "vcenter.guest.customization_specs.get",
            "GET",
            specs + "/{name}"
        ) { call, inventory throws(VAPIError) in
            let place = try inventory.known(
                .customizationSpec,
                call.parameters[0],
                else: .notFound
            )
            let linux: JSONValue = [
                "domain": "example.test", "hostname": ["type": "VIRTUAL_MACHINE"],
            ]
            let isLinux = system(place) == "LINUX"
            let spec: JSONValue = [
                "configuration_spec": isLinux
                    ? ["linux_config": linux] : ["windows_config": ["reboot": "REBOOT"]],
                "global_DNS_settings": ["dns_servers": ["10.0.0.1"]],
                "interfaces": [["adapter": [:]]],
            ]
            return [
                "last_modified": .string(made),
                "spec": [
                    "name": .string(place.id), "description": .string(description(place)),
                    "fingerprint": "", "spec": spec,
                ],
            ]
        },

        Route(
            indexed: .getCustomization,
            "vcenter.vm.guest.customization.get",
            "GET",
            one + "/guest/customization"
        ) { call, inventory throws(VAPIError) in
            let machine = try inventory.machine(call.parameters[0])
            return ["status": machine.customization == nil ? "IDLE" : "PENDING"]
        },

        Route(
            indexed: .customize,
            "vcenter.vm.guest.customization.set",
            "PUT",
            one + "/guest/customization"
        ) { call, inventory throws(VAPIError) in
            try inventory.customize(call.parameters[0], with: call.spec.text("name"))
            return .null
        },
    ]

    private static let made = "2025-10-09T08:53:20.000Z"

    private static func change(_ operation: Operation, _ name: String, shutDown: Bool) -> Route {
        Route(
            indexed: operation,
            "vcenter.vm.guest.power." + name,
            "POST",
            one + "/guest/power",
            action: name
        ) { call, inventory throws(VAPIError) in
            try inventory.guest(
                shutDown: shutDown,
                call.parameters[0],
                at: call.requester.time,
                call.guestTimes
            )
            return .null
        }
    }

    private static func all(_ inventory: Inventory) -> [Placement] {
        inventory.placements.filter { $0.kind == .customizationSpec }
    }

    /// The system that a specification is for: its type, if the inventory has one.
    private static func system(_ place: Placement) -> String {
        place.type == "WINDOWS" ? "WINDOWS" : "LINUX"
    }

    private static func description(_ place: Placement) -> String {
        place.name == place.id ? "" : place.name
    }
}
