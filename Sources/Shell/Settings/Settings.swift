internal import Journal
internal import Posix
public import VSphere

/// The combined settings from options, profile and environment.
///
/// Precedence: options, then the profile, then `VMOON_*`, then `GOVC_*`. Settings for one vCenter are
/// resolved when a session is opened (`connection`), so that a script without one needs none.
public struct Settings {
    /// Runs the text of `config.lua` in the sandbox.
    ///
    /// The second parameter is the chunk's name. It returns the table that the file returns.
    public typealias ConfigurationLoader =
        (_ text: String, _ chunkName: String) -> Result<
            [String: SettingValue], ConfigurationFailure
        >

    /// Why `config.lua` returned no table.
    public struct ConfigurationFailure: Error, Sendable {
        /// One line that names the file and the line in it.
        public let message: String

        /// The exit code.
        public let exitCode: ExitCode

        /// Makes a failure.
        public init(_ message: String, exitCode: ExitCode = .configuration) {
            self.message = message
            self.exitCode = exitCode
        }
    }

    /// A connection, with warnings to be shown once.
    public struct Connection {
        /// All data for opening a session.
        public let profile: ConnectionProfile
        /// Lines for standard error: verification is off, a file is open to others.
        public let warnings: [String]
    }

    /// The settings of the whole run.
    public let run: RunOptions
    private let world: World
    let commandLine: SettingLayer
    let defaultProfile: SettingLayer?
    let variables: SettingLayer
    let govc: SettingLayer
    let profiles: ProfileStore
    /// The names of the profiles there are.
    var profileNames: [String] { profiles.names }
    /// Why the profiles cannot be read; nil if they can, or there are none.
    var profileProblem: SettingsError? { profiles.problem }

