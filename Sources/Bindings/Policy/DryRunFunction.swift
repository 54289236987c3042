internal import Buffers
internal import LuaHost

extension FunctionSpec {
    /// `isDryRun`: for what a script cannot do in a plan.
    static let dryRun = FunctionSpec(
        "isDryRun",
        "Tells whether this is a dry run: changes and programs are only planned, and sleep does not wait.",
        returns: Result("boolean", "whether it is"),
        example: """
            local vm = listVMs{ power_states = { "POWERED_OFF" } }[1].vm
            setPower(vm, "start")
            -- Nothing starts in a dry run.
            while not isDryRun() and getPower(vm).state ~= "POWERED_ON" do sleep(5) end
            """
    ) { runtime, call in
        call.result.put(runtime.configuration.changes == .planned)
        return .returned
    }
}
