internal import Posix
internal import VSphere

/// Finds the test files that a command line names.
enum TestFiles {
    static let suffix = "_test.lua"
    private static let depthLimit = 32

    /// The named files, and those whose names end in `_test.lua` in the named folders, sorted within each.
    /// - Returns: The paths, each once.
    /// - Throws: `SettingsError` for a missing file, and if there is no test at all.
    static func find(_ paths: [String], in world: World) throws(SettingsError) -> [String] {
        var found: [String] = []
        for path in paths {
            do throws(PosixError) {
                if try world.listFolder(path) != nil {
                    found += try walk(path, for: suffix, in: world)
                } else {
                    found.append(path)
                }
            } catch {
                throw SettingsError(
                    error.description,
                    hint: "vmoon test takes files and folders",
                    exitCode: .notFound
                )
            }
        }
        guard !found.isEmpty else {
            throw SettingsError(
                "there is no file named *\(suffix) in \(paths.joined(separator: ", "))",
                hint: "tests stand in files such as workflow_test.lua",
                exitCode: .notFound
            )
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }
    }

    /// The files in a folder and its subfolders with a given ending; hidden ones are left out.
    static func walk(
        _ folder: String,
        for suffix: String,
        in world: World,
        depth: Int = 0
    ) throws(PosixError) -> [String] {
        guard depth < depthLimit else { return [] }
        var found: [String] = []
        let stem = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
        for name in try world.listFolder(folder) ?? [] where !name.hasPrefix(".") {
            if name.hasSuffix(suffix) {
                found.append(stem + name)
            } else if !name.contains("."), !world.isLink(stem + name) {
                // A link may lead in a circle, or out of the named folder.
                // An unreadable subfolder is skipped; a folder that was named itself is an error.
                found += (try? walk(stem + name, for: suffix, in: world, depth: depth + 1)) ?? []
            }
        }
        return found
    }
}
