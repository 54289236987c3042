internal import Bindings
internal import Changes
internal import Posix
internal import Text
internal import VSphere

/// The plan of a run: the one that it is held to, or the one that it writes.
struct RunPlan {
    /// The policy of a run that is held to a plan.
    let approved: ApprovedPlan?
    /// Its SHA-256; nil for none.
    let digest: String?
    /// Lets no other run be held to it at the same time.
    private let lock: LockFile?
    private let outFile: String?
    private let invocation: Invocation
    private let world: World
    /// The script as it was when the run began.
    private let script: (path: String, hash: String)?

    /// Reads the plan, and refuses what does not go together, before anything is done.
    init(
        _ invocation: Invocation,
        _ options: RunOptions,
        _ world: World
    ) throws(SettingsError) {
        self.invocation = invocation
        self.world = world
        outFile = options.planOutFile
        guard let option = outFile == nil ? options.planFile.map({ _ in "--plan" }) : "--plan-out"
        else {
            (approved, script, digest, lock) = (nil, nil, nil, nil)
            return
        }
        let path = try Self.script(invocation, option, options)
        if let outFile { try Self.check(outFile, options, world) }
        let hash = try Self.hash(of: path, world)
        script = (path, hash)
        guard let file = options.planFile else {
            (approved, digest, lock) = (nil, nil, nil)
            return
        }
        guard outFile == nil, options.changes != .planned else {
            throw SettingsError(
                "--plan holds a run that changes something to its plan, and a dry run changes nothing",
                hint: "leave out --dry-run, or --plan",
                exitCode: .usage
            )
        }
        let (document, digest) = try PlanFile.read(file, world)
        try Self.compare(document, hash, invocation)
        lock = try PlanUse.take(digest, world)
        approved = ApprovedPlan(document)
        self.digest = digest
    }

    /// The script; a plan is of one file and its arguments, and of nothing else.
    private static func script(
        _ invocation: Invocation,
        _ option: String,
        _ options: RunOptions
    ) throws(SettingsError) -> String {
        guard case .script(let path) = invocation.mode, invocation.actions.isEmpty,
            !invocation.entersPrompt
        else {
            throw SettingsError(
                "\(option) needs a script in a file of its own",
                hint: "without -e, -l and -i, which no plan keeps",
                exitCode: .usage
            )
        }
        guard !options.usesSimulator else {
            throw SettingsError(
                "\(option) does not go with --sim: each run has another simulator",
                hint: "start vmoon-sim, and name it with --vcenter",
                exitCode: .usage
            )
        }
        return path
    }

    private static func check(
        _ file: String,
        _ options: RunOptions,
        _ world: World
    ) throws(SettingsError) {
        guard options.changes == .planned else {
            throw SettingsError(
                "--plan-out writes the plan of a dry run",
                hint: "give --dry-run too",
                exitCode: .usage
            )
        }
        guard file != "-" else {
            throw SettingsError(
                "--plan-out writes a file",
                hint:
                    "name one; standard output is the script's, and vmoon apply --show FILE prints the plan",
                exitCode: .usage
            )
        }
        do throws(PosixError) {
            try world.checkOurs(file, "replace", PlanFile.isOurs)
        } catch {
            throw SettingsError(
                "--plan-out: \(error)",
                hint: "it names a new file, or an older plan; was its value forgotten?",
                exitCode: .usage
            )
        }
    }

    private static func hash(of path: String, _ world: World) throws(SettingsError) -> String {
        do throws(PosixError) {
            return SHA256.hex(try world.readFile(path, 64 << 20).bytes)
        } catch {
            throw SettingsError("the script: \(error)", exitCode: .notFound)
        }
    }

