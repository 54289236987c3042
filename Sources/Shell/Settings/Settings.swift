internal import Posix
public import VSphere

/// All that options, profile and environment say, weighed against each other.
///
/// Precedence: options, then the profile, then `VMOON_*`, then `GOVC_*`. What is about one vCenter is
/// resolved when a session is opened (`connection`), so that a script without one needs none.
public struct Settings {
    /// Runs the text of `config.lua` in the sandbox.
    ///
    /// The second parameter is the chunk's name. It gives the table that the file returns.
    public typealias ConfigurationLoader =
        (_ text: String, _ chunkName: String) -> Result<
            [String: SettingValue], ConfigurationFailure
        >

    /// Why `config.lua` gave no table.
    public struct ConfigurationFailure: Error, Sendable {
        /// One line that names the file and the line in it.
        public let message: String

        /// The code to end with.
        public let exitCode: ExitCode

        /// Makes a failure.
        public init(_ message: String, exitCode: ExitCode = .configuration) {
            self.message = message
            self.exitCode = exitCode
        }
    }

    /// A connection and what the user should be told about it, once.
    public struct Connection {
        /// All that is needed to open a session.
        public let profile: ConnectionProfile
        /// Lines for standard error: verification is off, a file is open to others.
        public let warnings: [String]
    }

    /// What holds for the whole run.
    public let run: RunOptions
    private let world: World
    private let commandLine: SettingLayer
    private let defaultProfile: SettingLayer?
    private let variables: SettingLayer
    private let govc: SettingLayer
    private let profiles: ProfileStore
    /// The names of the profiles there are.
    var profileNames: [String] { profiles.names }

    /// Weighs the sources.
    ///
    /// `VMOON_PASSWORD` and `GOVC_PASSWORD` leave the environment here, whether they are used or not, and so
    /// do the passwords in `VMOON_VCENTER` and `GOVC_URL`.
    /// - Parameters:
    ///   - invocation: The command line.
    ///   - world: The surroundings; its copy of the environment loses the passwords too.
    ///   - loadConfiguration: Runs `config.lua`; called at most once, and only if a profile is named.
    /// - Throws: A bad variable (usage), or a profile that cannot be had (configuration).
    public init(
        _ invocation: Invocation,
        world: inout World,
        loadConfiguration: @escaping ConfigurationLoader
    ) throws(SettingsError) {
        func takePassword(_ name: String) -> Secret? {
            let value = world.environment.removeValue(forKey: name)
            if value != nil { world.removeVariable(name) }
            return value.flatMap { $0.isEmpty ? nil : Secret($0) }
        }
        let password = takePassword("VMOON_PASSWORD")
        let govcPassword = takePassword("GOVC_PASSWORD")
        let environment = world.environment
        run = RunOptions(invocation, environment: environment)
        commandLine = SettingLayer(invocation)
        variables = try SettingLayer(environment, family: .environment, password: password)
        govc = try SettingLayer(environment, family: .govc, password: govcPassword)
        for name in ["VMOON_VCENTER", "GOVC_URL"] { Self.hidePassword(in: name, of: &world) }
        self.world = world
        profiles = ProfileStore(world, load: loadConfiguration)
        // A profile that does not exist is said at the start, not in the middle of a script.
        let name = (commandLine.settings[.profile] ?? variables.settings[.profile])?.value.text
        if let name { defaultProfile = try profiles.profile(name) } else { defaultProfile = nil }
        // What was typed is judged at once too, whether a session is opened or not.
        if commandLine.settings[.vcenter] != nil { _ = try endpoint() }
        if !run.usesSimulator {
            if run.replayFile == nil { try checkEncryption() }
            try checkAuthorities()
        }
    }

    /// Looks whether an address that was typed asks for what needs `--insecure` as well.
    private func checkEncryption() throws(SettingsError) {
        guard commandLine.settings[.vcenter] != nil else { return }
        try Resolution(layers([:], nil), govc: govc).checkEncryption()
    }

    /// Leaves the address in a variable, and takes the password out of it.
    private static func hidePassword(in name: String, of world: inout World) {
        guard let text = world.environment[name], text.contains("@") else { return }
        // What is no address may hold a password at any place.
        let isAddress = (try? Endpoint.parse(text)) != nil
        let shown = isAddress ? Endpoint.withoutPassword(text) : nil
        guard shown != text else { return }
        world.environment[name] = shown
        if let shown { world.replaceVariable(name, shown) } else { world.removeVariable(name) }
    }

