import JSON
import Support

/// A simulator and runs of `vmoon` against it.
struct Runs {
    let simulator: SimulatorProcess
    let folder = TestFolder()

    init(_ simulatorArguments: String...) throws {
        simulator = try SimulatorProcess(arguments: simulatorArguments)
    }

    /// Runs with a state folder of their own, against a simulator that others use too.
    init(beside runs: Runs) { simulator = runs.simulator }

    /// The options and variables that name the simulator.
    var connection: [String] {
        ["--vcenter", simulator.url, "--user", simulator.user]
            + (simulator.caFile.map { ["--ca-file", $0] } ?? [])
    }

    /// Runs `vmoon` with the simulator as its vCenter.
    func vmoon(
        _ arguments: [String],
        user: String? = nil,
        password: String? = nil,
        input: String = "",
        onOutput: ((String, ChildProcess) -> Void)? = nil
    ) throws -> ProgramRun {
        var options = connection
        if let user { options += ["--user", user] }
        return try ProgramRun.of(
            "vmoon",
            options + arguments,
            input: input,
            environment: ["VMOON_PASSWORD": password ?? simulator.password],
            in: folder,
            onOutput: onOutput
        )
    }

    /// Runs a script's text.
    func script(_ text: String, _ options: [String] = []) throws -> ProgramRun {
        try vmoon(options + [try folder.write(text, to: "script.lua")])
    }

    /// How many log-ins and log-outs the simulator saw.
    func sessions() throws -> (logIns: Int, logOuts: Int) {
        let requests = try simulator.requests().filter {
            $0["path"]?.string?.hasSuffix("/session") == true
        }
        return (
            requests.count { $0["method"]?.string == "POST" && $0["query"]?.string ?? "" == "" },
            requests.count { $0["method"]?.string == "DELETE" }
        )
    }
}
