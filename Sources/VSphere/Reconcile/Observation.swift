/// What was read about an item after a change became doubtful.
///
/// The reads are not one step: a request that is still on its way may be carried out between two of
/// them. So it counts which was read first, and an observation is never put together from two rounds.
public struct Observation: Sendable, Equatable {
    /// A version that is live.
    public struct Version: Sendable, Equatable {
        /// Its identifier.
        public var identifier: String
        /// The machine that holds it.
        public var template: String

        /// Makes a version.
        public init(_ identifier: String, template: String) {
            self.identifier = identifier
            self.template = template
        }
    }

    /// An entry of the item's history.
    public struct Change: Sendable, Equatable {
        /// The version it made.
        public var version: String
        /// When, as the server writes it.
        public var time: String
        /// Who made it, where the server says.
        public var user: String?
        /// The beginning of its message.
        public var message: String

        /// Makes an entry.
        public init(_ version: String, time: String, user: String?, message: String) {
            self.version = version
            self.time = time
            self.user = user
            self.message = message
        }
    }

    /// A machine that is checked out.
    public struct CheckOut: Sendable, Equatable {
        /// Its identifier.
        public var vm: String
        /// Who holds it; nil where that was not read.
        public var user: String?
        /// The machine's name; nil where that was not read.
        public var name: String?
        /// Why the one or the other could not be read, on one line; nil where nothing was amiss.
        public var problem: String?

        /// Makes a check-out.
        public init(
            _ vm: String,
            user: String? = nil,
            name: String? = nil,
            problem: String? = nil
        ) {
            self.vm = vm
            self.user = user
            self.name = name
            self.problem = problem
        }
    }

    /// What an item is now.
    public struct State: Sendable, Equatable {
        /// The latest version; nil where the server does not say.
        public var latest: String?
        /// The versions that are live.
        public var versions: [Version]
        /// The machines that are checked out.
        public var checkOuts: [CheckOut]

        /// Makes a state.
        public init(latest: String?, versions: [Version], checkOuts: [CheckOut]) {
            self.latest = latest
            self.versions = versions
            self.checkOuts = checkOuts
        }

        /// The version whose template a machine is.
        public func version(heldBy vm: String) -> Version? {
            versions.first { $0.template == vm }
        }
    }

    /// A part that is read with one question.
    public enum Part<Content: Sendable & Equatable>: Sendable, Equatable {
        case unread
        case read(Content)
        /// It could not be read now; one line says why.
        case failed(String)
        /// This vCenter has no such thing.
        case unavailable
        /// The item is not there any more.
        case itemGone

        /// The content, where it was read.
        public var content: Content? { if case .read(let content) = self { content } else { nil } }
    }

    /// The history.
    public private(set) var history: Part<[Change]> = .unread
    /// The state.
    public private(set) var state: Part<State> = .unread
    /// Whether the history was read after the state: then it holds whatever made the state.
    public private(set) var isHistoryNewer = false

    /// Makes an observation in which nothing was read yet.
    public init() {}

    /// Takes in what was read of the history.
    public mutating func take(history part: Part<[Change]>) {
        history = part
        isHistoryNewer = state != .unread
    }

    /// Takes in what was read of the state.
    public mutating func take(state part: Part<State>) {
        state = part
        isHistoryNewer = false
    }
}

/// Names of users, of which vCenter knows two spellings: `VSPHERE.LOCAL\alice` and
/// `alice@vsphere.local`.
enum UserName {
    /// Whether two names are of the same user; a name without a domain is of any.
    static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (parts(one), parts(other))
        guard one.name == other.name else { return false }
        return one.domain == other.domain || one.domain == nil || other.domain == nil
    }

    private static func parts(_ text: String) -> (name: String, domain: String?) {
        let text = text.lowercased()
        if let slash = text.firstIndex(of: "\\") {
            return (String(text[text.index(after: slash)...]), String(text[..<slash]))
        }
        guard let at = text.lastIndex(of: "@") else { return (text, nil) }
        return (String(text[..<at]), String(text[text.index(after: at)...]))
    }
}
