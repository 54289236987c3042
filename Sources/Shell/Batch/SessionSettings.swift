internal import Bindings
internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

/// Makes connections from the options of `session{…}` and the settings of the run.
struct SessionSettings {
    let settings: Settings
    /// Records the traffic.
    var recorder: CassetteRecorder?
    /// Answers in place of vCenters.
    var player: CassettePlayer?
    let fleet: SimulatorFleet?
    /// The secrets of the script.
    let secrets: SecretVault
    /// Called with warnings about the connection.
    let warn: (String) -> Void
    private let commands = GivenPasswords()

    init(
        settings: Settings,
        recorder: CassetteRecorder? = nil,
        player: CassettePlayer? = nil,
        fleet: SimulatorFleet?,
        secrets: SecretVault,
        warn: @escaping (String) -> Void
    ) {
        self.settings = settings
        self.recorder = recorder
        self.player = player
        self.fleet = fleet
        self.secrets = secrets
        self.warn = warn
    }

    /// The profile for a script's options.
    /// - Parameter options: The record; nil for `session()`.
    /// - Returns: The profile, or the error in the options.
    func profile(_ options: Value?) -> Result<ConnectionProfile, VSphereError> {
        var table: [String: SettingValue] = [:]
        if let options, case .table(let entries) = SettingValue(options, secrets) {
            table = entries
        }
        if let refusal = sandboxRefusal(table) { return .failure(refusal) }
        var name: String?
        if let profile = table.removeValue(forKey: "profile") {
            guard case .string(let text) = profile else {
                return .failure(
                    VSphereError(
                        .usage,
                        "profile must be a name",
                        operation: "session",
                        hint: "session{ profile = \"b\" }"
                    )
                )
            }
            name = text
        }
        do throws(SettingsError) {
            if player != nil || fleet != nil {
                let endpoint = try settings.endpoint(table, profile: name)
                let found = player?.profile(for: endpoint) ?? fleet?.profile(for: endpoint)
                switch found {
                case .success(let stand)?:
                    if let endpoint { recorder?.name(stand.endpoint, endpoint) }
                    return .success(try settings.limited(stand, table, profile: name))
                case .failure(let error)?: return .failure(error)
                case nil: break
                }
            }
            let connection = try settings.connection(table, profile: name)
            for warning in connection.warnings { warn(warning) }
            return .success(commands.noting(connection.profile, table))
        } catch {
            let kind: ErrorKind = error.exitCode == .configuration ? .configuration : .usage
            return .failure(
                VSphereError(
                    kind,
                    error.message,
                    operation: "session",
                    hint: error.hint.isEmpty ? nil : error.hint
                )
            )
        }
    }
}

extension SessionSettings {
    /// Refuses options to an untrusted script: it may open only configured connections and must not
    /// send a password to another server, nor read a file or run a program by naming
    /// one.
    private func sandboxRefusal(_ table: [String: SettingValue]) -> VSphereError? {
        guard settings.run.isSandboxed else { return nil }
        guard let key = table.keys.filter({ $0 != "profile" }).min() else { return nil }
        return VSphereError(
            .forbiddenByPolicy,
            "\(Display.name(key)) is not the script's to choose in the sandbox",
            operation: "session",
            hint:
                "session() opens the configured vCenter, session{ profile = \"b\" } a configured profile"
        )
    }
}

/// Passwords that a script gives in `session{…}`, to be compared with that of an existing session.
private final class GivenPasswords {
    /// Sources by option: each command is run once, however often its session is opened.
    private var sources: [String: ConnectionProfile.PasswordSource] = [:]

    /// The profile, with the password from the script's options.
    func noting(
        _ profile: ConnectionProfile,
        _ options: [String: SettingValue]
    ) -> ConnectionProfile {
        let names = ["password", "password_file", "password_command"]
        guard names.contains(where: { options[$0] != nil }) else { return profile }
        var profile = profile
        if let command = options["password_command"], options["password"] == nil {
            let key = "\(profile.user)@\(profile.endpoint.url) \(command)"
            profile.password = sources[key] ?? profile.password
            sources[key] = profile.password
        }
        profile.givenPassword = profile.password
        return profile
    }
}

extension SettingValue {
    /// Copies a Lua value; a type that no setting has becomes an empty table, which every
    /// setting refuses.
    /// - Parameters:
    ///   - value: The value.
    ///   - secrets: The secrets of the script; nil if there can be none.
    init(_ value: Value, _ secrets: SecretVault? = nil) {
        switch value.kind {
        case .string: self = .string(value.string ?? "")
        case .integer: self = .integer(Int64(value.integer ?? 0))
        case .double: self = .number(value.number ?? 0)
        case .boolean: self = .boolean(value.boolean ?? false)
        case .array: self = .list(value.elements.map { SettingValue($0, secrets) })
        case .record:
            var table: [String: SettingValue] = [:]
            for (key, value) in value.fields {
                table[key.string ?? ""] = SettingValue(value, secrets)
            }
            self = .table(table)
        case .object: self = secrets?[value].map { .secret($0) } ?? .table([:])
        case .nil, .null: self = .table([:])
        }
    }
}

/// `config.lua`: a Lua file that returns profiles, run in a sandbox of its own.
enum ConfigurationScript {
    /// Runs the file's text.
    /// - Parameters:
    ///   - text: The source.
    ///   - chunkName: The chunk's name in Lua's form.
    ///   - deadline: The time limit; nil during a run with limits of its own.
    ///   - world: The surroundings, to watch the time limit.
    /// - Returns: The table it returns, or the error.
    static func load(
        _ text: String,
        _ chunkName: String,
        within deadline: Duration?,
        _ world: World
    ) -> Result<[String: SettingValue], Settings.ConfigurationFailure> {
        let host = SilentHost()
        var isLate = false
        let results = ValueBuffer()
        do throws(LuaError) {
            let interpreter = try Interpreter(host: host, usesEnvironment: false)
            defer { interpreter.close() }
            interpreter.restrictToSandbox(modulesIn: nil)
            interpreter.setMemoryLimit(64 << 20)
            // Signals are not caught: here they have their usual effect.
            let watch = deadline.flatMap { world.watch(interpreter, within: $0) }
            defer {
                withExtendedLifetime(watch) {
                    isLate = interpreter.interruption == Interpreter.deadline
                }
            }
            try interpreter.evaluate(text, chunkName: chunkName, into: results)
        } catch {
            guard !isLate else {
                let name = chunkName.dropFirst()
                return .failure(
                    Settings.ConfigurationFailure(
                        "the deadline was reached in \(name)",
                        exitCode: .deadline
                    )
                )
            }
            return .failure(Settings.ConfigurationFailure(error.message))
        }
        guard let root = results.root, case .table(let table) = SettingValue(root) else {
            let name = chunkName.dropFirst()
            return .failure(
                Settings.ConfigurationFailure("\(name): it must return a table of profiles")
            )
        }
        return .success(table)
    }
}
