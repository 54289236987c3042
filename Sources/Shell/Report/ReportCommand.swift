internal import Journal
internal import Posix
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon report`: what runs have changed, as a file for people or programs.
    static let report = Subcommand(
        "report",
        operands: "[RUN...]",
        count: 0...10_000,
        summary: "What runs have changed, as a file.",
        words: .runs,
        flags: Flag.runRows.filter { $0.option == .since } + [
            Flag(
                .htmlFile,
                "html",
                .path,
                "FILE",
                in: .output,
                "Write a page to FILE, with all that it needs.",
                detail: """
                    - is standard output, for each form. A FILE is replaced in one step, and only if it is a report of \
                    that form. With --since there are also older runs with a change in doubt.
                    """
            ),
            Flag(
                .csvFile,
                "csv",
                .path,
                "FILE",
                in: .output,
                "Write a line for each change to FILE.",
                detail: "A field that a spreadsheet would compute begins with an apostrophe."
            ),
            Flag(
                .markdownFile,
                "markdown",
                .path,
                "FILE",
                in: .output,
                "Write Markdown to FILE, for a ticket."
            ),
            Flag(
                .junitFile,
                "junit",
                .path,
                "FILE",
                in: .output,
                "Write JUnit's XML to FILE: a suite for each run.",
                detail:
                    "A refused change is a failure, one in doubt an error, one never sent is skipped."
            ),
        ]
    ) { invocation, operands, world in
        do throws(SettingsError) {
            try JournalSetting.find(invocation, in: &world)
            let ending = try ReportCommand(invocation, operands, world).run()
            world.end(.code(ending.rawValue))
        } catch {
            world.fail(error.description, error.exitCode)
        }
    }
}

/// `vmoon report`: reads the journal and writes files; nothing else is needed for it.
struct ReportCommand {
    private let names: [String]
    private let since: Duration?
    private let targets: [(form: ReportForm, path: String)]
    private let world: World

    init(_ invocation: Invocation, _ operands: [String], _ world: World) throws(SettingsError) {
        names = operands
        since = invocation[.since]?.duration
        self.world = world
        targets = ReportForm.allCases.compactMap { form in
            invocation[form.option]?.text.map { (form, $0) }
        }
        guard !targets.isEmpty else {
            throw SettingsError(
                "report needs a file to write",
                hint: "vmoon report --html FILE, or --csv, --markdown or --junit",
                exitCode: .usage
            )
        }
        guard targets.count(where: { $0.path == "-" }) < 2 else {
            throw SettingsError(
                "two forms of a report cannot both go to standard output",
                hint: "give one of them a file",
                exitCode: .usage
            )
        }
        guard names.isEmpty || since == nil else {
            throw SettingsError(
                "--since does not go with the identifiers of runs",
                hint: "give one or the other",
                exitCode: .usage
            )
        }
    }

    /// Writes the files.
    func run() throws(SettingsError) -> ExitCode {
        for (form, path) in targets where path != "-" { try check(path, form) }
        let report = try read()
        for (form, path) in targets {
            do throws(PosixError) {
                if path == "-" {
                    try write(report, form, world.output.write)
                } else {
                    try world.checkOurs(path, "replace") { isOurs($0, form) }
                    try world.replaceFileInPieces(path) { piece throws(PosixError) in
                        try write(report, form, piece)
                    }
                }
            } catch {
                // The reader has seen enough.
                if path == "-", error.isBrokenPipe { return .outputFailed }
                throw SettingsError(
                    "the report: \(Display.escape(error.description))",
                    exitCode: .outputFailed
                )
            }
        }
        return .done
    }

    /// Refuses a file that is not a report, before anything is read.
    private func check(_ path: String, _ form: ReportForm) throws(SettingsError) {
        do throws(PosixError) {
            try world.checkOurs(path, "replace") { isOurs($0, form) }
        } catch {
            throw SettingsError(
                "the report: \(Display.escape(error.description))",
                hint: "name a new file, or an older report of this form",
                exitCode: .usage
            )
        }
    }

    private func isOurs(_ bytes: [UInt8], _ form: ReportForm) -> Bool {
        bytes.starts(with: form.beginning.utf8)
    }

    private func write(
        _ report: Report,
        _ form: ReportForm,
        _ piece: @escaping ([UInt8]) throws(PosixError) -> Void
    ) throws(PosixError) {
        var output = ReportOutput(piece)
        form.write(report, to: &output)
        try output.end()
    }

    private func read() throws(SettingsError) -> Report {
        let now = world.wallTime().wholeMilliseconds
        let found = try SettingsError.ofJournal { () throws(JournalError) in
            try world.journalStore()
        }
        guard let store = found else {
            if let name = names.first {
                throw SettingsError(
                    "there is no journal, and no run \(name.quotedForMessage)",
                    exitCode: .notFound
                )
            }
            return Report([], scope: "No run", made: now, host: world.hostName)
        }
        let rows = try rows(store)
        let runs = try SettingsError.ofJournal { () throws(JournalError) in
            try rows.map { row throws(JournalError) in
                let run = row.run
                let chain =
                    row.end == .runs || run.isFinished ? [] : try store.runs(since: run.first)
                return (
                    row, try store.operations(ofRun: run.identifier),
                    row.wayOn(chain) == .resume ? "vmoon resume \(run.identifier)" : nil
                )
            }
        }
        return Report(runs, scope: scope, made: now, host: world.hostName)
    }

    /// The runs, newest first.
    private func rows(_ store: any JournalStore) throws(SettingsError) -> [RunRow] {
        var choice = RunChoice()
        choice.limit = .max
        choice.names = names
        choice.since = since
        let chosen = try choice.read(store, in: world)
        guard since != nil else { return chosen }
        // What blocks an item is no less urgent after a day.
        choice.since = nil
        choice.isOpen = true
        let known = Set(chosen.map(\.run.identifier))
        let open = try choice.read(store, in: world)
        return chosen + open.filter { !known.contains($0.run.identifier) }
    }

    private var scope: String {
        if let since {
            return "Runs of the last \(SpanText.spelled(since)), and those with a change in doubt"
        }
        return names.isEmpty ? "All runs" : Report.count(names.count, "chosen run")
    }
}
