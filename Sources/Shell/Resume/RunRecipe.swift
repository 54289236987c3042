internal import JSON
internal import Posix
internal import Text
internal import VSphere

/// The data to start a run again: script, arguments, options and connection, without a secret.
struct RunRecipe {
    /// The working directory, and the script as it was named there.
    var folder: String
    var script: String
    /// Its arguments; nil where one of them looked like a secret and was not kept.
    var arguments: [String]?
    /// The SHA-256 of its text.
    var digest: String
    /// The names of its steps, as they are written in it.
    var stepNames: [String]
    /// The words of the command line before the script, the program's name left out.
    var options: [String]
    /// The variables that connections come from.
    var variables: [String: String]
    /// The vCenter that each profile stood for, and by "" that of a session without a name.
    var addresses: [String: String]

    /// The recipe of a run; nil for one that is no script in a file, or that has code on its command line.
    ///
    /// The text is read at once: what runs must not be mistaken for what the file has later.
    init?(
        _ invocation: Invocation,
        _ world: World,
        text: [UInt8]?,
        addresses: () -> [String: String],
        cleaned: (String) -> String
    ) {
        guard case .script(let path) = invocation.mode, invocation.canBeContinued,
            let folder = try? world.workingDirectory(), let text
        else { return nil }
        self.folder = folder
        script = path
        let kept = invocation.scriptArguments.withoutTelltaleSecrets.map(cleaned)
        arguments = kept == invocation.scriptArguments ? kept : nil
        digest = SHA256.hex(text)
        stepNames = StepNames.written(in: text).map(cleaned)
        options = Self.words(of: invocation) { $0.isKept }
        self.addresses = addresses()
        variables = [:]
        for name in Self.variableNames {
            if let value = world.environment.nonEmpty(name) { variables[name] = value }
        }
    }

    /// Whether the run was held to a plan.
    var isHeldToPlan: Bool { options.contains { $0.hasPrefix("--plan=") } }

    /// The largest script that is looked at.
    static var scriptLimit: Int { 16 << 20 }

    /// The variables that connections come from; none of them holds a secret once the settings are read.
    static var variableNames: [String] {
        // The journal is the one in which the run was found.
        Flag.all.filter { $0.option != .journal && ($0.availability == .everywhere || $0.isKept) }
            .flatMap(\.environment)
    }

    /// Options as words of a command line.
    static func words(of invocation: Invocation, where isWanted: (Flag) -> Bool) -> [String] {
        var words: [String] = []
        for action in invocation.actions {
            switch action {
            case .require(let module, let global): words += ["-l", "\(global)=\(module)"]
            case .warningsOn: words.append("-W")
            case .execute: break
            }
        }
        if invocation.ignoresEnvironment { words.append("-E") }
        for (option, value) in invocation.options {
            guard let flag = Flag.row(option), flag.name != nil, isWanted(flag) else { continue }
            switch value {
            case .toggle(let isOn): if isOn { words.append(flag.spelling) }
            case .texts(let texts): words += texts.map { "\(flag.spelling)=\($0)" }
            default: words.append("\(flag.spelling)=\(value.spelled)")
            }
        }
        return words
    }

    /// The command line that continues the run.
    /// - Parameter given: The invocation of `vmoon resume`: its options take the place of those kept.
    /// - Returns: The words behind the program's name.
    func words(overriddenBy given: Invocation) -> [String] {
        let names = given.options.compactMap { Flag.row($0.option)?.spelling }
        let kept = options.filter { word in
            !names.contains { word == $0 || word.hasPrefix("\($0)=") }
        }
        return kept + Self.words(of: given) { !Self.ofResume.contains($0.option) }
            + ["--", script] + (arguments ?? [])
    }

    /// The options that `vmoon resume` has for itself.
    private static let ofResume: [Option] = [.scriptName, .acceptChanges]

    /// Puts the variables of the run in place of the present ones.
    func restore(in world: inout World) {
        for name in Self.variableNames {
            let value = variables[name]
            // The password that a variable holds now is looked up anew.
            if let value, let now = world.environment[name], now != value,
                Endpoint.withoutPassword(now) == value
            {
                continue
            }
            world.environment[name] = value
            if let value { world.replaceVariable(name, value) } else { world.removeVariable(name) }
        }
    }
}

extension Invocation {
    /// Whether the run is one of a script in a file, and of nothing else.
    var canBeContinued: Bool {
        guard case .script = mode else { return false }
        return self[.execute] == nil && !entersPrompt && self[.sim] == nil && self[.replay] == nil
    }

    /// The same with every file named from the root, as is the state folder: before another folder is entered.
    func withAbsolutePaths(in world: inout World) throws(SettingsError) -> Invocation {
        var result = self
        for (option, value) in options where Flag.row(option)?.kind == .path {
            if let path = value.text { result.options[option] = .text(try world.absolute(path)) }
        }
        for name in ["VMOON_STATE_DIR", "STATE_DIRECTORY", "VMOON_PASSWORD_FILE"] {
            guard let path = world.environment.nonEmpty(name), !path.hasPrefix("/") else {
                continue
            }
            let absolute = try world.absolute(path)
            world.environment[name] = absolute
            world.replaceVariable(name, absolute)
        }
        return result
    }
}

extension World {
    /// The name of a file from the root.
    func absolute(_ path: String) throws(SettingsError) -> String {
        guard !path.hasPrefix("/") else { return path }
        do throws(PosixError) {
            return "\(try workingDirectory())/\(path)"
        } catch {
            throw SettingsError(Display.escape(error.description), exitCode: .notFound)
        }
    }
}

extension Flag {
    /// Whether a run that is continued has the option again as it was.
    ///
    /// Time limits, logs and reports are those of the command that continues it.
    fileprivate var isKept: Bool {
        switch option {
        case .deadline, .sim, .replay, .record, .dryRun: false
        case .lock, .lockWait, .shard, .runName: true
        default: [.connection, .trust, .limits, .safety].contains(category)
        }
    }
}

extension RunRecipe {
    /// The text that the journal keeps.
    var text: String {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        func table(_ texts: [String: String]) -> JSONValue {
            let sorted = texts.sorted { $0.key < $1.key }
            return .object(sorted.map { JSONValue.Member($0.key, .string($0.value)) })
        }
        return JSONEncoder().encode(
            .object([
                .init("folder", .string(folder)), .init("script", .string(script)),
                .init("arguments", arguments.map(list) ?? .null),
                .init("sha256", .string(digest)), .init("steps", list(stepNames)),
                .init("options", list(options)),
                .init("variables", table(variables)), .init("vcenters", table(addresses)),
            ])
        )
    }

    /// Reads such a text; nil if it is none.
    init?(_ text: String) {
        guard let tree = try? JSONValue(parsing: text), let folder = tree["folder"]?.string,
            let script = tree["script"]?.string, let digest = tree["sha256"]?.string
        else { return nil }
        func list(_ name: String) -> [String]? { tree[name]?.array?.compactMap(\.string) }
        self.folder = folder
        self.script = script
        self.digest = digest
        arguments = list("arguments")
        stepNames = list("steps") ?? []
        options = list("options") ?? []
        func table(_ name: String) -> [String: String] {
            var texts: [String: String] = [:]
            for member in tree[name]?.members ?? [] { texts[member.name] = member.value.string }
            return texts
        }
        variables = table("variables")
        addresses = table("vcenters")
    }
}
