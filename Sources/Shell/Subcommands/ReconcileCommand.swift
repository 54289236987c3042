internal import Changes
internal import Bindings
internal import JSON
internal import Journal
internal import LuaHost
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon reconcile`: settles what is open.
    static let reconcile = Subcommand(
        "reconcile",
        operands: "[ID]",
        count: 0...1,
        summary: "Settle what is unknown, by looking.",
        flags: [
            .json, .settle, .giveUp,
            Flag(
                .resend,
                "resend",
                in: .safety,
                "Send the identical request of operation ID again if it has not happened."
            ),
            Flag(
                .resolve,
                "resolve",
                .choice(["done", "not-applied"]),
                "OUTCOME",
                in: .safety,
                "Close operation ID by hand: somebody has found out."
            ),
        ]
    ) { invocation, operands, world in
        ReconcileRun.start(invocation, operands.first, &world)
    }
}

/// One run of `vmoon reconcile`.
final class ReconcileRun {
    private let invocation: Invocation
    private let world: World
    private let runtime: Runtime
    private var watch: RunWatch?
    private let endpoint: Result<String?, SettingsError>
    private var records: [OperationRecord] = []

    static func start(_ invocation: Invocation, _ id: String?, _ world: inout World) {
        do {
            if id == nil, invocation[.resend] != nil || invocation[.resolve] != nil {
                throw SettingsError(
                    "--resend and --resolve need the identifier of one operation",
                    hint: "vmoon reconcile ID --resend",
                    exitCode: .usage
                )
            }
            let (deadline, surroundings) = (invocation[.deadline]?.duration, world)
            let settings = try Settings(invocation, world: &world) { text, name in
                ConfigurationScript.load(text, name, within: deadline, surroundings)
            }
            guard let folder = world.journalFolder() else {
                return ReconcileRun.end(world, [], invocation, .code(ExitCode.done.rawValue))
            }
            // The caller sees what is open before anything is written.
            let store = try SQLiteStore(folder: folder, isReadOnly: true)
            let open =
                try id.map { try store.operations(startingWith: $0) } ?? store.openOperations()
            if id != nil, open.count != 1 {
                return world.fail(
                    "the journal has no single operation whose identifier begins so",
                    .notFound
                )
            }
            if invocation[.resolve] != nil, let record = open.first, !record.isOpen {
                throw SettingsError("already settled: \(record.state)", exitCode: .usage)
            }
            if invocation[.resend] != nil, let record = open.first, record.isOpen,
                !record.canBeSentAgain
            {
                throw SettingsError(
                    "a \(Display.escape(record.operation)) is not sent again: nothing in the vCenter "
                        + "would tell the second from the first",
                    hint: record.wayOut,
                    exitCode: .usage
                )
            }
            try ReconcileRun(invocation, world, settings).run(open)
        } catch let error as SettingsError {
            world.fail(error.description, error.exitCode)
        } catch let error as JournalError {
            world.fail("\(Display.escape(error.message)); \(error.hint)", .cannotCreateState)
        } catch {
            world.fail("\(error)", .internalError)
        }
    }

    private init(_ invocation: Invocation, _ world: World, _ settings: Settings) throws(LuaError) {
        self.invocation = invocation
        self.world = world
        let secrets = SecretVault()
        secrets.redaction.hideProxies(of: world.environment)
        let sessions = SessionSettings(settings: settings, fleet: nil, secrets: secrets) {
            warning in
            world.warn("\(warning)")
        }
        var configuration = Runtime.Configuration(profile: sessions.profile, exit: { _ in })
        configuration.secrets = secrets
        configuration.wallTime = world.wallTime
        configuration.record = ChangeSettings(invocation, world, settings.run)
        configuration.grace = settings.run.grace
        runtime = try Runtime(configuration)
        do throws(SettingsError) {
            endpoint = .success(try settings.endpoint()?.description)
        } catch {
            endpoint = .failure(error)
        }
    }

    private func run(_ open: [OperationRecord]) {
        watch = world.watch(runtime, RunWatch.Limits(grace: Runtime.usualGrace))
        var error: VSphereError?
        if let word = invocation[.resolve]?.text, let record = open.first {
            let outcome: OperationRecord.Outcome =
                word == "done" ? .resolvedDone : .resolvedNotApplied
            switch runtime.resolve(record, as: outcome) {
            case .success(let settled): records = [settled]
            case .failure(let problem): error = problem
            }
        } else {
            error = look(open)
        }
        close(error)
    }

    /// Looks at those of the vCenter that is named; the others stay as they are, and are
    /// listed.
    private func look(_ open: [OperationRecord]) -> VSphereError? {
        let due = open.filter(\.isOpen)
        records = open.filter { !$0.isOpen }
        guard !due.isEmpty else { return nil }
        let named: String?
        switch endpoint {
        case .success(let name): named = name
        case .failure(let error):
            return VSphereError(.configuration, error.message, hint: error.hint)
        }
        let ours = due.filter { $0.vcenter == named }
        let error = runtime.reconcile(ours, isResending: invocation[.resend] != nil) { settled in
            records.append(settled)
        }
        let seen = Set(records.map(\.identifier))
        for var record in due where !seen.contains(record.identifier) {
            if record.vcenter != named { record.detail = "of another vCenter, not looked at" }
            records.append(record)
        }
        return error
    }

    private func close(_ error: VSphereError?) {
        let interruption = runtime.interpreter.interruption
        for problem in runtime.shutDown() { world.warn("\(problem)") }
        let isOpen = records.contains(where: \.isOpen)
        let code =
            isOpen ? .outcomeUnknown : error?.exitCode ?? .done
        var ending = World.Ending.code(code.rawValue)
        if let interruption, interruption > 0 { ending = .signal(Int32(interruption)) }
        if let problem = runtime.closeJournal(ending: "\(ending)") {
            world.warn("\(problem.message)")
        }
        if let error {
            world.complain(error.description + (error.hint.map { "; \($0)" } ?? ""))
        }
        Self.end(world, records, invocation, ending)
    }

    private static func end(
        _ world: World,
        _ records: [OperationRecord],
        _ invocation: Invocation,
        _ ending: World.Ending
    ) {
        let text =
            invocation[.json] != nil
            ? JSONEncoder(.indented).encode(.array(records.map(\.document))) + "\n"
            : records.map { $0.line + "\n" }.joined()
        world.end(ending, printing: text)
    }
}
