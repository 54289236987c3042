public import Journal
internal import Posix
internal import Text
public import VSphere

/// How the changes of a run are recorded, locked and observed.
public struct ChangeSettings {
    /// A journal that can be written, and the folder of the item locks.
    public struct Place {
        let store: any JournalStore
        /// The folder of the locks; nil if no other process can work on the same items.
        let locks: String?
        /// The claims in a journal that hosts share, in place of the locks.
        let leases: Leases?
        let commits: (any Commits)?
        let claims: (any Claims)?

        /// Makes a place whose journal is written on a thread of its own.
        public init(_ store: any JournalStore, locks: String?) {
            self.store = store
            self.locks = locks
            leases = nil
            commits = nil
            claims = nil
        }

        /// Makes a place that other hosts share.
        public init(_ store: any JournalStore, leases: Leases) {
            self.store = store
            self.leases = leases
            locks = nil
            commits = nil
            claims = nil
        }

        /// Makes a place with given ways to commit and to claim.
        public init(_ store: any JournalStore, commits: any Commits, claims: any Claims) {
            self.store = store
            self.commits = commits
            self.claims = claims
            locks = nil
            leases = nil
        }
    }

    /// The record of this run in the journal.
    public var run = RunRecord(
        identifier: RandomIdentifier.make(),
        started: 0,
        script: "",
        arguments: [],
        host: "",
        process: 0
    )
    /// Opens the journal; called before the first change.
    public var open: () -> Swift.Result<Place, VSphereError> = {
        .success(Place(MemoryStore(), locks: nil))
    }
    /// The plan that the run is held to; nil for none.
    public var approved: ApprovedPlan?
    /// The limits for following a doubtful change.
    public var limits = ChangeCourse.Limits()
    /// How long to wait for another process that changes the same item.
    public var lockWait = usualLockWait
    /// Who shares the lists of `share` with this run.
    public var sharing = WorkShare.Scope.alone
    /// The steps as the runs that this one continues have left them.
    public var history = StepHistory()
    /// Takes the lock that tells that the run is at work, so that no other process continues it meanwhile; called
    /// before it is recorded.
    public var hold: (RunRecord) -> VSphereError? = { _ in nil }
    /// A text as the journal may keep it: without the secrets of the run, and what looks like one.
    public var cleaned: (String) -> String = { $0 }
    /// Script, arguments and options to start the run again with, as JSON; nil for a run that cannot be continued.
    public var recipe: () -> String? = { nil }

    /// How long to wait for another process, where nobody says.
    public static var usualLockWait: Duration { .zero }

    /// Makes settings that keep the journal in memory.
    public init() {}
}
