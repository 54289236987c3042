/// What a change is about to do, pinned before it is sent: the part of a journal's row that
/// decisions need.
///
/// The version or machine it names is a fencing token: identifiers are never used again, and each can be
/// consumed once. A request that is repeated with the same one can take effect at most once; naming
/// the target anew on a retry is the mistake that undoes a good roll-back.
public struct ChangeIntent: Sendable, Equatable {
    /// The changes that can be observed afterwards.
    public enum Kind: String, Sendable, CaseIterable {
        case rollback, checkIn, checkOut, deleteCheckOut, deleteVersion

        /// Whether its message reaches the history of the item, and with it the identifier.
        public var leavesMessage: Bool { self == .rollback || self == .checkIn }
    }

    /// The identifier of this operation, a UUID.
    public var identifier: String
    /// What it does.
    public var kind: Kind
    /// The item it is about.
    public var item: String
    /// Who does it, as the session was opened.
    public var user: String
    /// The version that is rolled back to, or deleted.
    public var version: String?
    /// The machine that is checked in, or discarded.
    public var vm: String?
    /// What the new machine of a check-out is to be called.
    public var name: String?
    /// The machine that held the target when it was looked at: the template of `version`, or
    /// `vm` itself; nil where the target was not there.
    public var holder: String?
    /// The machine that was checked out already, before a check-out.
    public var checkedOutBefore: String?
    /// The latest version when it was looked at.
    public var latestBefore: String?
    /// The newest entry of the history when it was looked at.
    public var newestBefore: String?

    /// Pins a change; the optional parts are set afterwards.
    public init(_ kind: Kind, identifier: String, item: String, user: String) {
        self.kind = kind
        self.identifier = identifier
        self.item = item
        self.user = user
    }
}

/// The mark of an operation in the message of a change.
public enum OperationToken {
    /// The message as it is sent: the mark first, because `short_message` keeps 80 characters.
    public static func message(_ text: String, marked identifier: String) -> String {
        mark(identifier) + " " + text
    }

    /// Whether a message carries the mark of an operation.
    public static func isMarked(_ message: String, by identifier: String) -> Bool {
        message.hasPrefix(mark(identifier))
    }

    private static func mark(_ identifier: String) -> String { "[vmoon:\(identifier)]" }
}