    /// Combines the sources.
    ///
    /// `VMOON_PASSWORD` and `GOVC_PASSWORD` are removed from the environment here, whether they are used or not,
    /// and so are the passwords in `VMOON_VCENTER` and `GOVC_URL`.
    /// - Parameters:
    ///   - invocation: The command line.
    ///   - world: The surroundings; its copy of the environment loses the passwords too.
    ///   - loadConfiguration: Runs `config.lua`; called at most once, and only if a profile is named.
    /// - Throws: A bad variable (usage), or a missing or bad profile (configuration).
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
        profiles = ProfileStore(world, load: loadConfiguration)
        // A missing profile is reported at the start, not in the middle of a script.
        let name = (commandLine.settings[.profile] ?? variables.settings[.profile])?.value.text
        if let name { defaultProfile = try profiles.profile(name) } else { defaultProfile = nil }
        let layers = [commandLine, defaultProfile, variables].compactMap { $0 }
        try JournalSetting.take(layers, in: &world)
        self.world = world
        // Options are checked at once too, whether a session is opened or not.
        if commandLine.settings[.vcenter] != nil { _ = try endpoint() }
        if !run.usesSimulator {
            if run.replayFile == nil { try checkEncryption() }
            try checkAuthorities()
        }
    }

    /// Checks whether an address on the command line also needs `--insecure`.
    private func checkEncryption() throws(SettingsError) {
        guard commandLine.settings[.vcenter] != nil else { return }
        try Resolution(layers([:], nil), govc: govc).checkEncryption()
    }

    /// Keeps the address in a variable, and removes its password.
    private static func hidePassword(in name: String, of world: inout World) {
        guard let text = world.environment[name], text.contains("@") else { return }
        // A text that is not an address may contain a password anywhere.
        let isAddress = (try? Endpoint.parse(text)) != nil
        let shown = isAddress ? Endpoint.withoutPassword(text) : nil
        guard shown != text else { return }
        world.environment[name] = shown
        if let shown { world.replaceVariable(name, shown) } else { world.removeVariable(name) }
    }

    /// Checks that the files of `--ca-file` exist.
    private func checkAuthorities() throws(SettingsError) {
        guard let setting = commandLine.settings[.caFile] else { return }
        let files = setting.value.texts ?? setting.value.text.map { [$0] } ?? []
        // A file that is not a plain one (`<(…)` of a shell) can be read only once.
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

    /// The connection for a session.
    ///
    /// A profile named here is stronger than the command line: several vCenters can be open at once only if
    /// `--vcenter` does not apply to all of them.
    /// - Parameters:
    ///   - arguments: The table of `session{…}` without `profile`; it is the strongest source.
    ///   - profile: The `profile` of `session{…}`, instead of that of the command line.
    /// - Returns: The connection.
    /// - Throws: The setting that is missing, contradictory or unreadable.
    public func connection(
        _ arguments: [String: SettingValue] = [:],
        profile: String? = nil
    ) throws(SettingsError) -> Connection {
        try connection(by: layers(arguments, profile))
    }

    /// The connection for somebody who only looks: the folder of the journal is neither made nor checked.
    /// - Parameters:
    ///   - address: The vCenter; nil for the one that the settings name.
    ///   - profile: The profile; nil for that of the command line.
    /// - Returns: The connection.
    /// - Throws: The setting that is missing, contradictory or unreadable.
    func connectionForLooking(
        at address: String?,
        profile: String?
    ) throws(SettingsError) -> Connection {
        var named = SettingLayer(.commandLine)
        if let address {
            named.settings[.vcenter] = .init(value: .text(address), name: "the vCenter named")
        }
        let layers = try layers([:], profile)
        return try Resolution([named] + layers, govc: govc).connection(in: world)
    }

    func connection(by layers: [SettingLayer]) throws(SettingsError) -> Connection {
        let resolution = try Resolution(layers, govc: govc)
        let connection = try resolution.connection(in: world)
        let warnings = connection.warnings + [stateProblem].compactMap { $0 }
        return Connection(profile: connection.profile, warnings: warnings)
    }

    /// Why the run cannot make changes; nil if its journal can be written.
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

    /// The address of the vCenter for a session; nil if none is named.
    ///
    /// For `--sim`, which only needs to distinguish the vCenters of a run.
    /// - Parameters: As for `connection`.
    public func endpoint(
        _ arguments: [String: SettingValue] = [:],
        profile: String? = nil
    ) throws(SettingsError) -> Endpoint? {
        try Resolution(layers(arguments, profile), govc: govc).address?.endpoint
    }

    /// The vCenter that each name stands for: the profiles by theirs, and what a session without a name opens by "".
    var addresses: [String: String] {
        var found: [String: String] = [:]
        if let endpoint = try? endpoint() { found[""] = endpoint.description }
        for name in profileNames {
            if let endpoint = try? endpoint(profile: name) { found[name] = endpoint.description }
        }
        return found
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

    /// A function that takes the secrets of a run, and what looks like one, out of a text that is to be kept.
    ///
    /// The passwords of the settings are among them before a session is opened. A pipe can be read only once, and a
    /// program may ask somebody: what these give is known from the log-in on.
    func cleaner(_ redaction: Redaction) -> (String) -> String {
        var isReady = false
        return { text in
            if !isReady { for password in knownPasswords { redaction.hide(password) } }
            isReady = true
            return redaction.cleaned(text.withoutTelltaleSecrets)
        }
    }

    private var knownPasswords: [Secret] {
        let layers = ((try? layers([:], nil)) ?? []) + [govc]
        let ofJournal = world.sharedJournal?.address.secrets.map { Secret($0) } ?? []
        return ofJournal
            + layers.flatMap { layer in
                var found: [Secret] = []
                switch layer.password {
                case .known(let secret): found.append(secret)
                case .govc(let secret) where !world.isNoRegularFile(secret.reveal()):
                    if case .success(let text) = GovcSecret.read(secret.reveal(), in: world) {
                        found.append(Secret(text))
                    }
                default: break
                }
                if let path = layer.settings[.passwordFile]?.value.text,
                    !world.isNoRegularFile(path),
                    let secret = try? SecretReader.file(path, in: world)
                {
                    found.append(secret)
                }
                return found
            }
    }

    func layers(
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
