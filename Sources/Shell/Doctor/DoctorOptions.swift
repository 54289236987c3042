internal import Text
internal import Transport
internal import VSphere

/// The options of `vmoon doctor`, and its recording.
final class DoctorOptions {
    let isJSON: Bool
    private let isMasked: Bool
    private let recordFile: String?
    private var cassette: CassetteFile?
    /// The traffic that a masked recording is made of; it is never written as it is.
    private var lines = ""
    private var recorder: CassetteRecorder?
    private let cassetteMask = CassetteMask()
    /// Names that the command line, the environment or profiles have.
    private var names: [String] = []

    init(_ invocation: Invocation, _ options: RunOptions, _ world: World) throws(SettingsError) {
        isJSON = invocation[.json] != nil
        isMasked = invocation[.mask] != nil
        recordFile = options.recordFile
        names = Self.names(invocation, world)
        guard isMasked, options.replayFile == nil else {
            cassette = try CassetteFile(options, script: nil, world)
            return
        }
        // Refused before anything is asked.
        if let recordFile { try Self.prepare(recordFile, world) }
        recorder = CassetteRecorder(at: Timestamp.text(world.wallTime())) { [self] in lines += $0 }
    }

    /// Registers names that a masked report has not.
    func hide(_ more: [String]) { names += more }

    /// The values of options and variables.
    private static func names(_ invocation: Invocation, _ world: World) -> [String] {
        let named: Set<Option> = [
            .vcenter, .user, .passwordFile, .passwordCommand, .profile, .caFile, .pin, .record,
            .replay,
        ]
        var names = invocation.options.flatMap { option, value -> [String] in
            named.contains(option) ? value.texts ?? value.text.map { [$0] } ?? [] : []
        }
        let variables = [
            "VMOON_VCENTER", "VMOON_USER", "VMOON_PASSWORD_FILE", "VMOON_PASSWORD_COMMAND",
            "VMOON_PROFILE", "VMOON_CA_FILE", "VMOON_PIN", "VMOON_STATE_DIR", "GOVC_URL",
            "GOVC_USERNAME", "GOVC_TLS_CA_CERTS", "STATE_DIRECTORY", "XDG_STATE_HOME",
            "XDG_CONFIG_HOME", "HOME", "NETRC", "USER",
        ]
        names += variables.compactMap { world.environment.nonEmpty($0) }
        return names
    }

    /// Records or plays the traffic.
    var tape: Tape? { recorder.map { .recorder($0) } ?? cassette?.tape }

    /// The recording that is played; nil for none.
    var player: CassettePlayer? { cassette?.player }

    /// Writes a masked recording.
    func finishRecording(_ world: World) throws(SettingsError) {
        guard isMasked, recorder != nil else { return }
        do {
            let text = try cassetteMask.masked(lines)
            if let recordFile { try world.replacePrivateFile(recordFile, Array(text.utf8)) }
        } catch {
            throw Self.failure(error)
        }
    }

    private static func prepare(_ path: String, _ world: World) throws(SettingsError) {
        do {
            try world.checkOurs(path, "replace") {
                $0.starts(with: CassetteRecorder.beginning.utf8)
            }
            try world.replacePrivateFile(path, [])
        } catch {
            throw failure(error)
        }
    }

    private static func failure(_ error: any Error) -> SettingsError {
        SettingsError(
            "the cassette: \(error)",
            hint: "--record names a new file, or an older recording, in a folder of yours",
            exitCode: .configuration
        )
    }

    /// Masks the report, with every name in it that is known; nil if names are shown.
    func mask(
        _ machine: MachineFacts,
        _ vcenters: [VCenterFacts],
        _ world: World
    ) -> CassetteMask? {
        guard isMasked else { return nil }
        let mask = cassetteMask
        mask.host(world.hostName)
        if let folder = machine.stateFolder { mask.name(folder) }
        for facts in vcenters {
            if let endpoint = facts.endpoint { mask.host(endpoint.host) }
            if !facts.user.isEmpty { mask.user(facts.user) }
            if let proxy = facts.proxy {
                let parts = proxy.address.split(separator: ":").map(String.init)
                mask.host(parts.first ?? proxy.address)
            }
            if case .success(.place(let place)?)? = facts.password {
                for mark in ["the file ", "the command ", "the credential "]
                where place.hasPrefix(mark) {
                    mask.name(String(place.dropFirst(mark.count)))
                }
            }
            if case .files(let paths) = facts.trust.authorities {
                for path in paths { mask.name(path) }
            }
            for pin in facts.trust.pins { mask.name(pin) }
            guard let shown = facts.knock?.shown else { continue }
            mask.name(shown.pin)
            mask.host(shown.address)
            for name in CertificateNames.alternatives(in: shown.names) { mask.host(name) }
            for certificate in shown.chain {
                mask.name(CertificateNames.common(in: certificate.issuer))
                mask.name(CertificateNames.common(in: certificate.subject))
            }
        }
        // Last: what is a host or a user is masked as such.
        for name in names { mask.name(name) }
        return mask
    }
}
