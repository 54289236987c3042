internal import JSON

/// The processors and the memory of machines.
enum HardwareRoutes {
    private static let cpu = "vcenter/vm/{vm}/hardware/cpu"
    private static let memory = "vcenter/vm/{vm}/hardware/memory"

    static let routes: [Route] = [
        Route(indexed: .getHardware, "vcenter.vm.hardware.cpu.get", "GET", cpu) {
            call,
            inventory throws(VAPIError) in
            let machine = try inventory.machine(call.parameters[0])
            return [
                "count": .integer(machine.cpuCount),
                "cores_per_socket": .integer(machine.coresPerSocket),
                "hot_add_enabled": .boolean(machine.hotAdd.addsCPU),
                "hot_remove_enabled": .boolean(machine.hotAdd.removesCPU),
            ]
        },

        Route(indexed: .getHardware, "vcenter.vm.hardware.memory.get", "GET", memory) {
            call,
            inventory throws(VAPIError) in
            let machine = try inventory.machine(call.parameters[0])
            return [
                "size_MiB": .integer(machine.memoryMiB),
                "hot_add_enabled": .boolean(machine.hotAdd.addsMemory),
            ]
        },

        Route(indexed: .setHardware, "vcenter.vm.hardware.cpu.update", "PATCH", cpu) {
            call,
            inventory throws(VAPIError) in
            var request = Inventory.HardwareRequest()
            request.count = call.spec.integer("count")
            request.coresPerSocket = call.spec.integer("cores_per_socket")
            request.addsCPU = call.spec.boolean("hot_add_enabled")
            request.removesCPU = call.spec.boolean("hot_remove_enabled")
            try inventory.setHardware(call.parameters[0], request)
            return .null
        },

        Route(indexed: .setHardware, "vcenter.vm.hardware.memory.update", "PATCH", memory) {
            call,
            inventory throws(VAPIError) in
            var request = Inventory.HardwareRequest()
            request.memoryMiB = call.spec.integer("size_MiB")
            request.addsMemory = call.spec.boolean("hot_add_enabled")
            try inventory.setHardware(call.parameters[0], request)
            return .null
        },
    ]
}
