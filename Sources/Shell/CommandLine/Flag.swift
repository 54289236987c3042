/// One option as data: parsing, help, completions and the manual page all come from it.
public struct Flag: Sendable {
    /// What the option takes.
    public enum Kind: Sendable, Equatable {
        /// Nothing: it is there or not.
        case toggle
        case text
        /// The name of a file.
        case path
        /// The address of a vCenter. It may hold a password, so messages never show all of it.
        case address
        /// A public key, `sha256//BASE64`.
        case pin
        case duration(atLeast: Duration)
        case size(atLeast: Int)
        case count(ClosedRange<Int>)
        /// The name of a lock.
        case lockName
        /// One of several: `2/8`.
        case shard
        case choice([String])
    }

    /// Under which heading help lists it.
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

    /// Where it may be given.
    public enum Availability: Sendable {
        /// With scripts and with every sub-command.
        case everywhere
        /// With scripts and the prompt only.
        case scripts
    }

    /// Which option it is.
    public let option: Option
    /// The name after `--`; nil for the options of lua(1), which have a letter only.
    public let name: String?
    /// The letter after `-`.
    public let short: Character?
    /// What it takes.
    public let kind: Kind
    /// How help names its value.
    public let placeholder: String
    /// Under which heading it stands.
    public let category: Category
    /// One line of help.
    public let summary: String
    /// What `--help` and the manual say beyond that; may be empty.
    public let detail: String
    /// The variables that supply it, the strongest first.
    public let environment: [String]
    /// The default as help shows it; nil where it is "off" or "none".
    public let defaultValue: OptionValue?
    /// Whether each occurrence adds a value; otherwise the last one counts.
    public let isRepeatable: Bool
    /// Its key in a profile and in `session{…}`; nil where it has no place there.
    public let profileKey: String?
    /// Where it may be given.
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

    /// The option as messages name it: `--timeout`, `-e`.
    public var spelling: String { name.map { "--\($0)" } ?? short.map { "-\($0)" } ?? "" }

    /// What it has where it is not given, as somebody would write it.
    public var defaultText: String? { defaultValue?.spelled }

    /// Whether it takes a value.
    public var takesValue: Bool { kind != .toggle }

    /// The values it may have, where these are few.
    var choices: [String] { if case .choice(let names) = kind { names } else { [] } }

    /// The row of an option, nil where its feature is not there.
    static func row(_ option: Option) -> Flag? { all.first { $0.option == option } }

    /// All rows, in the order of help.
    public static let all: [Flag] =
        scriptRows + connectionRows + trustRows + limitRows + safetyRows + unattendedRows
        + outputRows + informationRows
}
