import Glibc

/// Folders for private state.
public enum Folder {
    /// Makes a folder that only its owner may enter, with the folders above it, and verifies it.
    ///
    /// A link to a folder is followed (systemd's `StateDirectory` is one), but its target must
    /// be ours and closed to others: it is checked through the open folder, not by name. A folder
    /// that is open to others is refused and not repaired: its contents may have been planted.
    /// - Parameter path: The folder.
    /// - Throws: If it cannot be made, is not ours, or is open to others.
    public static func makePrivate(_ path: String) throws(PosixError) {
        try make(path)
        let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY, operation: "use folder")
        let status = try File.status(of: folder, path: path)
        guard status.owner == geteuid() else {
            throw PosixError(
                "use folder",
                path: path,
                code: EPERM,
                reason: "it belongs to another user"
            )
        }
        guard status.mode & 0o077 == 0 else {
            let shown = String(status.mode, radix: 8)
            throw PosixError(
                "use folder",
                path: path,
                code: EPERM,
                reason: "others may enter it (mode \(shown)); chmod 700 closes it"
            )
        }
    }

    /// The names in a folder.
    /// - Parameter path: The folder.
    /// - Returns: The names in it, sorted, without `.` and `..`; nil if the path is not a folder.
    /// - Throws: `isNotFound`, `isNotPermitted` and any other system error.
    public static func names(in path: String) throws(PosixError) -> [String]? {
        guard let folder = opendir(SystemText.name(path)) else {
            if errno == ENOTDIR { return nil }
            throw .current("read", path: path)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                SystemText.text(of: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a new folder, which only its owner may enter, in the first of some folders that allows it.
    /// - Parameter folders: Where it may be.
    /// - Returns: Its path.
    /// - Throws: Why the last of them does not allow it.
    public static func makeTemporary(in folders: [String]) throws(PosixError) -> String {
        var problem = PosixError("make folder", code: ENOENT)
        for folder in folders {
            var name = SystemText.name("\(folder)/vmoon-XXXXXX")
            let made = name.withUnsafeMutableBufferPointer {
                $0.baseAddress.flatMap { mkdtemp($0) }
            }
            if let made { return SystemText.text(of: made) }
            problem = .current("make folder", path: folder)
        }
        throw problem
    }

    /// Removes a folder with everything in it; a link in it is removed, and not followed.
    /// - Parameter path: The folder.
    /// - Throws: What cannot be removed.
    public static func removeAll(_ path: String) throws(PosixError) {
        for name in try names(in: path) ?? [] {
            let entry = "\(path)/\(name)"
            var raw = stat()
            let isFolder =
                lstat(SystemText.name(entry), &raw) == 0 && raw.st_mode & S_IFMT == S_IFDIR
            if isFolder { try removeAll(entry) } else { try File.remove(entry) }
        }
        guard rmdir(SystemText.name(path)) == 0 else { throw .current("remove", path: path) }
    }

    /// Whether a name is a symbolic link.
    public static func isLink(_ path: String) -> Bool {
        var raw = stat()
        return lstat(SystemText.name(path), &raw) == 0 && raw.st_mode & S_IFMT == S_IFLNK
    }

    /// Makes a folder and its parents, each 0700; an existing one is not changed.
    private static func make(_ path: String) throws(PosixError) {
        guard mkdir(SystemText.name(path), 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .current("make folder", path: path)
        }
        try make(String(path[..<slash]))
        guard mkdir(SystemText.name(path), 0o700) == 0 || errno == EEXIST else {
            throw .current("make folder", path: path)
        }
    }
}
