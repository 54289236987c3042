import Posix
internal import VSphere

/// Lua files that run for the user without being named: `config.lua` and `init.lua`.
enum ConfigurationFile {
    /// Reads such a file, if it exists.
    ///
    /// It names programs to run and decides where passwords go: anyone who can write it can act as the
    /// user. So it must belong to the user or root, and be writable by nobody else.
    /// - Parameters:
    ///   - path: The file.
    ///   - world: The surroundings.
    /// - Returns: Its text; nil if the file does not exist.
    /// - Throws: If it cannot be read or is not safe to run.
    static func read(_ path: String, in world: World) throws(SettingsError) -> String? {
        let contents: File.Contents
        do throws(PosixError) {
            contents = try world.readFile(path, 1 << 20)
        } catch {
            if error.isNotFound { return nil }
            throw SettingsError(error.description, exitCode: .configuration)
        }
        guard contents.status.belongsToUserOrRoot else {
            throw SettingsError(
                "\(path) belongs to another user",
                hint: "make it yours, or root's",
                exitCode: .configuration
            )
        }
        guard !contents.status.isWritableByOthers else {
            let mode = String(contents.status.mode, radix: 8)
            throw SettingsError(
                "\(path) is writable by others (mode \(mode))",
                hint: "chmod go-w closes it",
                exitCode: .configuration
            )
        }
        return contents.text
    }
}
