/// Why the journal could not be used.
public struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Kind: Sendable, Equatable {
        /// The folder or the file cannot be created, opened or written.
        case notWritable
        /// The disk or the quota is full.
        case full
        /// The file is not a journal, or is damaged.
        case corrupted
        /// Another process locked it for too long.
        case locked
        /// A newer version of vmoon made it.
        case tooNew
        /// The database cannot be reached, or the connection to it broke.
        case away
        /// The claim that the write depends on has gone to another run meanwhile.
        case lost
        /// Any other error of SQLite or PostgreSQL.
        case failed
    }

    /// The kind of failure.
    public let kind: Kind
    /// One line: what was attempted, on which file, and the error.
    public let message: String
    /// SQLite's extended result code; 0 if SQLite was not involved.
    public let code: Int32
    /// PostgreSQL's SQLSTATE; empty if it gave none.
    let state: String
    private let advice: String?

    /// Makes an error.
    public init(
        _ kind: Kind,
        _ message: String,
        code: Int32 = 0,
        state: String = "",
        hint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.code = code
        self.state = state
        advice = hint
    }

    /// One line for a person.
    public var description: String { message }

    /// Advice on what to try.
    public var hint: String {
        if let advice { return advice }
        return switch kind {
        case .notWritable: "VMOON_STATE_DIR names the folder; it must be yours, with mode 0700"
        case .full: "make room on the disk"
        case .corrupted: "move the file away after `vmoon runs` or a backup has told what is open"
        case .locked: "another vmoon or a backup holds it; try again"
        case .tooNew: "use the newest vmoon that was used with this folder"
        case .away: "see that the database is up: `psql` with the same URL tells more"
        case .lost: "another run has taken over; vmoon runs tells which"
        case .failed: "see the message"
        }
    }
}
