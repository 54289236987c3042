internal import Posix
internal import Text

/// Where the journal lies, for commands that only read it.
extension World {
    /// The folder of the journal that there is; where none can be, that is said.
    /// - Returns: Nil where there is nothing to read.
    func journalFolder() -> String? {
        if let folder = StandardFolders.state(environment), hasJournal(in: folder) { return folder }
        if let problem = journalProblem { warn(problem) }
        return nil
    }

    /// Whether there is a journal: a run that only reads must not make one.
    private func hasJournal(in folder: String) -> Bool {
        do throws(PosixError) {
            _ = try readFile("\(folder)/journal.db", 0)
            return true
        } catch {
            // Anything but its absence is for SQLite to say: larger than nothing, above all.
            return !error.isNotFound
        }
    }

    /// Why there can be no journal where the environment says that it lies; nil where one may
    /// simply not be there yet.
    var journalProblem: String? {
        guard let folder = StandardFolders.state(environment) else {
            return "it is not known where the journal is: \(StandardFolders.hint)"
        }
        let names = ["VMOON_STATE_DIR", "STATE_DIRECTORY", "XDG_STATE_HOME", "HOME"]
        for name in names {
            guard var named = environment.nonEmpty(name) else { continue }
            if name == "STATE_DIRECTORY" { named = String(named.prefix { $0 != ":" }) }
            guard folder.hasPrefix(named) else { continue }
            let shown = "\(name) names \(Display.escape(named))"
            do throws(PosixError) {
                guard try listFolder(named) == nil else { return nil }
                return "no journal: \(shown), which is no folder; set VMOON_STATE_DIR to one"
            } catch {
                let reason = error.isNotFound ? "which is not there" : "which cannot be read"
                return "no journal: \(shown), \(reason); set VMOON_STATE_DIR to its folder"
            }
        }
        return nil
    }
}
