internal import Glibc
internal import JSON
internal import Synchronization

/// The file of `--state`: replaced as a whole, so that it is never half written.
final class StateFile: Sendable {
    private let path: String
    private let isQuiet: Bool
    private let saved = Mutex(0)
    /// The new file, before it is renamed to the old one.
    private var temporary: String { path + ".new" }

    /// Makes the object; nothing is written yet.
    ///
    /// A quiet one does not report that writing failed.
    init(path: String, isQuiet: Bool) {
        self.path = path
        self.isQuiet = isQuiet
    }

    /// Checks that the file has only one name, and that a new one can be made beside it.
    /// - Throws: `ProgramError` with code 78: the user asked for a state that is kept.
    func checkFolder() throws(ProgramError) {
        var status = stat()
        // It is replaced and locked under this name: another name would lead to another file.
        if lstat(path, &status) == 0 {
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            guard !isLink, status.st_mode & S_IFMT != S_IFREG || status.st_nlink == 1 else {
                let what = isLink ? "is a symbolic link" : "has another name too (a hard link)"
                throw ProgramError(78, "\(path) \(what); name a file of its own for the state")
            }
        }
        guard FileText.write("", to: temporary, mode: 0o600) else {
            throw ProgramError(78, "cannot write the state to \(path): \(World.lastError)")
        }
        unlink(temporary)
    }

    /// Keeps other simulators from using the file, as long as this process exists.
    ///
    /// The file itself is replaced with each change, so a lock on it would not last.
    /// - Throws: `ProgramError` with code 75: two would overwrite each other's changes.
    func lock() throws(ProgramError) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        guard errno == EWOULDBLOCK else { return }
        close(descriptor)
        throw ProgramError(75, "another vmoon-sim keeps its state in \(path)")
    }

    /// Writes an inventory beside the file and renames it into place, before the change is answered.
    ///
    /// An inventory of an older generation than the last one written is ignored.
    func save(_ inventory: Inventory, generation: Int) {
        saved.withLock { saved in
            guard generation > saved else { return }
            saved = generation
            let text = JSONEncoder(.indented).encode(InventoryWriter(inventory: inventory).document)
            if !FileText.write(text + "\n", to: temporary, mode: 0o600)
                || rename(temporary, path) != 0
            {
                if isQuiet { return }
                World.warn("cannot write the state to \(path): \(World.lastError)")
            }
        }
    }
}
