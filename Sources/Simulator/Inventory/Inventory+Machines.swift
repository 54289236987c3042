extension Inventory {
    /// The actions of the power service.
    enum PowerAction: String, CaseIterable, Sendable {
        case start, stop, reset, suspend
    }

    /// Deletes a machine that is off; its check-out, if any, ends.
    mutating func deleteMachine(_ id: String) throws(VAPIError) {
        let machine = try machine(id)
        guard machine.power == .off else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "machine.powered_on",
                "The virtual machine \(id) is not powered off.",
                [id]
            )
        }
        if let item = machine.item { items[item]?.checkOuts.removeAll { $0.vm == id } }
        machines[id] = nil
        untag(id)
    }

    /// Switches on what was deployed to be on, and off what was shut down, and is due.
    mutating func advance(to now: Instant) {
        self.now = now
        if !starting.isEmpty {
            starting.removeAll { id in
                guard let moment = machines[id]?.powersOn else { return true }
                guard moment <= now else { return false }
                machines[id]?.begin(at: moment)
                return true
            }
        }
        if !stopping.isEmpty {
            stopping.removeAll { id in
                guard let moment = machines[id]?.shutsDown else { return true }
                guard moment <= now else { return false }
                machines[id]?.end(.off)
                return true
            }
        }
    }

    /// Changes a machine's power state.
    mutating func power(_ action: PowerAction, _ id: String) throws(VAPIError) {
        let state = try machine(id).power
        let next: Machine.Power
        switch (action, state) {
        case (.start, .on), (.stop, .off), (.suspend, .suspended):
            throw VAPIError(
                .alreadyInDesiredState,
                "power.already",
                "The virtual machine \(id) is so already.",
                [id]
            )
        case (.reset, .off), (.reset, .suspended), (.suspend, .off):
            throw VAPIError(
                .notAllowedInCurrentState,
                "power.not_on",
                "The virtual machine \(id) is not powered on.",
                [id]
            )
        case (.start, _), (.reset, .on): next = .on
        case (.stop, _): next = .off
        case (.suspend, .on): next = .suspended
        }
        // A machine that was suspended goes on where it was.
        if next == .on, state != .suspended {
            machines[id]?.begin(at: now)
        } else {
            machines[id]?.end(next)
        }
    }

    /// Cancels a task that runs: the machine stays off.
    mutating func cancelTask(_ id: String, at now: Instant) throws(VAPIError) {
        guard let index = tasks.firstIndex(where: { $0.id == id }) else {
            throw .notFound("task", id)
        }
        guard tasks[index].status(at: now) == .running else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "task.finished",
                "The task \(id) is finished.",
                [id]
            )
        }
        tasks[index].isCanceled = true
        tasks[index].fixed = nil
        tasks[index].recorded = Recorded()
        tasks[index].end = now
        if let vm = tasks[index].machine { machines[vm]?.powersOn = nil }
    }

    /// Stores a task, and removes the oldest one if there are too many.
    mutating func record(
        service: String,
        operation: String,
        start: Instant,
        until end: Instant? = nil,
        result: String,
        of machine: String? = nil,
        by requester: Requester
    ) {
        if tasks.count == TaskRecord.limit { tasks.removeFirst() }
        tasks.append(
            TaskRecord(
                id: "\(Self.identifier(nextTask, group: "ba5c")):\(service)",
                service: service,
                operation: operation,
                user: requester.user,
                start: start,
                end: end ?? requester.time,
                result: result,
                machine: machine
            )
        )
        nextTask += 1
    }
}
