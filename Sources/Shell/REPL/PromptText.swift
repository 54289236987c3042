internal import Bindings
internal import LuaHost
internal import Text
internal import VSphere

/// The banner, and the prompt before each line.
struct PromptText {
    let settings: Settings

    /// At most three lines: the versions, the vCenter and the user, how to get help.
    var banner: [String] {
        [
            "vmoon \(Program.version), \(Interpreter.version)",
            connection,
            "help() lists the functions, .help the keys; Ctrl-D leaves",
        ]
    }

    private var connection: String {
        if settings.run.usesSimulator { return "a private simulator stands for every vCenter" }
        guard let endpoint else {
            return "no vCenter is named: session{ vcenter = \"…\", user = \"…\" } opens one"
        }
        let user = (try? settings.connection())?.profile.user ?? ""
        let whom = user.isEmpty ? "" : " as \(Display.escape(user))"
        return "\(endpoint)\(whom), logged in at the first call"
    }

    private var endpoint: String? {
        guard let endpoint = try? settings.endpoint() else { return nil }
        return Display.escape(endpoint.description)
    }

    /// The prompt before a line: the vCenter and the mode.
    func sign(_ sessions: [(vcenter: String, user: String)]) -> String {
        var place: String
        switch sessions.count {
        case 1: place = Display.escape(sessions[0].vcenter)
        case 2...: place = "\(sessions.count) sessions"
        default: place = endpoint ?? "vmoon"
        }
        if settings.run.usesSimulator { place = "sim" }
        let mode =
            switch settings.run.changes {
            case .allowed: ""
            case .planned: " [dry-run]"
            case .refused: " [read-only]"
            }
        return "\(place)\(mode)> "
    }
}