    /// Refuses another script, and other arguments, than the plan was made with.
    private static func compare(
        _ document: PlanDocument,
        _ hash: String,
        _ invocation: Invocation
    ) throws(SettingsError) {
        guard hash == document.scriptHash else {
            throw SettingsError(
                "the script is not the one that was planned: it has changed since "
                    + "\(Display.escape(document.madeText)), or is another",
                hint: "make a new plan with --dry-run --plan-out, and read it before it is applied",
                exitCode: .conflict
            )
        }
        let given = invocation.scriptArguments.withoutTelltaleSecrets
        guard document.accepts(given) else {
            throw SettingsError(
                "the plan was made with \(words(document.arguments)), and this run has \(words(given))",
                hint: "give the same arguments, or make a new plan",
                exitCode: .usage
            )
        }
    }

    private static func words(_ arguments: [String]) -> String {
        guard !arguments.isEmpty else { return "no arguments" }
        let shown = arguments.map { $0.quotedForMessage }.joined(separator: " ")
        return "the arguments \(shown)"
    }

    /// Writes the plan of a dry run, or tells what was planned and not done.
    /// - Returns: False where the plan could not be written.
    func end(_ outcome: RunOutcome, _ runtime: Runtime, _ redaction: Redaction) -> Bool {
        for line in approved?.left ?? [] { world.note("planned, and not done: \(line)") }
        guard let outFile, let script else { return true }
        guard outcome.ending == .code(ExitCode.done.rawValue) else {
            world.warn("--plan-out: the script did not reach its end; no plan is written")
            return true
        }
        var document = runtime.planned(redaction)
        document.version = Program.version
        document.made = world.wallTime().wholeMilliseconds
        document.host = world.hostName
        document.script = script.path
        document.scriptHash = script.hash
        document.folder = (try? world.workingDirectory()) ?? ""
        document.arguments = invocation.scriptArguments.withoutTelltaleSecrets
            .map { redaction.cleaned($0) }
        document.hidesArguments = document.arguments != invocation.scriptArguments
        do throws(PosixError) {
            try world.checkOurs(outFile, "replace", PlanFile.isOurs)
            try world.replacePrivateFile(outFile, Array(document.text.utf8))
        } catch {
            world.complain("--plan-out: \(Display.escape(error.description))")
            return false
        }
        return true
    }
}

/// A file with a plan.
enum PlanFile {
    /// Tells whether a file begins like a plan.
    static func isOurs(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: "{\n  \"vmoon_plan\":".utf8)
    }

    /// Reads a plan.
    /// - Throws: Why it is refused, in one line.
    /// - Returns: The plan, and the SHA-256 of the file.
    static func read(
        _ path: String,
        _ world: World
    ) throws(SettingsError) -> (document: PlanDocument, digest: String) {
        let contents: File.Contents
        do throws(PosixError) {
            contents = try world.readFile(path, 64 << 20)
        } catch {
            throw SettingsError("the plan: \(error)", exitCode: .notFound)
        }
        let name = "the plan \(path.quotedForMessage)"
        guard !contents.status.isWritableByOthers || !contents.status.isRegular else {
            throw SettingsError(
                "\(name) is refused: others may write it",
                hint: "chmod go-w, after you have read it",
                exitCode: .configuration
            )
        }
        do throws(PlanDocument.Problem) {
            return (try PlanDocument(contents.bytes), SHA256.hex(contents.bytes))
        } catch {
            throw SettingsError("\(name) is refused: \(error.words)", exitCode: .invalidInput)
        }
    }
}

extension PlanDocument {
    /// The moment it was made, in RFC 3339.
    var madeText: String { Timestamp.text(made) }
}

extension PlanDocument.Problem {
    /// Why, in words.
    fileprivate var words: String {
        switch self {
        case .malformed(let reason): Display.escape(reason)
        case .noPlan: "it is no plan of vmoon's"
        case .newer(let format):
            "a newer vmoon has written it (format \(format), and this one knows \(PlanDocument.format))"
        case .edited: "it is not as vmoon has written it; make a new one"
        }
    }
}
