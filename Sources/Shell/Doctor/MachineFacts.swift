internal import Text
internal import VSphere

/// The findings about this machine.
struct MachineFacts {
    /// The journal.
    enum Journal {
        case none
        case there(runs: Int, open: Int)
        case unusable(String, hint: String)
    }

    var version = ""
    /// libcurl with its TLS library, or why there is none.
    var libcurl: Result<String, SettingsError> = .success("")
    /// Why the settings cannot be used.
    var problem: SettingsError?
    /// The folder for journal, locks and history; nil if no variable says.
    var stateFolder: String?
    /// Whether it is there.
    var hasStateFolder = false
    /// Why it cannot be used.
    var stateProblem: String?
    /// Why it is perhaps not the one that was meant: what a variable names is not there.
    var stateDoubt: String?
    /// The kind of the file system that it is on; nil if that is not known.
    var fileSystem: String?
    var journal = Journal.none
    /// The database that hosts share the journal in, without a password; nil where it is a file.
    var database: String?
    /// Whether its user may write there.
    var mayWriteDatabase = true
    /// How many outcomes wait on this machine to be handed over to it.
    var keptOutcomes = 0
    /// The number of lock files; nil without a folder.
    var lockFiles: Int?
    /// The runs that hold a lock of their own, `pid 12, run 5f3c…, since …`.
    var lockHolders: [String] = []
    var inputIsTerminal = false
    var outputIsTerminal = false
    var errorIsTerminal = false
    var columns: Int?
    /// `TERM`.
    var terminalName: String?
    /// The first that is set of `LC_ALL`, `LC_CTYPE` and `LANG`.
    var locale: String?
}

extension MachineFacts {
    /// The findings; `spelling` writes names.
    func findings(_ spelling: Spelling) -> [Diagnosis] {
        var found = [programs]
        if let problem {
            let hint = problem.hint.isEmpty ? "mend what it names" : problem.hint
            found.append(
                .wrong("settings", spelling.foreign(problem.message), try: spelling.foreign(hint))
            )
        }
        return found + [state(spelling), journal(spelling)]
            + (database.map { [shared($0, spelling)] } ?? []) + [locks(spelling), terminal]
    }

    private var programs: Diagnosis {
        switch libcurl {
        case .success(let text): .good("programs", "vmoon \(version), libcurl \(text)")
        case .failure(let error):
            .wrong(
                "programs",
                "vmoon \(version), and no libcurl: \(error.message)",
                try: "install libcurl.so.4 (Debian: libcurl4)"
            )
        }
    }

    private func state(_ spelling: Spelling) -> Diagnosis {
        guard let stateFolder else {
            return .wrong(
                "state",
                "no variable says where journal and locks are",
                try: StandardFolders.hint
            )
        }
        if let stateProblem {
            return .wrong(
                "state",
                spelling.text(stateProblem),
                try: StandardFolders.hint(on: "journal and locks")
            )
        }
        if let stateDoubt {
            return .odd(
                "state",
                spelling.text(stateDoubt),
                try:
                    "the first change makes it, if it may; or set VMOON_STATE_DIR to the one you mean"
            )
        }
        let place = spelling.name(stateFolder)
        let kind = fileSystem.map { " (\(Display.escape($0)))" } ?? ""
        let rest = hasStateFolder ? "" : ", not there yet: the first change makes it"
        return .good("state", place + kind + rest)
    }

    private func journal(_ spelling: Spelling) -> Diagnosis {
        switch journal {
        case .none: .good("journal", "none yet: the first change makes it")
        case .there(let runs, 0):
            .good("journal", "\(runs == 1 ? "1 run" : "\(runs) runs"), no open operation")
        case .there(let runs, let open):
            .odd(
                "journal",
                "\(runs) runs, and of \(open) operations it is not known whether they happened",
                try: "vmoon reconcile"
            )
        case .unusable(let message, let hint):
            .wrong("journal", spelling.text(message), try: spelling.text(hint))
        }
    }

