internal import Posix
internal import Text

/// The place of the journal, for commands that only read it.
extension World {
    /// The folder of the existing journal; reports it if none is possible.
    /// - Returns: Nil if there is nothing to read.
    func journalFolder() -> String? {
        if let folder = StandardFolders.state(environment), hasJournal(in: folder) { return folder }
        if let problem = journalProblem { warn(problem) }
        return nil
    }

    /// Whether there is a journal: a run that only reads must not create one.
    private func hasJournal(in folder: String) -> Bool {
        do throws(PosixError) {
            _ = try readFile("\(folder)/journal.db", 0)
            return true
        } catch {
            // Any other error, usually that the file is larger than 0 bytes, means that it exists.
            return !error.isNotFound
        }
    }

    /// Why there can be no journal in the folder given by the environment; nil if one may
    /// simply not exist yet.
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
