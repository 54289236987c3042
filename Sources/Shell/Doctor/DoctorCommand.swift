internal import Journal
internal import Posix
internal import Text
internal import Transport
internal import VSphere

extension Subcommand {
    /// `vmoon doctor`: looks at this machine and at vCenters.
    static let doctor = Subcommand(
        "doctor",
        operands: "[VCENTER...]",
        count: 0...1000,
        summary: "Look what is wrong, by reads alone.",
        words: .profiles,
        flags: [
            .json,
            Flag(
                .mask,
                "mask",
                in: .output,
                "Replace hosts, users, names and identifiers, consistently.",
                detail: "In the report, and in what --record keeps: such a file can be given away."
            ),
            .record, .replay,
        ]
    ) { invocation, operands, world in
        DoctorCommand.start(invocation, operands, &world)
    }
}

/// A vCenter to look at.
struct DoctorTarget {
    /// Its name in the report.
    struct Title {
        /// The profile, or the address that leads to none.
        var name: String?
        var endpoint: Endpoint?

        func text(_ spelling: Spelling) -> String {
            let address = endpoint.map(spelling.endpoint)
            guard let name else { return address ?? "vCenter" }
            return spelling.name(name) + (address.map { " (\($0))" } ?? "")
        }
    }

    var title: Title
    var facts: VCenterFacts
    /// The data for a session; nil if the settings lead to none.
    var profile: ConnectionProfile?
}

/// The preparation of `vmoon doctor`: chooses the vCenters, and looks at this machine.
enum DoctorCommand {
    static func start(_ invocation: Invocation, _ operands: [String], _ world: inout World) {
        for name in operands where Endpoint.credentials(in: name) != nil {
            return world.fail(
                "a password in an address is refused: other users could read it in the list of processes; "
                    + "use --password-file, --password-command or VMOON_PASSWORD",
                .usage
            )
        }
        do throws(SettingsError) {
            try JournalSetting.find(invocation, in: &world)
        } catch {
            return world.fail(error.description, error.exitCode)
        }
        var machine = MachineFacts(in: world)
        var targets: [DoctorTarget] = []
        let surroundings = world
        let options: DoctorOptions
        do throws(SettingsError) {
            options = try DoctorOptions(
                invocation,
                RunOptions(invocation, environment: world.environment),
                world
            )
        } catch {
            return world.fail(error.description, error.exitCode)
        }
        do throws(SettingsError) {
            let settings = try Settings(invocation, world: &world) { text, name in
                ConfigurationScript.load(text, name, within: .seconds(5), surroundings)
            }
            machine.problem = settings.profileProblem
            options.hide(settings.profileNames + operands)
            if let player = options.player {
                targets = try replayed(player, settings, operands)
            } else {
                targets = Self.targets(settings, invocation, operands, world)
            }
        } catch {
            machine.problem = error
        }
        DoctorRun(options, machine, world).start(targets)
    }

    private static func targets(
        _ settings: Settings,
        _ invocation: Invocation,
        _ operands: [String],
        _ world: World
    ) -> [DoctorTarget] {
        let profiles = settings.profileNames
        if !operands.isEmpty {
            return operands.map { name in
                profiles.contains(name)
                    ? target(settings, profile: name, world)
                    : target(settings, address: name, world)
            }
        }
        var targets: [DoctorTarget] = []
        let isNamed = Self.isNamed(settings)
        if isNamed { targets.append(target(settings, world)) }
        guard invocation[.vcenter] == nil, invocation[.profile] == nil else { return targets }
        for name in profiles {
            let found = target(settings, profile: name, world)
            let isKnown = targets.contains {
                $0.profile != nil && $0.facts.endpoint == found.facts.endpoint
                    && $0.facts.user == found.facts.user
            }
            if !isKnown { targets.append(found) }
        }
        return targets
    }

    /// Whether options or variables name a vCenter, be it wrongly.
    private static func isNamed(_ settings: Settings) -> Bool {
        do throws(SettingsError) {
            return try settings.endpoint() != nil
        } catch {
            return true
        }
    }

