import Posix
internal import Text
import Transport
import VSphere

/// Combines settings from several sources into one connection; the strongest source is
/// first.
struct Resolution {
    private let layers: [SettingLayer]
    /// The vCenter's address, from the strongest layer that has one.
    let address: Endpoint.Parsed?
    private let addressLayer: Int
    private let addressName: String

    init(_ ours: [SettingLayer], govc: SettingLayer) throws(SettingsError) {
        // GOVC_* is used only if GOVC_URL supplies the vCenter: a password meant for govc's
        // vCenter must not go to another one.
        let isOurs = ours.contains { $0.settings[.vcenter] != nil }
        layers = !isOurs && govc.settings[.vcenter] != nil ? ours + [govc] : ours
        guard let index = layers.firstIndex(where: { $0.settings[.vcenter] != nil }),
            let setting = layers[index].settings[.vcenter], let text = setting.value.text
        else {
            address = nil
            addressLayer = layers.count
            addressName = ""
            return
        }
        do throws(Endpoint.ParsingError) {
            address = try Endpoint.parse(text)
        } catch {
            throw SettingsError(
                "\(setting.name): the address is refused: \(error.reason)",
                hint: error.hint,
                exitCode: layers[index].origin.exitCode
            )
        }
        addressLayer = index
        addressName = setting.name
    }

    /// Sets the values that do not depend on the vCenter: the dialect and the limits.
    func setLimits(of profile: inout ConnectionProfile) {
        if let name = value(.api)?.text,
            let dialect = ConnectionProfile.DialectChoice(rawValue: name)
        {
            profile.dialect = dialect
        }
        profile.timeout = value(.timeout)?.duration ?? profile.timeout
        profile.connectTimeout = value(.connectTimeout)?.duration ?? profile.connectTimeout
        profile.operationTimeout = value(.operationTimeout)?.duration ?? profile.operationTimeout
        profile.answerLimit = value(.maxAnswer)?.size ?? profile.answerLimit
        profile.requestLimit = value(.limit)?.count ?? profile.requestLimit
        profile.hasRequestLimit = value(.limit) != nil
    }

    func connection(in world: World) throws(SettingsError) -> Settings.Connection {
        guard let address else {
            throw SettingsError(
                "no vCenter is named",
                hint: "use --vcenter URL, VMOON_VCENTER, GOVC_URL or a profile",
                exitCode: .usage
            )
        }
        let endpoint = address.endpoint
        var warnings: [String] = []
        let trust = try trust(endpoint, &warnings)
        let configuredUser = try user(in: world)
        let source = try password(for: configuredUser)
        var user = configuredUser
        if case .ambient = source {
            noteOpenNetrc(in: world, &warnings)
            // As in curl: without a user name, the file that has the password has the name too.
            if user.isEmpty {
                user = Netrc.find(endpoint, user: "", in: world)?.login ?? ""
            }
        }
        var profile = ConnectionProfile(
            endpoint: endpoint,
            user: user,
            password: source.closure(for: endpoint, user: user, in: world),
            trust: trust
        )
        if layers[addressLayer].origin != .govc, world.environment.nonEmpty("GOVC_USERNAME") != nil
        {
            profile.userHint += "; GOVC_USERNAME counts only where GOVC_URL names the vCenter"
        }
        profile.note = note(endpoint.scheme, trust, in: world)
        setLimits(of: &profile)
        profile.proxy = EnvironmentProxy.find(for: endpoint, in: world.environment)
        if layers[addressLayer].origin == .govc,
            world.environment.nonEmpty("GOVC_TLS_KNOWN_HOSTS") != nil
        {
            warnings.append("GOVC_TLS_KNOWN_HOSTS is not used; --pin trusts a server by its key")
        }
        return Settings.Connection(profile: profile, warnings: warnings)
    }

    /// Whether a password would be sent unencrypted.
    private var isUnencrypted: Bool {
        guard let endpoint = address?.endpoint else { return false }
        return endpoint.scheme == .http && !endpoint.isLoopback
    }

    /// Refuses an unencrypted connection that was not explicitly allowed.
    func checkEncryption() throws(SettingsError) {
        guard isUnencrypted, value(.insecure)?.toggle != true, let address else { return }
        throw SettingsError(
            "\(addressName): http:// to \(address.endpoint) is refused: "
                + "the password would go unencrypted",
            hint: "write https://, or give --insecure",
            exitCode: layers[addressLayer].origin.exitCode
        )
    }

