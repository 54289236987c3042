/// The folders of our files, by the rules of the XDG base directory specification and of systemd.
public enum StandardFolders {
    /// The folder for journal, locks and history.
    ///
    /// It is the first of `VMOON_STATE_DIR`, `STATE_DIRECTORY`, `$XDG_STATE_HOME/vmoon`,
    /// `~/.local/state/vmoon` whose variable is set.
    /// - Parameter environment: The environment.
    /// - Returns: The folder, which need not exist; nil if no variable is set, not even `HOME`.
    public static func state(_ environment: [String: String]) -> String? {
        if let folder = environment.nonEmpty("VMOON_STATE_DIR") { return folder }
        // systemd.exec(5): several folders are separated by colons. The first is the unit's main one.
        let folders = environment.nonEmpty("STATE_DIRECTORY")?.split(separator: ":")
        if let first = folders?.first { return String(first) }
        return folder("XDG_STATE_HOME", orHome: ".local/state", environment)
    }

    /// The hint if no variable names a folder.
    static let hint = "set VMOON_STATE_DIR, XDG_STATE_HOME or HOME"

    /// The hint if the folder, or one in it, cannot be used.
    static func hint(on what: String) -> String {
        "VMOON_STATE_DIR names the folder of \(what); it must be yours, mode 0700"
    }

    /// The folder of `config.lua` and `init.lua`; nil where no variable says.
    public static func configuration(_ environment: [String: String]) -> String? {
        folder("XDG_CONFIG_HOME", orHome: ".config", environment)
    }

    private static func folder(
        _ variable: String,
        orHome path: String,
        _ environment: [String: String]
    ) -> String? {
        // The specification says that a relative path is invalid and must be ignored.
        if let base = environment.nonEmpty(variable), base.hasPrefix("/") { return "\(base)/vmoon" }
        return environment.nonEmpty("HOME").map { "\($0)/\(path)/vmoon" }
    }
}

extension [String: String] {
    /// The value of a variable; an empty one counts as unset.
    func nonEmpty(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
