internal import VSphere

/// The connections that may lead to a vCenter that the journal names.
extension Settings {
    typealias Candidate = Swift.Result<Connection, SettingsError>

    /// The connection of options and variables, if they name this vCenter.
    /// - Parameter place: The vCenter.
    /// - Returns: At most one connection, or what is wrong with it.
    func namedConnections(to place: ReconcilePlace) -> [Candidate] {
        guard namesAny, named == place.vcenter else { return [] }
        return [Candidate { () throws(SettingsError) in try connection() }]
    }

    /// The connections of profiles and of govc's variables to this vCenter; then that of the journal's user, unless the
    /// password of the settings is meant for another vCenter and nothing else could give one.
    /// - Parameter place: The vCenter.
    /// - Returns: The connections, or what is wrong with them, those of the same user first.
    func otherConnections(to place: ReconcilePlace) -> [Candidate] {
        let (vcenter, user) = (place.vcenter, place.user)
        let isFree = !namesAny || named == vcenter
        // What is meant for one vCenter is not told to another.
        let rest = isFree ? [commandLine, variables] : [commandLine, variables].map(\.impersonal)
        var found: [Candidate] = []
        let used = (commandLine.settings[.profile] ?? variables.settings[.profile])?.value.text
        let fitting = profileNames.compactMap { name -> SettingLayer? in
            guard name != used || !isFree, let layer = try? profiles.profile(name),
                layer.settings[.vcenter] != nil, address(of: [layer]) == vcenter
            else { return nil }
            return layer
        }
        let isOfUser = { (layer: SettingLayer) in layer.settings[.user]?.value.text == user }
        for layer in fitting.filter(isOfUser) + fitting.filter({ !isOfUser($0) }) {
            found.append(
                Candidate { () throws(SettingsError) in try connection(by: [layer] + rest) }
            )
        }
        let plain = [commandLine.impersonal]
        if address(of: plain) == vcenter, named != vcenter {
            found.append(Candidate { () throws(SettingsError) in try connection(by: plain) })
        }
        let hasPassword = [commandLine, variables].contains(where: \.hasPassword)
        if found.isEmpty && named != vcenter || !namesAny && hasPassword {
            found.append(
                Candidate { () throws(SettingsError) in
                    try connection(toKnown: place, rest)
                }
            )
        }
        return found
    }

    /// The connection to a vCenter that only the journal names, and how it was reached; the user too, unless the
    /// settings name one.
    private func connection(
        toKnown place: ReconcilePlace,
        _ rest: [SettingLayer]
    ) throws(SettingsError) -> Connection {
        var known = SettingLayer(.journal)
        func add(_ option: Option, _ value: OptionValue, _ name: String) {
            known.settings[option] = .init(value: value, name: "the journal's \(name)")
        }
        let scheme = place.note?.scheme ?? .https
        add(.vcenter, .text("\(scheme.rawValue)://\(place.vcenter)"), "vCenter")
        if !place.user.isEmpty { add(.user, .text(place.user), "user") }
        if let files = place.note?.authorities, !files.isEmpty {
            add(.caFile, .texts(files), "authorities")
        }
        if let pins = place.note?.pins, !pins.isEmpty { add(.pin, .texts(pins), "pins") }
        return try connection(by: rest + [known])
    }

    /// Whether options or variables name a vCenter.
    private var namesAny: Bool { named != nil }

    /// The vCenter that they name.
    private var named: String? { (try? endpoint())??.description }

    private func address(of layers: [SettingLayer]) -> String? {
        (try? Resolution(layers, govc: govc))?.address?.endpoint.description
    }
}

extension SettingLayer {
    /// The same without what is meant for one vCenter: its address, a user, a password.
    fileprivate var impersonal: SettingLayer {
        var layer = self
        for option in [Option.vcenter, .user, .passwordFile, .passwordCommand] {
            layer.settings[option] = nil
        }
        layer.password = nil
        return layer
    }

    fileprivate var hasPassword: Bool {
        password != nil || settings[.passwordFile] != nil || settings[.passwordCommand] != nil
    }
}

extension Result where Failure == SettingsError {
    fileprivate init(_ body: () throws(SettingsError) -> Success) {
        do throws(SettingsError) { self = .success(try body()) } catch { self = .failure(error) }
    }
}
