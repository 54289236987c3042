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
        runID: String = RandomIdentifier.make()
    ) {
        self.init()
        run.identifier = runID
        limits = ChangeCourse.Limits(
            settle: options.settle,
            resends: options.resends,
            giveUp: options.giveUp
        )
        lockWait = options.lockWait
        run.script = SystemText.shown(invocation.scriptName)
        run.arguments = invocation.scriptArguments.withoutTelltaleSecrets.map(SystemText.shown)
        run.host = world.hostName
        run.process = world.processNumber
        // A private simulator forgets with the run, and so does its journal; a cassette changes nothing at all.
        guard !options.usesSimulator, options.replayFile == nil else { return }
        open = { Self.open(in: world) }
    }

    /// Opens the journal of the state folder, and the folder of the locks in it.
    static func open(in world: World) -> Swift.Result<Place, VSphereError> {
        guard let folder = StandardFolders.state(world.environment) else {
            return .failure(
                VSphereError(
                    .journal,
                    "no folder is named for the journal, and nothing is changed without it",
                    hint: "set VMOON_STATE_DIR, XDG_STATE_HOME or HOME"
                )
            )
        }
        do {
            try world.makePrivateFolder(folder)
            let locks = "\(folder)/locks"
            try world.makePrivateFolder(locks)
            return .success(Place(try SQLiteStore(folder: folder), locks: locks))
        } catch let error as JournalError {
            return .failure(
                VSphereError(.journal, Display.escape(error.message), hint: error.hint)
            )
        } catch {
            return .failure(
                VSphereError(
                    .journal,
                    Display.escape("\(error)"),
                    hint:
                        "VMOON_STATE_DIR names the folder of the journal; it must be yours, mode 0700"
                )
            )
        }
    }
}

extension Invocation {
    /// What runs, as the journal names it; code of the command line may hold anything and is
    /// left out.
    var scriptName: String {
        switch mode {
        case .script(let path): path
        case .standardInput: "(standard input)"
        case .prompt: "(prompt)"
        case .subcommand(let name, _): name
        default: actions.isEmpty ? "" : "(command line)"
        }
    }
}
