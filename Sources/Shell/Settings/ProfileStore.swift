internal import Text
internal import VSphere

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

    /// The names of all profiles; none where the file cannot be read, or is not there.
    var names: [String] {
        guard let path = try? Self.path(world), let profiles = try? all(path) else { return [] }
        return profiles.keys.sorted()
    }

    /// Why the file cannot be used; nil if it can, or is not there.
    var problem: SettingsError? {
        do throws(SettingsError) {
            guard let path = try? Self.path(world),
                try ConfigurationFile.read(path, in: world) != nil
            else { return nil }
            _ = try all(path)
            return nil
        } catch {
            return error
        }
    }

    private func all(_ path: String) throws(SettingsError) -> [String: SettingValue] {
        if let table { return table }
        guard let text = try ConfigurationFile.read(path, in: world) else {
            throw SettingsError(
                "a profile is named, but there is no \(path)",
                hint: "profiles stand in that file",
                exitCode: .configuration
            )
        }
        switch load(text, "@\(path)") {
        case .success(let profiles):
            table = profiles
            return profiles
        case .failure(let failure):
            throw SettingsError(failure.message, exitCode: failure.exitCode)
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
