import Posix

/// The profiles of `config.lua`, read at most once and only when one is asked for.
final class ProfileStore {
    private let world: World
    private let load: Settings.ConfigurationLoader
    private var table: [String: SettingValue]?

    init(_ world: World, load: @escaping Settings.ConfigurationLoader) {
        self.world = world
        self.load = load
    }

    /// The settings of one profile.
    func profile(_ name: String) throws(SettingsError) -> SettingLayer {
        let path = try Self.path(world)
        let profiles = try all(path)
        guard let entry = profiles[name] else {
            let names = profiles.keys.sorted()
            let guess = Suggestion.nearest(to: name, among: names).map { "did you mean \($0)?" }
            throw SettingsError(
                "\(path) has no profile \(name.quotedForMessage)",
                hint: guess ?? "it has \(names.isEmpty ? "none" : names.joined(separator: ", "))",
                exitCode: .configuration
            )
        }
        guard case .table(let settings) = entry else {
            throw SettingsError(
                "\(path): profile \(name.quotedForMessage) is \(entry.typeName)",
                hint: "write \(name) = { vcenter = \"...\", user = \"...\" }",
                exitCode: .configuration
            )
        }
        let home = world.environment.nonEmpty("HOME")
        return try SettingLayer(settings, .profile(name), home: home)
    }

    private func all(_ path: String) throws(SettingsError) -> [String: SettingValue] {
        if let table { return table }
        let contents: File.Contents
        do throws(PosixError) {
            contents = try world.readFile(path, 1 << 20)
        } catch {
            throw SettingsError(
                error.description,
                hint: error.isNotFound ? "profiles stand in that file" : "",
                exitCode: .configuration
            )
        }
        // It is a program that names programs to run: whoever may write it could act as the user.
        try Self.verify(contents.status, path)
        switch load(contents.text, "@\(path)") {
        case .success(let profiles):
            table = profiles
            return profiles
        case .failure(let failure):
            throw SettingsError(failure.message, exitCode: .configuration)
        }
    }

    static func verify(_ status: File.Status, _ path: String) throws(SettingsError) {
        guard status.belongsToUserOrRoot else {
            throw SettingsError(
                "\(path) belongs to another user",
                hint: "make it yours, or root's",
                exitCode: .configuration
            )
        }
        guard !status.isWritableByOthers else {
            throw SettingsError(
                "\(path) is writable by others (mode \(String(status.mode, radix: 8)))",
                hint: "chmod go-w closes it",
                exitCode: .configuration
            )
        }
    }

    private static func path(_ world: World) throws(SettingsError) -> String {
        guard let folder = StandardFolders.configuration(world.environment) else {
            throw SettingsError(
                "a profile is named, but neither XDG_CONFIG_HOME nor HOME says where profiles are",
                exitCode: .configuration
            )
        }
        return "\(folder)/config.lua"
    }
}