    /// Looks whether the files of `--ca-file` are there.
    private func checkAuthorities() throws(SettingsError) {
        guard let setting = commandLine.settings[.caFile] else { return }
        let files = setting.value.texts ?? setting.value.text.map { [$0] } ?? []
        // What is no plain file (`<(…)` of a shell) can be read once only.
        for file in files where !file.hasPrefix("/dev/") {
            do throws(PosixError) {
                _ = try world.readFile(file, 64 << 20)
            } catch {
                throw SettingsError(
                    "\(setting.name): \(error.description)",
                    hint: "it names a file of certificates in PEM",
                    exitCode: .configuration
                )
            }
        }
    }

    /// The connection that a session needs.
    ///
    /// A profile named here beats the command line: several vCenters can be open at once only if
    /// `--vcenter` does not stand for all of them.
    /// - Parameters:
    ///   - arguments: The table of `session{…}` without `profile`; it beats every other source.
    ///   - profile: The `profile` of `session{…}`, in place of the one of the command line.
    /// - Returns: The connection.
    /// - Throws: What is missing, contradictory or unreadable.
    public func connection(
        _ arguments: [String: SettingValue] = [:],
        profile: String? = nil
    ) throws(SettingsError) -> Connection {
        try connection(by: layers(arguments, profile))
    }

    /// The connection to a vCenter that no setting names, but the journal does.
    ///
    /// All else comes from the settings as ever; the user too, where one is named.
    /// - Parameters:
    ///   - vcenter: The vCenter.
    ///   - user: Who made the operations that are in question; empty for nobody in particular.
    /// - Returns: The connection.
    /// - Throws: What is missing, contradictory or unreadable.
    public func connection(
        toKnown vcenter: String,
        user: String
    ) throws(SettingsError) -> Connection {
        var known = SettingLayer(.journal)
        known.settings[.vcenter] = .init(value: .text(vcenter), name: "the journal's vCenter")
        if !user.isEmpty {
            known.settings[.user] = .init(value: .text(user), name: "the journal's user")
        }
        return try connection(by: layers([:], nil) + [known])
    }

    private func connection(by layers: [SettingLayer]) throws(SettingsError) -> Connection {
        let resolution = try Resolution(layers, govc: govc)
        let connection = try resolution.connection(in: world)
        let warnings = connection.warnings + [stateProblem].compactMap { $0 }
        return Connection(profile: connection.profile, warnings: warnings)
    }

    /// Why the run could change nothing, should it want to; nil where its journal can be kept.
    private var stateProblem: String? {
        guard let folder = StandardFolders.state(world.environment) else { return nil }
        do throws(PosixError) {
            try world.makePrivateFolder(folder)
            return nil
        } catch {
            return "\(error.description); without this folder every change is refused "
                + "(VMOON_STATE_DIR names another)"
        }
    }

    /// The address of the vCenter that a session would talk to; nil where none is named.
    ///
    /// For `--sim`, which needs to tell the vCenters of a run apart and nothing else.
    /// - Parameters: As for `connection`.
    public func endpoint(
        _ arguments: [String: SettingValue] = [:],
        profile: String? = nil
    ) throws(SettingsError) -> Endpoint? {
        try Resolution(layers(arguments, profile), govc: govc).address?.endpoint
    }

    /// A simulator's profile with the dialect and the limits that a session would have.
    /// - Parameters: As for `connection`, after the simulator's own profile.
    public func limited(
        _ simulator: ConnectionProfile,
        _ arguments: [String: SettingValue] = [:],
        profile: String? = nil
    ) throws(SettingsError) -> ConnectionProfile {
        var limited = simulator
        try Resolution(layers(arguments, profile), govc: govc).setLimits(of: &limited)
        return limited
    }

    private func layers(
        _ arguments: [String: SettingValue],
        _ profile: String?
    ) throws(SettingsError) -> [SettingLayer] {
        var layers = [
            try SettingLayer(arguments, .arguments, home: world.environment.nonEmpty("HOME"))
        ]
        if let profile {
            layers += [try profiles.profile(profile), commandLine]
        } else {
            layers.append(commandLine)
            if let defaultProfile { layers.append(defaultProfile) }
        }
        return layers + [variables]
    }
}
