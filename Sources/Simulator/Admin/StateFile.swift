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

    /// Makes one; nothing is written yet.
    ///
    /// A quiet one does not say when writing fails.
    init(path: String, isQuiet: Bool) {
        self.path = path
        self.isQuiet = isQuiet
    }

    /// Looks whether the file has one name, and whether one can be made beside it.
    /// - Throws: `ProgramError` with code 78: a simulator that forgets is not what was asked for.
    func checkFolder() throws(ProgramError) {
        var status = stat()
        // It is replaced under this name, and locked by it: by another name it would be another file.
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

    /// Keeps other simulators off the file, as long as this process lives.
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
    /// One of an older generation than the last one written is left out.
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
