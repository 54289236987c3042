internal import Changes
internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// Tells that a run is at work, and keeps it from being continued meanwhile: `flock` on a file that is named after the
/// first of the runs that continue one another.
final class RunHold {
    private let world: World
    private var file: LockFile?
    /// Whether it is claimed in a journal that hosts share.
    private var isClaimed = false
    /// Why it is not known whether somebody else has it there.
    private var doubt: JournalError?
    /// The process that holds it, where that is another one: ` (pid 12, run 5f3c…, since …)`.
    private(set) var holder = ""

    init(_ world: World) { self.world = world }

    /// Takes the lock; nothing happens if we hold it.
    /// - Parameters:
    ///   - run: The first of the runs that continue one another.
    ///   - wait: The longest wait for another holder.
    /// - Returns: Whether nobody else holds it.
    /// - Throws: If there can be no lock.
    func take(_ run: String, within wait: Duration = .zero) throws(PosixError) -> Bool {
        if let shared = world.sharedJournal { return claim(run, within: wait, shared) }
        guard file == nil, let folder = StandardFolders.state(world.environment) else {
            return true
        }
        try world.makePrivateFolder("\(folder)/locks")
        let lock = try world.openLock("\(folder)/locks/\(Self.beginning)\(run)\(Self.ending)")
        guard try lock.lock(within: wait) else {
            let found = RunLock.Holder((try? lock.contents(limit: 1000)) ?? "")
            holder = found.map { " (\($0.description))" } ?? ""
            return false
        }
        file = lock
        return true
    }

    /// Claims a run for all hosts; where the database is away, what is done with the journal next says so better.
    private func claim(_ run: String, within wait: Duration, _ shared: SharedJournal) -> Bool {
        guard !isClaimed else { return true }
        do throws(JournalError) {
            switch try shared.leases().takeNow(SharedJournal.key(run: run), within: wait) {
            case .held(let by):
                holder = " (\(Display.escape(by)))"
                return false
            case .failed(let error): throw error
            case .taken, .rows: isClaimed = true
            }
        } catch {
            doubt = error
        }
        return true
    }

    /// Whether somebody holds the lock of a run.
    func isAlive(_ run: String) -> Bool {
        guard let folder = StandardFolders.state(world.environment),
            world.isReadable("\(folder)/locks/\(Self.beginning)\(run)\(Self.ending)")
        else { return false }
        return (try? take(run)) == false
    }

    /// Removes the file of a run that nobody continues any more: one that still opens it finds in the journal that
    /// nothing is left to do.
    func remove() { try? file?.remove() }

    /// Removes the files of runs that were killed, or that nobody went on with: one that a process holds stays.
    ///
    /// Whoever continues such a run makes its file anew.
    /// - Parameters:
    ///   - folder: The folder of the locks.
    ///   - world: The surroundings.
    static func removeLeft(in folder: String, of world: World) {
        let names = (try? world.listFolder(folder)).flatMap { $0 } ?? []
        for name in names where name.hasPrefix(beginning) && name.hasSuffix(ending) {
            guard let lock = try? world.openLock("\(folder)/\(name)"),
                (try? lock.tryLock()) == true
            else { continue }
            try? lock.remove()
        }
    }

    /// Locks of items have no dot in their names, those of --lock begin with `run.`.
    private static let (beginning, ending) = ("resume.", ".lock")

    /// Takes the lock for a run that is about to be recorded.
    func hold(_ run: RunRecord) -> VSphereError? {
        do throws(PosixError) {
            // Somebody who lists runs may look at that moment whether it is held.
            guard try take(run.first, within: .seconds(1)) else {
                return VSphereError(.journal, "another vmoon continues this run")
            }
            if world.sharedJournal != nil, !isClaimed, let doubt {
                let kind: ErrorKind = doubt.kind == .lost ? .conflict : .journal
                return VSphereError(kind, Display.escape(doubt.message), hint: doubt.hint)
            }
            let holder = RunLock.Holder(
                process: run.process,
                run: run.identifier,
                since: Timestamp.text(run.started)
            )
            // Only the message to somebody who is refused suffers if this fails.
            try? file?.replaceContents(holder.text)
            return nil
        } catch {
            let hint = StandardFolders.hint(on: "the locks")
            return VSphereError(.journal, Display.escape(error.description), hint: hint)
        }
    }
}

/// The run that another one continues.
struct RunContinuation {
    /// The latest of the runs that continue one another.
    let previous: RunRecord
    /// The steps and changes that they have made.
    let history: StepHistory
    /// The lock on them.
    let hold: RunHold
    /// The vCenter that each profile stood for when the first of them began, and by "" that of a session without a
    /// name.
    let addresses: [String: String]

    /// Refuses to go on at another vCenter: what the steps have kept are objects of the first one.
    ///
    /// The parameter has the vCenters of now by the same names.
    func check(_ now: [String: String]) throws(SettingsError) {
        for (name, address) in addresses.sorted(by: { $0.key < $1.key }) where now[name] != address
        {
            let what = name.isEmpty ? "the vCenter" : "profile \(name.quotedForMessage)"
            let other = now[name].map { "is \(Display.escape($0)) now" } ?? "is not there now"
            throw SettingsError(
                "\(what) \(other), and was \(Display.escape(address)) when the run began",
                hint:
                    "what its steps have kept is of that one; --accept-changes goes on all the same",
                exitCode: .conflict
            )
        }
    }
}
