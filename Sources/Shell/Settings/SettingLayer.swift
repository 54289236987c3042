internal import Text
import VSphere

/// The settings of one source, which are combined with those of other sources.
struct SettingLayer {
    /// The source of settings: it decides whether a bad one is a usage or a configuration error.
    enum Origin: Equatable {
        /// `session{…}`.
        case arguments
        case commandLine
        case profile(String)
        /// `VMOON_*`.
        case environment
        /// `GOVC_*`: used only if `GOVC_URL` supplied the vCenter.
        case govc
        /// The connection data of an operation in the journal.
        case journal

        var exitCode: ExitCode { if case .profile = self { .configuration } else { .usage } }
    }

    /// A value, and its name in messages.
    struct Setting {
        let value: OptionValue
        let name: String
    }

    let origin: Origin
    var settings = OptionTable<Setting>()
    /// A password given directly: `VMOON_PASSWORD`, or a secret in `session{…}`.
    var password: PasswordSource?

    init(_ origin: Origin) { self.origin = origin }

    /// The options of the command line.
    init(_ invocation: Invocation) {
        self.init(.commandLine)
        for (option, value) in invocation.options {
            settings[option] = Setting(value: value, name: Flag.row(option)?.spelling ?? "")
        }
    }

    /// The variables of one family, `VMOON_` or `GOVC_`.
    init(
        _ environment: [String: String],
        family: Origin,
        password: Secret?
    ) throws(SettingsError) {
        self.init(family)
        let prefix = family == .govc ? "GOVC_" : "VMOON_"
        for flag in Flag.all {
            for name in flag.environment where name.hasPrefix(prefix) {
                guard let text = environment.nonEmpty(name) else { continue }
                let value =
                    family == .govc ? flag.govcValue(text) : try flag.environmentValue(text, name)
                if let value { settings[flag.option] = Setting(value: value, name: name) }
            }
        }
        guard let password else { return }
        self.password =
            family == .govc
            ? .govc(password)
            : .known(Secret(password.reveal(), from: .place("VMOON_PASSWORD")))
    }

    /// The entries of a Lua table: a profile, or the arguments of `session{…}`.
    init(_ table: [String: SettingValue], _ origin: Origin, home: String?) throws(SettingsError) {
        self.init(origin)
        let known = Flag.all.filter { $0.profileKey != nil }
        for (key, value) in table.sorted(by: { $0.key < $1.key }) {
            if key == "password" {
                password = try Self.password(value, origin)
                continue
            }
            guard let flag = known.first(where: { $0.profileKey == key }) else {
                let names = known.compactMap(\.profileKey)
                let guess = Suggestion.nearest(to: key, among: names)
                throw SettingsError(
                    "\(origin.label) has no setting \(key.quotedForMessage)",
                    hint: guess.map { "did you mean \($0)?" }
                        ?? "there are \(names.sorted().joined(separator: ", "))",
                    exitCode: origin.exitCode
                )
            }
            let name = "\(origin.label), \(key)"
            do throws(UsageError) {
                let value = try flag.tableValue(value, name, home: home)
                settings[flag.option] = Setting(value: value, name: name)
            } catch {
                throw SettingsError(error.message, hint: error.hint, exitCode: origin.exitCode)
            }
        }
    }

    private static func password(
        _ value: SettingValue,
        _ origin: Origin
    ) throws(SettingsError) -> PasswordSource {
        guard origin == .arguments else {
            throw SettingsError(
                "\(origin.label) holds a password, which belongs into a file of its own",
                hint: "use password_file or password_command",
                exitCode: .configuration
            )
        }
        switch value {
        case .secret(var secret):
            secret.source = .place("session{ password = … }")
            return .known(secret)
        case .string(let text) where !text.isEmpty:
            return .known(Secret(text, from: .place("session{ password = … }")))
        default:
            throw SettingsError(
                "session: password is \(value.typeName)",
                hint: "give a secret or a string",
                exitCode: .usage
            )
        }
    }
}

extension SettingLayer.Origin {
    var label: String {
        switch self {
        case .arguments: "session"
        case .profile(let name): "profile \(name.quotedForMessage)"
        case .commandLine: "the command line"
        case .environment, .govc: "the environment"
        case .journal: "the journal"
        }
    }
}

extension Flag {
    /// The value of one of our variables.
    ///
    /// A toggle is on with 1 and off with 0.
    func environmentValue(
        _ text: String,
        _ name: String
    ) throws(SettingsError) -> OptionValue {
        if kind == .toggle {
            switch text.lowercased() {
            case "1", "true": return .toggle(true)
            case "0", "false": return .toggle(false)
            default:
                throw SettingsError(
                    "\(name): \(text.quotedForMessage) is refused: it is neither 1 nor 0",
                    exitCode: .usage
                )
            }
        }
        do throws(UsageError) {
            return try value(text, spelling: name)
        } catch {
            throw SettingsError(error.message, hint: error.hint, exitCode: .usage)
        }
    }

    /// The value of one of govc's variables, read as govc reads it: any toggle but 1 and true is off, and the
    /// authorities are a list of files separated by colons.
    fileprivate func govcValue(_ text: String) -> OptionValue? {
        switch option {
        case .insecure: ["1", "true"].contains(text.lowercased()) ? .toggle(true) : nil
        case .caFile: .texts(text.split(separator: ":").map(String.init))
        default: .text(text)
        }
    }

    /// A value from Lua: durations may also be numbers of seconds, sizes numbers of bytes, as
    /// everywhere in our Lua functions.
    ///
    /// In a profile a file may begin with `~/`, which no shell expands there.
    fileprivate func tableValue(
        _ value: SettingValue,
        _ name: String,
        home: String?
    ) throws(UsageError) -> OptionValue {
        switch (kind, value) {
        case (.toggle, .boolean(let isOn)): return .toggle(isOn)
        case (.toggle, _): break
        case (.duration, .integer(let seconds)):
            // Larger values are refused by the parser anyway.
            return try self.value("\(max(min(seconds, 1 << 40), 0))s", spelling: name)
        case (.duration, .number(let seconds)) where seconds >= 0 && seconds < 1e9:
            return try self.value("\(Int64(seconds * 1000))ms", spelling: name)
        case (.size, .integer(let number)), (.count, .integer(let number)):
            return try self.value("\(number)", spelling: name)
        case (.pin, .list(let values)):
            var pins: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw wrongType(value, name) }
                pins += try self.value(text, spelling: name).texts ?? []
            }
            return .texts(pins)
        case (.path, .string(let text)) where text.hasPrefix("~/"):
            return try self.value((home ?? "~") + text.dropFirst(), spelling: name)
        case (_, .string(let text)): return try self.value(text, spelling: name)
        default: break
        }
        throw wrongType(value, name)
    }

    private func wrongType(_ value: SettingValue, _ name: String) -> UsageError {
        let wanted =
            switch kind {
            case .toggle: "true or false"
            case .duration: "a number of seconds or a string such as \"30s\""
            case .size: "a number of bytes or a string such as \"64M\""
            case .count: "a number"
            case .pin: "a string or a list of strings"
            default: "a string"
            }
        return UsageError("\(name): \(value.typeName) is refused", hint: "give \(wanted)")
    }
}