    private static func target(
        _ settings: Settings,
        address: String? = nil,
        profile name: String? = nil,
        _ world: World
    ) -> DoctorTarget {
        var facts = VCenterFacts()
        facts.now = world.wallTime().wholeMilliseconds
        if address != nil { facts.profiles = settings.profileNames }
        // An empty one is not shown at all.
        let shown = address.map(Endpoint.withoutPassword).flatMap { $0.isEmpty ? nil : $0 }
        do throws(SettingsError) {
            let connection = try settings.connectionForLooking(at: address, profile: name)
            var profile = connection.profile
            facts.take(profile, warnings: connection.warnings)
            profile.timeout = min(profile.timeout, Examination.Limits.request)
            profile.connectTimeout = min(profile.connectTimeout, Examination.Limits.connecting)
            if !profile.user.isEmpty {
                // Asked before time runs: somebody may have to type it.
                let password = profile.password()
                facts.password = password.map { $0.source }
                profile.password = { password }
            }
            let title = DoctorTarget.Title(name: name, endpoint: profile.endpoint)
            return DoctorTarget(title: title, facts: facts, profile: profile)
        } catch {
            facts.problem = error
            let title = DoctorTarget.Title(name: name ?? shown, endpoint: nil)
            return DoctorTarget(title: title, facts: facts, profile: nil)
        }
    }

    private static func replayed(
        _ player: CassettePlayer,
        _ settings: Settings,
        _ operands: [String]
    ) throws(SettingsError) -> [DoctorTarget] {
        let named = operands.compactMap { try? Endpoint.parse($0).endpoint }
        var targets: [DoctorTarget] = []
        for endpoint in named.isEmpty ? player.endpoints : named {
            guard case .success(let recorded) = player.profile(for: endpoint) else { continue }
            // A recording that was made with --api is played with it.
            let profile = try settings.limited(recorded)
            var facts = VCenterFacts()
            facts.take(profile, warnings: [])
            facts.isReplayed = true
            let title = DoctorTarget.Title(endpoint: endpoint)
            targets.append(DoctorTarget(title: title, facts: facts, profile: profile))
        }
        return targets
    }
}

extension VCenterFacts {
    /// Takes what the settings say.
    fileprivate mutating func take(_ profile: ConnectionProfile, warnings: [String]) {
        endpoint = profile.endpoint
        user = profile.user
        proxy = profile.proxy
        trust = profile.trust
        choice = profile.dialect
        // What the findings on the way and on this machine say too.
        self.warnings = warnings.filter {
            !$0.contains("is not verified") && !$0.contains("is not encrypted")
        }
    }
}

extension MachineFacts {
    /// Looks at this machine.
    init(in world: World) {
        version = Program.version
        libcurl = Result { () throws(TransportError) in try LibCurl.version() }
            .mapError { SettingsError($0.message, exitCode: .configuration) }
        let environment = world.environment
        stateFolder = StandardFolders.state(environment)
        if let folder = stateFolder {
            do throws(PosixError) {
                // It is not made here: then it is there, and only checked.
                hasStateFolder = try world.listFolder(folder) != nil
                try world.makePrivateFolder(folder)
                lockFiles = try world.listFolder("\(folder)/locks")?.count
            } catch {
                if error.isNotFound {
                    // The remedy behind it is for those who look for a journal.
                    stateDoubt = world.journalProblem.map { String($0.prefix { $0 != ";" }) }
                } else {
                    stateProblem = error.description
                }
            }
            let locks = (try? world.readFile("/proc/locks", 1 << 20).text) ?? ""
            lockHolders = Self.holders(Self.lockTexts(in: "\(folder)/locks", world), in: locks)
            let mounts = try? world.readFile("/proc/self/mounts", 1 << 20).text
            let place = world.realPath(folder) ?? folder
            fileSystem = mounts.flatMap { Self.fileSystem(of: place, in: $0) }
            if stateProblem == nil, hasStateFolder, world.sharedJournal == nil {
                journal = Self.journal(in: world)
            }
        }
        if let shared = world.sharedJournal {
            database = "\(shared.address)"
            journal = Self.journal(in: world)
            keptOutcomes = shared.keptCount()
            mayWriteDatabase = (try? shared.reading().mayWrite()) ?? false
        }
        inputIsTerminal = world.inputIsTerminal
        outputIsTerminal = world.output.isTerminal
        errorIsTerminal = world.error.isTerminal
        columns = world.output.columns()
        terminalName = environment.nonEmpty("TERM")
        locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment.nonEmpty($0) }.first
    }

    /// The last holders of locks, as the lock files name them.
    private static func lockTexts(in folder: String, _ world: World) -> [String] {
        let names = (try? world.listFolder(folder)) ?? []
        return names.prefix(1000).compactMap {
            try? world.readOrdinaryFile("\(folder)/\($0)", 1000).text
        }
    }

    private static func journal(in world: World) -> Journal {
        do throws(JournalError) {
            guard let store = try world.journalStore() else { return .none }
            let runs = try store.runs(startingWith: "", limit: 100_000).count
            return .there(runs: runs, open: try store.openOperations().count)
        } catch {
            return .unusable(Display.escape(error.message), hint: error.hint)
        }
    }
}
