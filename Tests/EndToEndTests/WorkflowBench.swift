import JSON
import Support
import Testing

/// Simulators that are the profiles of one configuration, and runs of the scripts against them.
struct WorkflowBench {
    let folder = TestFolder()
    let simulators: [String: SimulatorProcess]

    /// Starts one simulator for each profile.
    /// - Parameter inventories: The inventory of each profile; null for the simulator's own.
    /// - Throws: When one cannot be started, or the configuration not written.
    init(_ inventories: [String: JSONValue] = ["default": .null]) throws {
        var simulators: [String: SimulatorProcess] = [:]
        var profiles = "return {\n"
        for (name, inventory) in inventories.sorted(by: { $0.key < $1.key }) {
            var arguments = ["--password", "word of \(name)"]
            if inventory != .null {
                let file = try folder.write(JSONEncoder().encode(inventory), to: "\(name).json")
                arguments += ["--inventory", file]
            }
            let simulator = try SimulatorProcess(arguments: arguments)
            simulators[name] = simulator
            let password = try folder.write("word of \(name)\n", to: "\(name).word", mode: 0o600)
            profiles += """
                  ["\(name)"] = { vcenter = "\(simulator.url)", user = "\(simulator.user)",
                    password_file = "\(password)", ca_file = "\(simulator.caFile ?? "")" },

                """
        }
        // A name that nobody listens at.
        profiles += """
              nowhere = { vcenter = "https://127.0.0.1:1", user = "me", password_file = "\(folder.path)/default.word" },
            }

            """
        self.simulators = simulators
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: folder)
        try folder.write(profiles, to: ".config/vmoon/config.lua", mode: 0o600)
    }

    /// Where a script of the project lies; one of the tests' is named with its folder.
    static func script(_ name: String) -> String {
        "\(projectRoot)/\(name.contains("/") ? name : "scripts/\(name)").lua"
    }

    /// Runs a script.
    /// - Parameters:
    ///   - name: Its name, without `.lua`.
    ///   - arguments: Its own.
    ///   - options: Those of `vmoon`.
    ///   - profile: Which vCenter is the default; nil for none.
    ///   - input: Its standard input.
    /// - Returns: How it ended and what it wrote.
    /// - Throws: When it cannot be started.
    func run(
        _ name: String,
        _ arguments: [String],
        options: [String] = [],
        profile: String? = "default",
        input: String = ""
    ) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            (profile.map { ["--profile", $0] } ?? []) + options + [Self.script(name)] + arguments,
            input: input,
            in: folder
        )
    }

    /// Continues the latest run.
    func resume() throws -> ProgramRun { try ProgramRun.of("vmoon", ["resume"], in: folder) }

    /// The operations that changed something or tried to, in order.
    func changes(_ profile: String = "default") throws -> [String] {
        let changing: Set = [
            "rollback", "checkOut", "checkIn", "deleteCheckOut", "deleteVersion", "setPower",
            "deleteVM", "createTemplate", "deploy",
        ]
        return try requests(profile).filter(changing.contains)
    }

    /// The operations asked for, in order.
    func requests(_ profile: String = "default") throws -> [String] {
        try simulator(profile).requests().compactMap { $0["operation"]?.string }
    }

    /// How many sessions are still open.
    func openSessions() throws -> Int {
        try simulators.values.reduce(0) {
            try $0 + ($1.admin("GET", "/sim/sessions")["open"]?.integer ?? 0)
        }
    }

    /// The versions of an item, oldest first, as their machines: a roll-back changes the order.
    func machines(of item: String, _ profile: String = "default") throws -> [String] {
        for library in try simulator(profile).state()["libraries"]?.array ?? [] {
            for model in library["items"]?.array ?? [] where model["name"]?.string == item {
                return (model["versions"]?.array ?? []).compactMap { $0["vm_template"]?.string }
            }
        }
        return []
    }

    /// The simulator of a profile.
    func simulator(_ profile: String = "default") throws -> SimulatorProcess {
        try #require(simulators[profile])
    }

    /// A library of items with two versions each, `item-001` and so on, whose identifiers end in the same
    /// three digits.
    static func library(_ name: String, items: Int, versions: [String] = ["1", "2"]) -> JSONValue {
        let list = (1...items).map { number -> JSONValue in
            let digits = "00\(number)".suffix(3)
            return [
                "id": .string("00000000-0000-4000-a17e-000000000\(digits)"),
                "name": .string("item-\(digits)"),
                "versions": .array(versions.map { ["version": .string($0)] }),
            ]
        }
        return ["libraries": [["name": .string(name), "items": .array(list)]]]
    }
}
