internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The processors and the memory of a machine: an operation of vCenter's each.
    static let hardware: [FunctionSpec] = [
        FunctionSpec(
            "getHardware",
            "Tells how many processors and how much memory a machine has.",
            [Parameter("vm", "string", OperationText.vm)],
            returns: Result(
                """
                {cpu_count: integer, cores_per_socket: integer, cpu_hot_add: boolean, \
                cpu_hot_remove: boolean, memory_size_MiB: integer, memory_hot_add: boolean}
                """,
                "memory in MiB; whether processors and memory can be added, or processors removed, while it runs"
            ),
            errors: ["not_found", "error", "resource_inaccessible", "service_unavailable"],
            example: "print(getHardware(listVMs()[1].vm).memory_size_MiB)",
            receivers: [.session],
            waits: true
        ) { runtime, call in
            runtime.withMachine("getHardware", call) { steps, machine in
                steps.step(.getCPU, [machine]) { processors in
                    let kept = ValueBuffer()
                    if let processors { kept.put(processors) }
                    steps.step(.getMemory, [machine]) { memory in
                        let all: [(String, Value?)] = [
                            ("cpu_count", kept.root?["count"]),
                            ("cores_per_socket", kept.root?["cores_per_socket"]),
                            ("cpu_hot_add", kept.root?["hot_add_enabled"]),
                            ("cpu_hot_remove", kept.root?["hot_remove_enabled"]),
                            ("memory_size_MiB", memory?["size_MiB"]),
                            ("memory_hot_add", memory?["hot_add_enabled"]),
                        ]
                        call.result.putRecord {
                            var count = 0
                            for case (let name, let value?) in all {
                                call.result.put(name)
                                call.result.put(value)
                                count += 1
                            }
                            return count
                        }
                        steps.done()
                    }
                }
            }
        },
        FunctionSpec(
            "setHardware",
            "Sets how many processors and how much memory a machine has: a change for each of both, in this order.",
            [
                Parameter("vm", "string", OperationText.vm),
                Parameter(
                    "spec",
                    "{cpu_count: integer?, cores_per_socket: integer?, memory_size_MiB: integer?}",
                    "what is to be another; memory in MiB"
                ),
            ],
            returns: Result("nil", OperationText.nothing),
            errors: [
                "not_found", "invalid_argument", "not_allowed_in_current_state", "resource_busy",
                "resource_inaccessible", "service_unavailable", "error",
            ] + ofEveryChange,
            example: """
                local vm = listVMs{ power_states = { "POWERED_OFF" } }[1].vm
                setHardware(vm, { cpu_count = 4, memory_size_MiB = 8192 })
                """,
            receivers: [.session],
            isChanging: true,
            waits: true
        ) { runtime, call in
            do throws(VSphereError) {
                try runtime.checkPolicy("setHardware", isChanging: true)
                let parts = try HardwareChange.parts(of: call)
                return runtime.withMachine("setHardware", call) { steps, machine in
                    HardwareChange.make(parts[...], of: machine, steps)
                }
            } catch {
                return runtime.raise(error, in: call)
            }
        },
    ]
}

/// The changes that `setHardware` consists of.
private enum HardwareChange {
    /// The fields of a script's table: the part they belong to, and their names there.
    private static let fields = [
        ("cpu_count", "cpu", "count"), ("cores_per_socket", "cpu", "cores_per_socket"),
        ("memory_size_MiB", "memory", "size_MiB"),
    ]

    /// The arguments of each change behind the machine: the part, and its specification.
    static func parts(of call: HostCall) throws(VSphereError) -> [[Value]] {
        let values = call.arguments.values
        let given = Array(values.dropFirst(values.first?.object == nil ? 0 : 1))
        let arguments = Arguments(given, of: "setHardware")
        let names = fields.map(\.0)
        guard let spec = arguments[1], spec.kind == .record, spec.count > 0 else {
            throw arguments.misuse("spec must be a table with \(names.joined(separator: ", "))")
        }
        for (key, value) in spec.fields {
            let name = key.string ?? ""
            guard names.contains(name) else {
                let guess = Suggestion.nearest(to: name, among: names)
                throw arguments.misuse(
                    "spec: there is no field \"\(Display.name(name))\"",
                    hint: (guess.map { "did you mean \($0)? " } ?? "")
                        + "the fields are \(names.joined(separator: ", "))"
                )
            }
            guard let number = value.number, Int(exactly: number) ?? 0 > 0 else {
                throw arguments.misuse("spec.\(name) must be a whole number above 0")
            }
        }
        return ["cpu", "memory"].compactMap { part in
            let own = fields.filter { $0.1 == part && spec[$0.0] != nil }
            guard !own.isEmpty else { return nil }
            return ValueBuffer.values { out in
                out.put(part)
                out.putRecord {
                    for (name, _, field) in own {
                        out.put(field)
                        out.put(spec[name]?.number.flatMap { Int(exactly: $0) } ?? 0)
                    }
                    return own.count
                }
            }
        }
    }

    /// Makes one change after the other; the first that fails ends it.
    static func make(_ parts: ArraySlice<[Value]>, of machine: Value, _ steps: CallSequence) {
        guard let part = parts.first else { return steps.done() }
        steps.step(.setHardware, [machine] + part) { _ in
            make(parts.dropFirst(), of: machine, steps)
        }
    }
}
