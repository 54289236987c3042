internal import Changes
internal import Bindings
internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension ChangeSettings {
    /// The journal, the locks and the limits of a run.
    init(
        _ invocation: Invocation,
        _ world: World,
        _ options: RunOptions,
        runID: String = RandomIdentifier.make(),
        continuing continuation: RunContinuation? = nil,
        holding runHold: RunHold? = nil,
        addresses: @escaping () -> [String: String] = { [:] },
        plan: RunPlan? = nil,
        cleaned: @escaping (String) -> String = { $0 }
    ) {
        self.init()
        self.cleaned = cleaned
        run.identifier = runID
        limits = ChangeCourse.Limits(
            settle: options.settle,
            resends: options.resends,
            giveUp: options.giveUp
        )
        lockWait = options.lockWait
        run.started = world.wallTime().wholeMilliseconds
        run.script = SystemText.shown(invocation.scriptName)
        run.arguments = invocation.scriptArguments.withoutTelltaleSecrets.map(SystemText.shown)
        run.host = world.hostName
        run.process = world.processNumber
        run.plan = plan?.digest
        world.sharedJournal?.name(run: runID)
        approved = plan?.approved
        // A private simulator ends with the run, and so does its journal; a cassette changes nothing at all.
        guard !options.usesSimulator, options.replayFile == nil else { return }
        open = { Self.open(in: world) }
        // A rehearsed run has nobody beside it.
        sharing =
            world.sharedJournal != nil
            ? .copies(options.name ?? "") : world.rehearsal == nil ? .impossible : .alone
        run.continues = continuation?.previous.identifier
        run.origin = continuation?.previous.first
        history = continuation?.history ?? history
        hold = (runHold ?? RunHold(world)).hold
        var text: [UInt8]?
        if case .script(let path) = invocation.mode, invocation.canBeContinued {
            text = try? world.readFile(path, RunRecipe.scriptLimit).bytes
        }
        recipe = {
            RunRecipe(invocation, world, text: text, addresses: addresses, cleaned: cleaned)?.text
        }
    }

    /// Opens the journal of the state folder, and the folder of the locks in it.
    static func open(in world: World) -> Swift.Result<Place, VSphereError> {
        func failure(_ message: String, _ hint: String) -> Swift.Result<Place, VSphereError> {
            .failure(VSphereError(.journal, Display.escape(message), hint: hint))
        }
        if let shared = world.sharedJournal {
            do throws(JournalError) {
                return .success(Place(try world.writing(shared), leases: try shared.leases()))
            } catch {
                return failure(error.message, error.hint)
            }
        }
        guard let folder = StandardFolders.state(world.environment) else {
            return failure(
                "no folder is named for the journal, and nothing is changed without it",
                StandardFolders.hint
            )
        }
        do {
            try world.makePrivateFolder(folder)
            let locks = "\(folder)/locks"
            try world.makePrivateFolder(locks)
            RunHold.removeLeft(in: locks, of: world)
            let store = try SQLiteStore(folder: folder)
            guard world.rehearsal == nil else {
                return .success(Place(RehearsedStore(store, world), locks: locks))
            }
            return .success(Place(store, locks: locks))
        } catch let error as JournalError {
            return failure(error.message, error.hint)
        } catch {
            return failure("\(error)", StandardFolders.hint(on: "the journal"))
        }
    }
}

extension Invocation {
    /// The name of the script for the journal; code of the command line may contain secrets, and only its beginning is
    /// told, if nothing in it looks like one.
    var scriptName: String {
        switch mode {
        case .script(let path): path
        case .standardInput: "(standard input)"
        case .prompt: "(prompt)"
        case .subcommand(let name, _): name
        default: actions.isEmpty ? "" : chunks ?? "(command line)"
        }
    }

    /// The beginning of what `-e` runs, as `-e rollback(…)`; nil where it may be secret.
    private var chunks: String? {
        let codes = actions.compactMap { action in
            if case .execute(let code) = action, !code.isEmpty { code } else { nil }
        }
        guard !codes.isEmpty else { return nil }
        let text = codes.joined(separator: "; ").split { $0.isWhitespace }.joined(separator: " ")
        let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        guard !text.isEmpty, text.withoutTelltaleSecrets == text,
            !words.contains(where: \.namesSecret)
        else { return nil }
        return "-e " + (text.count > 200 ? text.prefix(199) + "…" : text)
    }
}
