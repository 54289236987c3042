internal import LuaHost
internal import Buffers
internal import VSphere

extension FunctionSpec {
    /// The functions about what runs in a machine that are more than one operation.
    static let guest: [FunctionSpec] = [
        FunctionSpec(
            "getGuest",
            "Tells who the operating system in a machine says that it is.",
            [Parameter("vm", "string", OperationText.vm)],
            returns: Result(
                .optional(LuaType(VSphere.Operation.getGuest.result)),
                "family (LINUX, WINDOWS, …), host_name, ip_address once there is one, name and full_name of "
                    + "the system; nil while no tools run in the machine"
            ),
            errors: ["not_found", "error", "service_unavailable"],
            example: """
                local guest = getGuest(listVMs{ power_states = { "POWERED_ON" } }[1].vm)
                print(guest and guest.ip_address)
                """,
            receivers: [.session],
            waits: true
        ) { runtime, call in
            runtime.withMachine("getGuest", call) { steps, machine in
                steps.tools(of: machine) { state in
                    guard state != "NOT_RUNNING" else {
                        call.result.putNil()
                        return steps.done()
                    }
                    steps.step(.getGuest, [machine]) { steps.end(with: .success($0)) }
                }
            }
        },
        FunctionSpec(
            "waitForPower",
            "Waits until a machine has a state of power.",
            [
                Parameter("vm", "string", OperationText.vm),
                Parameter("state", .union(GuestWait.states.map(LuaType.literal)), "the state"),
                Parameter(
                    "options",
                    "{timeout: number|string?}",
                    GuestWait.timeout,
                    isOptional: true
                ),
            ],
            returns: Result("string", "the state"),
            errors: ["timeout", "not_found", "usage"],
            example: """
                local vm = listVMs{ power_states = { "POWERED_OFF" } }[1].vm
                setPower(vm, "start")
                print(waitForPower(vm, "POWERED_ON", { timeout = "1m" }))
                """,
            receivers: [.session],
            waits: true
        ) { runtime, call in
            runtime.wait("waitForPower", options: 2, ["timeout"], call) {
                wait,
                arguments throws(VSphereError) in
                guard let state = arguments[1]?.string, GuestWait.states.contains(state) else {
                    let states = GuestWait.states.joined(separator: ", ")
                    throw arguments.misuse("state must be one of \(states)")
                }
                return { wait.forPower(state) }
            }
        },
        FunctionSpec(
            "waitForGuest",
            "Waits until the tools in a machine run and its operating system has an address.",
            [
                Parameter("vm", "string", OperationText.vm),
                Parameter(
                    "options",
                    "{tools: boolean?, address: boolean?, timeout: number|string?}",
                    "tools: whether the tools must run (true); address: whether there must be an address "
                        + "(true); " + GuestWait.timeout,
                    isOptional: true
                ),
            ],
            returns: Result(
                .optional(LuaType(VSphere.Operation.getGuest.result)),
                "as getGuest gives it; nil where neither was asked for and no tools run"
            ),
            errors: ["timeout", "not_found", "usage"],
            example: """
                local vm = listVMs{ power_states = { "POWERED_OFF" } }[1].vm
                setPower(vm, "start")
                print(waitForGuest(vm, { timeout = 60 }).ip_address)
                """,
            receivers: [.session],
            waits: true
        ) { runtime, call in
            runtime.wait("waitForGuest", options: 1, ["tools", "address", "timeout"], call) {
                wait,
                arguments throws(VSphereError) in
                let options = arguments[1]
                for name in ["tools", "address"] {
                    let given = options?[name]
                    guard given == nil || given?.kind == .nil || given?.boolean != nil else {
                        throw arguments.misuse("options.\(name) must be true or false")
                    }
                }
                let needsTools = options?["tools"]?.boolean ?? true
                let needsAddress = options?["address"]?.boolean ?? true
                return { wait.forGuest(tools: needsTools, address: needsAddress) }
            }
        },
    ]
}

extension CallSequence {
    /// Reads whether the tools in a machine run; nil where the vCenter is too old to tell.
    func tools(of machine: Value, then next: @escaping (String?) -> Void) {
        attempt(.getTools, [machine]) { result in
            switch result {
            case .success(let tools): next(tools?["run_state"]?.string)
            case .failure(let error) where error.kind == .noSuchRoute: next(nil)
            case .failure(let error): runtime.finish(pending, named(error))
            }
        }
    }
}

extension Runtime {
    /// Starts the steps of a function whose first argument is a machine.
    func withMachine(
        _ name: String,
        _ call: HostCall,
        _ body: (CallSequence, Value) -> Void
    ) -> Verdict {
        do throws(VSphereError) {
            let target = try self.target(of: call.arguments, for: name)
            let most = FunctionSpec.named(name)?.parameters.count ?? 1
            let given = target.arguments.prefix(most)
            guard target.arguments.dropFirst(most).allSatisfy({ $0.kind == .nil }) else {
                throw VSphereError(
                    .usage,
                    "takes \(most) argument\(most == 1 ? "" : "s"), got \(target.arguments.count)",
                    operation: name
                )
            }
            guard let machine = given.first, machine.string?.isEmpty == false else {
                throw VSphereError(.usage, "vm must be a machine's identifier", operation: name)
            }
            return waits(call) { pending in
                body(CallSequence(pending: pending, vcenter: target.vcenter, name: name), machine)
            }
        } catch {
            return raise(error, in: call)
        }
    }
}
