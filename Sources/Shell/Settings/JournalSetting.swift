internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// The journal that settings name: `--journal`, the key of a profile, `VMOON_JOURNAL`.
enum JournalSetting {
    /// Takes it from layers of settings, the strongest first; without one the journal is a file.
    ///
    /// A password in the variable is taken out there: programs that a script starts get none. A run that is continued
    /// has the journal in which it was found, with what is claimed there already.
    static func take(_ layers: [SettingLayer], in world: inout World) throws(SettingsError) {
        // A rehearsed run has a journal of its own, whatever the configuration says.
        guard world.rehearsal == nil, world.sharedJournal == nil,
            let layer = layers.first(where: { $0.settings[.journal] != nil }),
            let setting = layer.settings[.journal], let text = setting.value.text
        else { return }
        let address: JournalAddress
        do throws(JournalAddress.Problem) {
            address = try JournalAddress(text)
        } catch {
            throw SettingsError(
                "\(setting.name): the address is refused: \(error.message)",
                hint: error.hint,
                exitCode: layer.origin.exitCode
            )
        }
        let isVariable = layer.origin == .environment
        guard isVariable || !address.holdsPassword else {
            throw SettingsError(
                "\(setting.name): a password in it is refused: others could read it",
                hint: "use ~/.pgpass, PGPASSFILE or a service file, or the variable VMOON_JOURNAL",
                exitCode: layer.origin.exitCode
            )
        }
        if world.environment["VMOON_JOURNAL"] == text, address.holdsPassword {
            world.environment["VMOON_JOURNAL"] = "\(address)"
            world.replaceVariable("VMOON_JOURNAL", "\(address)")
        }
        let length = layers.lazy.compactMap { $0.settings[.lease]?.value.duration }.first
        // A run that is continued goes on in the folder in which it began.
        var folder = StandardFolders.state(world.environment)
        if let path = folder { folder = try world.absolute(path) }
        world.sharedJournal = SharedJournal(
            address,
            folder: folder,
            host: world.hostName,
            process: world.processNumber,
            length: length ?? SharedJournal.usualLease,
            earlier: world.sharedJournal,
            clock: VCenter.uptime
        )
    }

    /// Takes it for a sub-command that needs no other settings.
    static func find(_ invocation: Invocation, in world: inout World) throws(SettingsError) {
        var layers = [SettingLayer(invocation)]
        let name = invocation[.profile]?.text ?? world.environment.nonEmpty("VMOON_PROFILE")
        if let name {
            let (deadline, surroundings) = (invocation[.deadline]?.duration, world)
            let store = ProfileStore(world) { text, name in
                ConfigurationScript.load(text, name, within: deadline, surroundings)
            }
            layers.append(try store.profile(name))
        }
        var variables = SettingLayer(.environment)
        for flag in Flag.journalRows where flag.option != .runName {
            for name in flag.environment {
                guard let text = world.environment.nonEmpty(name) else { continue }
                let value = try flag.environmentValue(text, name)
                variables.settings[flag.option] = .init(value: value, name: name)
            }
        }
        try take(layers + [variables], in: &world)
    }
}

extension World {
    /// The shared journal for writing; the folder for what it cannot take is made.
    func writing(_ shared: SharedJournal) throws(JournalError) -> any JournalStore {
        // Without the folder the journal works as well; only nothing can be kept while it is away.
        if let folder = StandardFolders.state(environment) { try? makePrivateFolder(folder) }
        return try shared.writing()
    }

    /// The journal for reading; nil if there is none yet.
    func journalStore() throws(JournalError) -> (any JournalStore)? {
        if let sharedJournal {
            return try sharedJournal.reading { [self] in
                guard error.isTerminal else { return }
                note("the journal \(sharedJournal.address) does not answer; waiting some seconds")
            }
        }
        guard let folder = journalFolder() else { return nil }
        return try SQLiteStore(folder: folder, isReadOnly: true)
    }

    /// Which of some runs are at work or are being continued.
    func areAtWork(_ runs: [RunRecord]) throws(JournalError) -> [RunRecord] {
        guard let sharedJournal else { return runs.filter { RunHold(self).isAlive($0.first) } }
        guard !runs.isEmpty else { return [] }
        let claimed = try sharedJournal.claimed(runs.map { SharedJournal.key(run: $0.first) })
        return runs.filter { claimed.contains(SharedJournal.key(run: $0.first)) }
    }
}
