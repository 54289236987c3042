internal import Text
internal import VSphere

/// The results of reads after a change became doubtful: its item, its machine, or the objects with its name.
///
/// The reads are not one atomic step: a request that is still on its way may be carried out between two of
/// them. So the order of reads matters, and an observation never combines two rounds.
public struct Observation: Sendable, Equatable {
    /// A live version.
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
        /// Its time, as the server writes it.
        public var time: String
        /// Its author, if the server says.
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
        /// The user who checked it out; nil if not read.
        public var user: String?
        /// The time of the check-out, as the server writes it; nil if not read.
        public var time: String?
        /// The machine's name; nil if not read.
        public var name: String?
        /// Why user, time or name could not be read, on one line; nil without a problem.
        public var problem: String?

        /// Makes a check-out.
        public init(
            _ vm: String,
            user: String? = nil,
            time: String? = nil,
            name: String? = nil,
            problem: String? = nil
        ) {
            self.vm = vm
            self.user = user
            self.time = time
            self.name = name
            self.problem = problem
        }

        /// The machine, its user and time; safe to show.
        var line: String {
            let called = name.map { " (\(Display.escape($0)))" } ?? ""
            let holder = Display.escape(user ?? "an unknown user")
            let since = time.map { " since \(Display.escape($0))" } ?? ""
            return "\(Display.escape(vm))\(called) is checked out by \(holder)\(since)"
        }
    }

    /// The state of an item.
    public struct State: Sendable, Equatable {
        /// The latest version; nil if the server does not say.
        public var latest: String?
        /// The live versions.
        public var versions: [Version]
        /// The machines that are checked out.
        public var checkOuts: [CheckOut]

        /// Makes a state.
        public init(latest: String?, versions: [Version], checkOuts: [CheckOut]) {
            self.latest = latest
            self.versions = versions
            self.checkOuts = checkOuts
        }

        /// The version that has this machine as its template.
        public func version(heldBy vm: String) -> Version? {
            versions.first { MachineName.isSame($0.template, vm) }
        }

        /// The check-out of a machine.
        public func checkOut(of vm: String) -> CheckOut? {
            checkOuts.first { MachineName.isSame($0.vm, vm) }
        }
    }

    /// The state of a machine.
    public struct Machine: Sendable, Equatable {
        /// Its power state; nil if not asked for.
        public var power: String?

        /// Makes a machine.
        public init(power: String? = nil) { self.power = power }
    }

    /// A question for the vCenter.
    public enum Question: Sendable, Equatable {
        /// The history of the item.
        case history
        /// The state of the item.
        case state
        /// The state of the machine.
        case machine
        /// The objects that have the name.
        case named
        /// Whether the object is as the change wants it.
        case settings
    }

    /// The answer to a question.
    public enum Answer: Sendable, Equatable {
        case history(Part<[Change]>)
        case state(Part<State>)
        case machine(Part<Machine>)
        /// The identifiers of the objects that have the name.
        case named(Part<[String]>)
        /// Whether the object is as the change wants it.
        case settings(Part<Bool>)
    }

    /// The part of an observation that one question fills.
    public enum Part<Content: Sendable & Equatable>: Sendable, Equatable {
        case unread
        case read(Content)
        /// It could not be read now; one line says why.
        case failed(String)
        /// This vCenter has no such data.
        case unavailable
        /// The item or machine does not exist any more.
        case gone

        /// The content, if it was read.
        public var content: Content? { if case .read(let content) = self { content } else { nil } }
    }

    /// The history.
    public private(set) var history: Part<[Change]> = .unread
    /// The state of the item.
    public private(set) var state: Part<State> = .unread
    /// The machine.
    public private(set) var machine: Part<Machine> = .unread
    /// The identifiers of the objects that have the name.
    public private(set) var named: Part<[String]> = .unread
    /// Whether the object is as the change wants it.
    public private(set) var settings: Part<Bool> = .unread
    /// Whether the history was read after the state: then it includes the changes that led to that state.
    public private(set) var isHistoryNewer = false

    /// Makes an empty observation.
    public init() {}

    /// Stores an answer.
    public mutating func take(_ answer: Answer) {
        switch answer {
        case .history(let part):
            history = part
            isHistoryNewer = state != .unread
        case .state(let part):
            state = part
            isHistoryNewer = false
        case .machine(let part): machine = part
        case .named(let part): named = part
        case .settings(let part): settings = part
        }
    }
}

/// Names of users, which vCenter writes in two ways: `VSPHERE.LOCAL\alice` and
/// `alice@vsphere.local`.
enum UserName {
    /// Whether two names are of the same user; a name without a domain matches any domain.
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
