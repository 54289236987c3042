internal import Buffers
internal import LuaHost

extension FunctionSpec {
    /// `isDryRun`: for what a script cannot do in a plan.
    static let dryRun = FunctionSpec(
        "isDryRun",
        "Tells whether this is a dry run: changes and programs are only planned, and sleep does not wait.",
        returns: Result("boolean", "whether it is"),
        example: """
            local vm = listVMs()[1].vm
            if getPower(vm).state == "POWERED_OFF" then setPower(vm, "start") end
            -- In a dry run it would wait in vain for what only a started machine says.
            while not isDryRun() and getVM(vm).power_state ~= "POWERED_ON" do sleep(5) end
            """
    ) { runtime, call in
        call.result.put(runtime.configuration.changes == .planned)
        return .returned
    }
}
