internal import APIIndex
internal import JSON

/// How long what runs in a machine takes.
struct GuestTimes: Sendable {
    /// Until the tools run, from when the machine is on.
    var tools = Duration.milliseconds(50)
    /// Until there is an address, from when the tools run.
    var address = Duration.milliseconds(50)
    /// Until the machine is off, from when its system was asked to shut down.
    var shutdown = Duration.milliseconds(50)
}

extension Machine {
    /// The report of the tools in a machine at a moment.
    struct Guest: Sendable {
        var hasTools = false
        var address: String?
    }

    /// Switches it on.
    mutating func begin(at moment: Instant?) {
        forgetGuest()
        power = .on
        powersOn = nil
        shutsDown = nil
        onSince = moment
        // A machine is customized once.
        customization = nil
    }

    /// Switches it off, or goes on with what was suspended.
    mutating func end(_ state: Power) {
        forgetGuest()
        power = state
        powersOn = nil
        shutsDown = nil
        if state == .off { onSince = nil }
    }

    /// Its guest operating system.
    func guest(at now: Instant, _ times: GuestTimes) -> Guest {
        guard power == .on else { return Guest() }
        if let tools = recorded[.getTools] {
            let runs = tools["run_state"] == "RUNNING"
            return Guest(hasTools: runs, address: runs ? address : nil)
        }
        guard let onSince else { return Guest(hasTools: true, address: address) }
        let tools = onSince + times.tools
        guard now >= tools else { return Guest() }
        return Guest(hasTools: true, address: now >= tools + times.address ? address : nil)
    }

    private var address: String { "10.0.\(serial / 250 % 250).\(serial % 250 + 1)" }

    /// The family of its operating system.
    var guestFamily: String { guestOS.hasPrefix("WINDOWS") ? "WINDOWS" : "LINUX" }

    /// The name of its system, where it is one that vCenter knows.
    var guestName: String {
        APIFacts.enumeration("vcenter.vm.guest_OS")?.contains(guestOS) == true ? guestOS : "OTHER"
    }
}

extension Inventory {
    /// Asks what runs in a machine to shut down, or to start anew.
    mutating func guest(
        shutDown: Bool,
        _ id: String,
        at now: Instant,
        _ times: GuestTimes
    ) throws(VAPIError) {
        let machine = try machine(id)
        switch machine.power {
        case .on: break
        case .off where shutDown:
            throw VAPIError(
                .alreadyInDesiredState,
                "guest.off",
                "The virtual machine \(id) is off already.",
                [id]
            )
        case .off, .suspended:
            throw VAPIError(
                .notAllowedInCurrentState,
                "guest.not_on",
                "The virtual machine \(id) is not powered on.",
                [id]
            )
        }
        guard machine.guest(at: now, times).hasTools else {
            throw VAPIError(
                .serviceUnavailable,
                "guest.no_tools",
                "The tools in the virtual machine \(id) do not run.",
                [id]
            )
        }
        if shutDown {
            machines[id]?.shutsDown = now + times.shutdown
            stopping.append(id)
        } else {
            machines[id]?.onSince = now
            machines[id]?.forgetGuest()
        }
    }

    /// Sets what a machine is customized with.
    mutating func customize(_ id: String, with name: String?) throws(VAPIError) {
        let machine = try machine(id)
        guard machine.power == .off else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "customization.powered_on",
                "The virtual machine \(id) is not powered off.",
                [id]
            )
        }
        if let name { _ = try known(.customizationSpec, name, else: .notFound) }
        machines[id]?.customization = name ?? ""
    }

    /// The processors or the memory that a machine is to have; nil fields stay.
    struct HardwareRequest: Sendable {
        var count: Int?
        var coresPerSocket: Int?
        var addsCPU: Bool?
        var removesCPU: Bool?
        var memoryMiB: Int?
        var addsMemory: Bool?
    }

    /// Changes processors or memory: while the machine runs only what can be.
    mutating func setHardware(_ id: String, _ request: HardwareRequest) throws(VAPIError) {
        var machine = try machine(id)
        let before = machine
        machine.cpuCount = request.count ?? machine.cpuCount
        machine.coresPerSocket = request.coresPerSocket ?? machine.coresPerSocket
        machine.memoryMiB = request.memoryMiB ?? machine.memoryMiB
        machine.hotAdd.addsCPU = request.addsCPU ?? machine.hotAdd.addsCPU
        machine.hotAdd.removesCPU = request.removesCPU ?? machine.hotAdd.removesCPU
        machine.hotAdd.addsMemory = request.addsMemory ?? machine.hotAdd.addsMemory
        guard machine.cpuCount > 0, machine.coresPerSocket > 0, machine.memoryMiB > 0,
            machine.cpuCount.isMultiple(of: machine.coresPerSocket),
            machine.memoryMiB.isMultiple(of: 4)
        else {
            throw .invalid(
                "hardware.impossible",
                "No machine has \(machine.cpuCount) processors on sockets of \(machine.coresPerSocket) cores and "
                    + "\(machine.memoryMiB) MiB of memory."
            )
        }
        if before.power != .off {
            let isLess = machine.cpuCount < before.cpuCount && !before.hotAdd.removesCPU
            let isMore = machine.cpuCount > before.cpuCount && !before.hotAdd.addsCPU
            let isOther = machine.coresPerSocket != before.coresPerSocket
            let hasOther =
                request.addsCPU != nil || request.removesCPU != nil || request.addsMemory != nil
            let needsMemory =
                machine.memoryMiB < before.memoryMiB
                || machine.memoryMiB > before.memoryMiB && !before.hotAdd.addsMemory
            guard !isLess, !isMore, !isOther, !hasOther, !needsMemory else {
                throw VAPIError(
                    .notAllowedInCurrentState,
                    "hardware.powered_on",
                    "The virtual machine \(id) is not powered off, and that cannot be changed while it runs.",
                    [id]
                )
            }
        }
        machines[id] = machine
    }
}
