public import JSON

/// The arguments of a script, as its `options{…}` describes them: options by name, and words by their place.
///
/// Pure: the description comes as a tree, words go in, and values, help or a problem come out.
public struct ScriptOptions: Sendable, Equatable {
    /// The types of a value.
    public enum Kind: Sendable, Equatable {
        /// No value: it is given or not.
        case flag
        case string
        case number
        case integer
        /// A length of time, such as `1h30m`; the script gets seconds.
        case duration
        /// A number of bytes, such as `64M`.
        case size
        /// One of these words.
        case choice([String])
    }

    /// One option, or one word.
    public struct Entry: Sendable, Equatable {
        /// The key under which the script finds the value.
        public let name: String
        /// Its purpose, in a few words.
        public var summary = ""
        /// The type of the value, or of each where there may be several.
        public var kind = Kind.string
        /// Whether it may be given more than once; the script gets a list.
        public var isList = false
        /// Whether the script refuses to run without a value for it.
        public var isRequired = false
        /// The value where none is given; as it would be written.
        public var fallback: JSONValue?
        /// The letter after one dash.
        public var short: Character?
        /// The word for its value in help.
        public var placeholder = ""
        /// The least number.
        public var least: Double?
        /// The largest number.
        public var most: Double?

        /// Whether a part of the description is computed, so that only a run knows it.
        var isOpen = false

        init(_ name: String) { self.name = name }

        /// How it is written: `--resource-pool`.
        public var spelling: String { "--" + name.replacing("_", with: "-") }
    }

    /// The purpose of the script: a paragraph for each.
    public var about: [String] = []
    /// The words, in their order.
    public var words: [Entry] = []
    /// The options, by name.
    public var options: [Entry] = []

    /// A fault in a description, told to the author of the script.
    public struct Misuse: Error, Equatable {
        /// The mistake.
        public let message: String
        /// The hint: a better way to write it.
        public let hint: String?
    }
}
