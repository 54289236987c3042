internal import JSON
internal import Journal
internal import Text
internal import VSphere

/// One run as lists and reports tell it.
struct RunRow: Equatable {
    /// The end of a run.
    enum End: Equatable {
        /// The script reached its end.
        case done
        /// It stopped at the step of `--until`.
        case stopped
        /// With this exit code.
        case failed(Int)
        /// By this signal.
        case signal(Int)
        /// Its process is gone, and has not said how.
        case died
        /// It has not ended: its process is at work.
        case runs
    }

    let run: RunRecord
    let end: End
    let changes: ChangeCounts
    let vcenters: [String]
    /// How long it took, or has taken so far; nil for one that died.
    let took: Duration?

    /// Makes the row.
    /// - Parameters:
    ///   - summary: The run in the journal.
    ///   - now: The time in milliseconds since 1970-01-01T00:00:00Z.
    ///   - alive: The runs without an end that are at work.
    init(_ summary: RunSummary, now: Int64, alive: [String]) {
        run = summary.run
        changes = summary.changes
        vcenters = summary.vcenters
        end = End(run, isAlive: alive.contains(run.identifier))
        let last = run.ended ?? (end == .runs ? now : nil)
        took = last.map { .milliseconds(max($0 - summary.run.started, 0)) }
    }

    /// The beginning of its identifier, as it is accepted wherever a run is named.
    var short: String { RecordName.short(run.identifier) }

    /// Whether nothing can continue it: it reached its end, or is at work.
    var isAtItsEnd: Bool { end == .runs || run.isFinished }

    /// The script and its arguments on one line; nothing in it is secret or commands a terminal.
    var script: String {
        // An older version of vmoon may have recorded secrets.
        ([run.script] + run.arguments.withoutTelltaleSecrets).map { Display.escape($0) }
            .joined(separator: " ")
    }

    /// When it began, as `2026-11-21T10:11:12.345Z`.
    var began: String { Timestamp.text(run.started) }
}

extension RunRow.End {
    /// Reads how a run ended from its record.
    init(_ run: RunRecord, isAlive: Bool) {
        guard run.ended != nil, let ending = run.ending else {
            self = isAlive ? .runs : .died
            return
        }
        let words = ending.split { $0 == " " || $0 == "," }
        let number = words.count > 1 ? Int(words[1]) : nil
        switch (words.first, number) {
        case ("signal", let number?): self = .signal(number)
        case ("exit", 0): self = words.count > 2 ? .stopped : .done
        case (_, let number): self = .failed(number ?? Int(ExitCode.internalError.rawValue))
        }
    }

    /// One or two words for a table.
    var text: String {
        switch self {
        case .done: "done"
        case .stopped: "--until"
        case .failed(let code): "exit \(code)"
        case .signal(let number): "signal \(number)"
        case .died: "died"
        case .runs: "runs"
        }
    }

    /// One word for programs.
    var word: String {
        switch self {
        case .done: "done"
        case .stopped: "stopped"
        case .failed: "failed"
        case .signal: "signal"
        case .died: "died"
        case .runs: "runs"
        }
    }
}

extension ChangeCounts {
    /// `{"done": 3, "refused": 1, "unknown": 0}`.
    var document: JSONValue {
        [
            "done": .integer(done), "refused": .integer(refused), "unknown": .integer(unknown),
        ]
    }
}

extension RunRow {
    /// The way on for a run that did not reach its end.
    enum WayOn: Equatable {
        /// By `vmoon resume`.
        case resume
        /// Not by itself: an argument looked like a secret, and was not kept.
        case lacksArgument
    }

    /// Finds how it goes on, if something is left to do and nothing is at work on it.
    /// - Parameter chain: The runs that continue one another, the oldest first.
    /// - Returns: nil where nothing goes on.
    func wayOn(_ chain: [RunRecord]) -> WayOn? {
        guard !isAtItsEnd, chain.last?.identifier == run.identifier,
            let recipe = chain.lazy.compactMap({ $0.recipe.flatMap(RunRecipe.init) }).first,
            !recipe.isHeldToPlan
        else { return nil }
        return recipe.arguments == nil ? .lacksArgument : .resume
    }

    /// All that is known of it, as an object.
    var document: JSONValue {
        var document = run.document
        document["state"] = .string(end.word)
        if let took { document["took_ms"] = .integer(Int(took.wholeMilliseconds)) }
        document["changes"] = changes.document
        document["vcenters"] = .array(vcenters.map { .string($0) })
        return document
    }
}
