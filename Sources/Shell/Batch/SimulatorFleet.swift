internal import JSON
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// The private simulators of a run with `--sim`: one for each vCenter that the script names.
///
/// A run that a test starts uses the simulators of the test: `variable` tells where they are.
final class SimulatorFleet {
    private struct Simulator {
        /// Nil if the process belongs to another run.
        let process: BackgroundProcess?
        let profile: ConnectionProfile
        /// The line it printed when it was ready for connections.
        let ready: JSONValue
    }

    /// The variable by which a test passes its simulators to a run: an object with the lines they printed when they
    /// were ready, by the URL of the vCenter they stand for.
    static let variable = "VMOON_SIMULATORS"

    private let world: World
    /// The file that each of them begins with.
    private let inventory: String?
    private var simulators: [Endpoint?: Simulator] = [:]

    init(_ world: World, inventory: String? = nil) {
        self.world = world
        self.inventory = inventory
        if let rehearsal = world.rehearsal {
            for (name, ready) in rehearsal.simulators { add(ready, for: name) }
            return
        }
        guard let text = world.environment.nonEmpty(Self.variable) else { return }
        world.removeVariable(Self.variable)
        for member in (try? JSONValue(parsing: text))?.members ?? [] {
            add(member.value, for: member.name)
        }
    }

    /// The simulators of a run; nil where none stand for its vCenters.
    static func of(_ options: RunOptions, _ world: World) throws(SettingsError) -> SimulatorFleet? {
        let isSimulated = options.usesSimulator || world.rehearsal != nil
        let inventory = try inventory(options, hasSimulators: isSimulated, world)
        return isSimulated ? SimulatorFleet(world, inventory: inventory) : nil
    }

    /// Checks the inventory that a run names, before anything is started.
    /// - Returns: Its whole path: simulators may be started later, from elsewhere; nil for none.
    static func inventory(
        _ options: RunOptions,
        hasSimulators: Bool,
        _ world: World
    ) throws(SettingsError) -> String? {
        guard let path = options.inventoryFile else { return nil }
        guard hasSimulators else {
            throw SettingsError(
                "--inventory is about simulators, and this run has none",
                hint: "vmoon --sim --inventory FILE script.lua",
                exitCode: .usage
            )
        }
        guard world.isReadable(path) else {
            throw SettingsError(
                "cannot read the inventory \(Display.escape(path))",
                hint: "vmoon snapshot FILE writes one",
                exitCode: .notFound
            )
        }
        guard !path.hasPrefix("/"), let folder = try? world.workingDirectory() else { return path }
        return "\(folder)/\(path)"
    }

    /// Adds a simulator that belongs to another run.
    private func add(_ ready: JSONValue, for name: String) {
        guard let profile = Self.profile(from: ready) else { return }
        let endpoint = name.isEmpty ? nil : try? Endpoint.parse(name).endpoint
        simulators[endpoint] = Simulator(process: nil, profile: profile, ready: ready)
    }

    /// The value of `variable` for a run that is to use these simulators.
    var announcement: String {
        let members = simulators.map { JSONValue.Member($0.key?.url ?? "", $0.value.ready) }
        return JSONEncoder().encode(.object(members))
    }

    /// The profile of the simulator that stands for a vCenter; it is started at the first
    /// request.
    /// - Parameter endpoint: The vCenter named; nil for none.
    /// - Returns: The profile, or the error.
    func profile(
        for endpoint: Endpoint?
    ) -> Result<ConnectionProfile, VSphereError> {
        if let known = simulators[endpoint] { return .success(known.profile) }
        guard world.rehearsal == nil else {
            world.leave(endpoint?.url ?? "", in: RehearsedRun.missingFile)
            let name = endpoint.map { "\($0)" } ?? "the vCenter without a name"
            return .failure(VSphereError(.configuration, "no twin was made of \(name)"))
        }
        do throws(PosixError) {
            let program = try world.executablePath().replacingLastComponent(with: "vmoon-sim")
            var words = [program, "--with-parent", "--quiet"]
            if let inventory { words += ["--inventory", inventory] }
            if let endpoint { words += ["--vcenter", endpoint.description] }
            let process = try world.startInBackground(words)
            let line = try process.firstLine(within: .seconds(30))
            guard let ready = try? JSONValue(parsing: line),
                let profile = Self.profile(from: ready)
            else {
                return .failure(Self.failure("it said \(Display.escape(String(line.prefix(200))))"))
            }
            simulators[endpoint] = Simulator(process: process, profile: profile, ready: ready)
            return .success(profile)
        } catch {
            return .failure(Self.failure(error.description, isMissing: error.isNotFound))
        }
    }

    /// Ends all simulators.
    func end() {
        for simulator in simulators.values { simulator.process?.end(within: .seconds(2)) }
        simulators = [:]
    }

    /// The error of a simulator that cannot be started.
    static func failure(_ reason: String, isMissing: Bool = false) -> VSphereError {
        VSphereError(
            .configuration,
            "the simulator cannot be started: \(reason)",
            hint: isMissing
                ? "vmoon-sim lies beside vmoon where both were built; scripts/build builds them"
                : "vmoon-sim says why on standard error, also when it is started by hand"
        )
    }

    /// Reads the line that a simulator prints when it is ready for connections.
    static func profile(from ready: JSONValue) -> ConnectionProfile? {
        guard let url = ready["url"]?.string, let user = ready["user"]?.string,
            let password = ready["password"]?.string,
            let address = try? Endpoint.parse(url)
        else { return nil }
        let secret = Secret(password)
        return ConnectionProfile(
            endpoint: address.endpoint,
            user: user,
            password: { .success(secret) },
            trust: ready["ca_file"]?.string.map { Trust(.files([$0])) } ?? Trust()
        )
    }
}

extension String {
    /// The path of another file in the same folder.
    func replacingLastComponent(with name: String) -> String {
        guard let slash = lastIndex(of: "/") else { return name }
        return String(self[...slash]) + name
    }
}