    private func value(_ option: Option) -> OptionValue? {
        layers.lazy.compactMap { $0.settings[option]?.value }.first
    }

    private func name(_ option: Option) -> String {
        layers.lazy.compactMap { $0.settings[option]?.name }.first ?? ""
    }

    private func strength(_ option: Option) -> Int {
        layers.firstIndex { $0.settings[option] != nil } ?? .max
    }

    /// The certificates to accept.
    ///
    /// The stronger source wins: a `--ca-file` is not undone by a `VMOON_INSECURE` that
    /// was exported long ago.
    private func trust(
        _ endpoint: Endpoint,
        _ warnings: inout [String]
    ) throws(SettingsError) -> Trust {
        try checkEncryption()
        let isInsecure = value(.insecure)?.toggle ?? false
        let pins = value(.pin)?.texts ?? []
        if isUnencrypted { warnings.append("the connection to \(endpoint) is not encrypted") }
        let named = min(strength(.caFile), strength(.pin))
        if isInsecure, strength(.insecure) <= named {
            if endpoint.scheme == .https {
                warnings.append(
                    "the certificate of \(endpoint) is not verified (\(name(.insecure)))"
                )
            }
            return Trust(.unverified, pins: pins)
        }
        guard let files = value(.caFile) else { return Trust(.system, pins: pins) }
        return Trust(.files(files.texts ?? files.text.map { [$0] } ?? []), pins: pins)
    }

    /// The way there for the journal, which is read in other folders too.
    private func note(
        _ scheme: Endpoint.Scheme,
        _ trust: Trust,
        in world: World
    ) -> ConnectionNote? {
        var files: [String] = []
        if case .files(let paths) = trust.authorities {
            files = paths.map { (try? world.absolute($0)) ?? $0 }
        }
        return ConnectionNote(scheme: scheme, authorities: files, pins: trust.pins)
    }

    private func user(in world: World) throws(SettingsError) -> String {
        guard let layer = layers.first(where: { $0.settings[.user] != nil }),
            let user = layer.settings[.user]?.value.text
        else { return address?.user ?? "" }
        guard layer.origin == .govc else { return user }
        switch GovcSecret.read(user, in: world) {
        case .success(let name): return name
        case .failure(let error):
            throw SettingsError("GOVC_USERNAME: \(error)", exitCode: .usage)
        }
    }

    /// The strongest source that has a password.
    ///
    /// A password in the address has the address's strength, and is only for the user
    /// given there.
    private func password(for user: String) throws(SettingsError) -> PasswordSource {
        for (index, layer) in layers.enumerated() {
            let file = layer.settings[.passwordFile]
            let command = layer.settings[.passwordCommand]
            if let file, let command {
                throw SettingsError(
                    "\(file.name) and \(command.name) contradict each other",
                    hint: "give one of them",
                    exitCode: layer.origin.exitCode
                )
            }
            // A secret passed to session{…} is the strongest; VMOON_PASSWORD_FILE precedes
            // VMOON_PASSWORD.
            if layer.origin == .arguments, let given = layer.password { return given }
            if let path = file?.value.text { return .file(path) }
            if let command, let text = command.value.text {
                do throws(QuantityProblem) {
                    return .command(try WordSplitter.split(text))
                } catch {
                    throw SettingsError(
                        "\(command.name) is refused: \(error.reason)",
                        hint: error.hint,
                        exitCode: layer.origin.exitCode
                    )
                }
            }
            if let given = layer.password { return given }
            if index == addressLayer, let address, let password = address.password,
                address.user == user || address.user == nil
            {
                return .known(
                    Secret(password.reveal(), from: .place("the address of \(addressName)"))
                )
            }
        }
        return .ambient
    }

    private func noteOpenNetrc(in world: World, _ warnings: inout [String]) {
        guard let path = Netrc.path(world.environment),
            let contents = try? world.readFile(path, 1 << 20),
            contents.status.isReadableByOthers
        else { return }
        warnings.append("\(path) is readable by others; chmod 600 closes it")
    }
}
