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
        /// Any other SQLite error.
        case failed
    }

    /// The kind of failure.
    public let kind: Kind
    /// One line: what was attempted, on which file, and the error.
    public let message: String
    /// SQLite's extended result code; 0 if SQLite was not involved.
    public let code: Int32

    /// Makes an error.
    public init(_ kind: Kind, _ message: String, code: Int32 = 0) {
        self.kind = kind
        self.message = message
        self.code = code
    }

    /// One line for a person.
    public var description: String { message }

    /// Advice on what to try.
    public var hint: String {
        switch kind {
        case .notWritable: "VMOON_STATE_DIR names the folder; it must be yours, with mode 0700"
        case .full: "make room on the disk"
        case .corrupted: "move the file away after `vmoon runs` or a backup has told what is open"
        case .locked: "another vmoon or a backup holds it; try again"
        case .tooNew: "use the newest vmoon that was used with this folder"
        case .failed: "see the message"
        }
    }
}