    /// The database that the journal is in; whether it can be reached, the line before tells.
    private func shared(_ database: String, _ spelling: Spelling) -> Diagnosis {
        let place =
            spelling.mask == nil ? Display.escape(database) : "a database, whose name is masked"
        if case .unusable = journal {
            return .unseen("database", because: "it cannot be used as it is: \(place)")
        }
        guard mayWriteDatabase else {
            return .wrong(
                "database",
                "\(place), and its user may only read there",
                try: "the user needs the right to create and write the schema vmoon"
            )
        }
        guard keptOutcomes == 0 else {
            let what = keptOutcomes == 1 ? "an outcome is" : "\(keptOutcomes) outcomes are"
            return .odd(
                "database",
                "\(place); \(what) kept on this machine, since it was away",
                try: "vmoon reconcile"
            )
        }
        return .good("database", place)
    }

    /// File systems on which `flock` may hold on one machine only, or not at all.
    private static let shared: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "9p", "afs", "fuse.sshfs", "fuse.s3fs", "virtiofs",
    ]

    private func locks(_ spelling: Spelling) -> Diagnosis {
        if stateFolder == nil || stateProblem != nil {
            return .unseen("locks", because: "there is no folder for them")
        }
        let count = lockFiles ?? 0
        if let fileSystem, Self.shared.contains(fileSystem) {
            return .odd(
                "locks",
                "\(count) files on \(Display.escape(fileSystem)), where a lock may hold on one machine only",
                try: "VMOON_STATE_DIR names a folder on a disk of this machine"
            )
        }
        let files = count == 1 ? "1 file" : "\(count) files"
        let holders = lockHolders.map { "; held by \(spelling.run($0))" }.joined()
        return .good("locks", files + holders)
    }

    private var terminal: Diagnosis {
        let streams = [
            ("input", inputIsTerminal), ("output", outputIsTerminal), ("error", errorIsTerminal),
        ]
        let names = streams.filter(\.1).map(\.0)
        guard !names.isEmpty else { return .good("terminal", "none") }
        let name = terminalName ?? ""
        let width = columns.map { ", \($0) columns" } ?? ""
        let text = "\(names.joined(separator: ", ")): \(Display.escape(name))\(width)"
        if name.isEmpty || name == "dumb" {
            return .odd(
                "terminal",
                name.isEmpty ? "TERM is not set" : "TERM is dumb: no colours, and a plain prompt",
                try: "set TERM to what the terminal is, such as xterm-256color"
            )
        }
        let isUTF8 = locale.map { $0.lowercased().replacing("-", with: "").hasSuffix("utf8") }
        guard isUTF8 == true else {
            return .odd(
                "terminal",
                "\(text); the locale is \(locale.map(Display.escape) ?? "not set"), and vmoon writes UTF-8",
                try: "set LANG to a locale of UTF-8, such as C.UTF-8"
            )
        }
        return .good("terminal", text)
    }

    /// The holders, by what their files say, that hold a `flock` by the text of `/proc/locks`.
    ///
    /// No lock is tried for that: another run would find it held for that moment.
    static func holders(_ files: [String], in locks: String) -> [String] {
        let processes = Set(
            locks.split(separator: "\n").compactMap { line -> Int32? in
                let fields = line.split(separator: " ")
                // `1: FLOCK  ADVISORY  WRITE 12 08:01:131 0 EOF`; who waits has an arrow there.
                return fields.count > 4 && fields[1] == "FLOCK" ? Int32(fields[4]) : nil
            }
        )
        return files.compactMap(RunLock.Holder.init).filter { processes.contains($0.process) }
            .map(\.description)
    }

    /// The kind of the file system that a path is on, by the text of `/proc/self/mounts`.
    static func fileSystem(of path: String, in mounts: String) -> String? {
        var best: (length: Int, kind: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let point = fields[1].replacing("\\040", with: " ")
            let isAbove = path == point || point == "/" || path.hasPrefix(point + "/")
            // Of two at the same place the later one is seen.
            if isAbove, point.utf8.count >= best?.length ?? 0 {
                best = (point.utf8.count, String(fields[2]))
            }
        }
        return best?.kind
    }
}
