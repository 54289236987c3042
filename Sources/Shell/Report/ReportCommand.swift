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
        flags: Flag.runRows.filter { [.since, .item, .atVCenter].contains($0.option) } + [
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
    private let choice: RunChoice
    private let targets: [(form: ReportForm, path: String)]
    private let world: World

    init(_ invocation: Invocation, _ operands: [String], _ world: World) throws(SettingsError) {
        var choice = RunChoice(invocation, operands)
        choice.limit = .max
        self.choice = choice
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
        let filters = [
            choice.since.map { _ in "--since" }, choice.item.map { _ in "--item" },
            choice.vcenter.map { _ in "--vcenter" },
        ]
        if let filter = filters.compactMap({ $0 }).first, !operands.isEmpty {
            throw SettingsError(
                "\(filter) does not go with the identifiers of runs",
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
            if let name = choice.names.first {
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
                let chain = try row.isAtItsEnd ? [] : store.runs(since: row.run.first)
                let changes = try store.operations(ofRun: row.run.identifier).filter(isChosen)
                return (row, changes, future(of: row, chain))
            }
        }
        return Report(runs, scope: scope(runs.count), made: now, host: world.hostName)
    }

    private func future(of row: RunRow, _ chain: [RunRecord]) -> Report.Future {
        if row.wayOn(chain) == .resume { return .command("vmoon resume \(row.run.identifier)") }
        let isLast = chain.isEmpty || chain.last?.identifier == row.run.identifier
        return isLast ? .none : .continued
    }

    /// The runs, newest first.
    private func rows(_ store: any JournalStore) throws(SettingsError) -> [RunRow] {
        let chosen = try choice.read(store, in: world)
        guard choice.since != nil else { return chosen }
        // What blocks an item is no less urgent after a day.
        var others = choice
        others.since = nil
        others.isOpen = true
        let known = Set(chosen.map(\.run.identifier))
        let open = try others.read(store, in: world)
        return chosen + open.filter { !known.contains($0.run.identifier) }
    }

    /// Whether a change of a chosen run is one that was asked for.
    private func isChosen(_ record: OperationRecord) -> Bool {
        (choice.vcenter.map { $0 == record.vcenter } ?? true)
            && (choice.item.map { $0 == record.item || $0 == record.itemName } ?? true)
    }

    private func scope(_ runs: Int) -> String {
        guard choice.names.isEmpty else { return Report.count(runs, "chosen run") }
        let changed = choice.item.map { " that changed \($0)" } ?? ""
        let place = choice.vcenter.map { " at \($0)" } ?? ""
        guard let since = choice.since else { return "All runs" + changed + place }
        let all = changed + place
        return "Runs of the last \(SpanText.spelled(since)), and those with a change in doubt"
            + (all.isEmpty ? "" : "," + all)
    }
}
