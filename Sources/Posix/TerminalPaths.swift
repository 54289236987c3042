import Glibc

/// File names, for completion at the prompt.
public enum TerminalPaths {
    /// The names in a folder, sorted, folders with a slash at the end; empty if it
    /// cannot be read.
    /// - Parameters:
    ///   - folder: The folder.
    ///   - limit: The most names.
    /// - Returns: The names without their folder.
    public static func names(in folder: String, limit: Int = 10_000) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            let isFolder =
                stat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            names.append(isFolder ? name + "/" : name)
        }
        return names.sorted()
    }
}
