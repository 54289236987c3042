internal import VSphere

/// The connections that may lead to a vCenter that the journal names.
extension Settings {
    typealias Candidate = Swift.Result<Connection, SettingsError>

    /// The connection of options and variables, if they name this vCenter.
    /// - Parameters:
    ///   - vcenter: The vCenter.
    ///   - user: The user who made the operations; empty if there were several.
    /// - Returns: At most one connection, or what is wrong with it.
    func namedConnections(toKnown vcenter: String, user: String) -> [Candidate] {
        guard namesAny, named == vcenter else { return [] }
        return [Candidate { () throws(SettingsError) in try connection() }]
    }

    /// The connections of profiles and of govc's variables to this vCenter; then that of the journal's user, unless the
    /// password of the settings is meant for another vCenter and nothing else could give one.
    /// - Parameters: As above.
    /// - Returns: The connections, or what is wrong with them, those of the same user first.
    func otherConnections(toKnown vcenter: String, user: String) -> [Candidate] {
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
                    try connection(toKnown: vcenter, user: user, rest)
                }
            )
        }
        return found
    }

    /// The connection to a vCenter that only the journal names; the user too, unless the settings name one.
    private func connection(
        toKnown vcenter: String,
        user: String,
        _ rest: [SettingLayer]
    ) throws(SettingsError) -> Connection {
        var known = SettingLayer(.journal)
        known.settings[.vcenter] = .init(value: .text(vcenter), name: "the journal's vCenter")
        if !user.isEmpty {
            known.settings[.user] = .init(value: .text(user), name: "the journal's user")
        }
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
