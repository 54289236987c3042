/// One option as data: parsing, help, completions and the manual page are all derived from it.
public struct Flag: Sendable {
    /// The type of an option's value.
    public enum Kind: Sendable, Equatable {
        /// No value: it is given or not.
        case toggle
        case text
        /// The name of a file.
        case path
        /// The address of a vCenter. It may contain a password, so messages never show all of it.
        case address
        /// A public key, `sha256//BASE64`.
        case pin
        case duration(atLeast: Duration)
        case size(atLeast: Int)
        case count(ClosedRange<Int>)
        /// The name of a lock.
        case lockName
        /// A shard: `2/8`.
        case shard
        case choice([String])
    }

    /// The headings of help.
    public enum Category: String, Sendable, CaseIterable {
        case script = "Running Lua"
        case connection = "Connection"
        case trust = "Trust"
        case limits = "Limits"
        case safety = "Safety"
        case unattended = "Unattended runs"
        case output = "Output and logs"
        case information = "Information"
    }

    /// The commands that accept an option.
    public enum Availability: Sendable {
        /// Scripts, the prompt and every sub-command.
        case everywhere
        /// Scripts and the prompt only.
        case scripts
    }

    /// The option.
    public let option: Option
    /// The name after `--`; nil for the options of lua(1), which have a letter only.
    public let name: String?
    /// The letter after `-`.
    public let short: Character?
    /// The type of its value.
    public let kind: Kind
    /// The name of its value in help.
    public let placeholder: String
    /// Its heading in help.
    public let category: Category
    /// One line of help.
    public let summary: String
    /// Further text for `--help` and the manual; may be empty.
    public let detail: String
    /// The variables that supply it, the strongest first.
    public let environment: [String]
    /// The default as help shows it; nil where it is "off" or "none".
    public let defaultValue: OptionValue?
    /// Whether each occurrence adds a value; otherwise the last one counts.
    public let isRepeatable: Bool
    /// Its key in a profile and in `session{…}`; nil if it is not allowed there.
    public let profileKey: String?
    /// The commands that accept it.
    public let availability: Availability

    init(
        _ option: Option,
        _ name: String?,
        short: Character? = nil,
        _ kind: Kind = .toggle,
        _ placeholder: String = "",
        in category: Category,
        _ summary: String,
        detail: String = "",
        environment: [String] = [],
        default defaultValue: OptionValue? = nil,
        isRepeatable: Bool = false,
        profileKey: String? = nil,
        availability: Availability = .scripts
    ) {
        self.option = option
        self.name = name
        self.short = short
        self.kind = kind
        self.placeholder = placeholder
        self.category = category
        self.summary = summary
        self.detail = detail
        self.environment = environment
        self.defaultValue = defaultValue
        self.isRepeatable = isRepeatable
        self.profileKey = profileKey
        self.availability = availability
    }

    /// The option's name in messages: `--timeout`, `-e`.
    public var spelling: String { name.map { "--\($0)" } ?? short.map { "-\($0)" } ?? "" }

    /// Its default value, as it would be written.
    public var defaultText: String? { defaultValue?.spelled }

    /// Whether it takes a value.
    public var takesValue: Bool { kind != .toggle }

    /// The allowed values, if they are a list.
    var choices: [String] { if case .choice(let names) = kind { names } else { [] } }

    /// The row of an option; nil if there is none.
    static func row(_ option: Option) -> Flag? { all.first { $0.option == option } }

    /// All rows, in the order of help.
    public static let all: [Flag] =
        scriptRows + connectionRows + trustRows + limitRows + safetyRows + unattendedRows
        + outputRows + informationRows
}
