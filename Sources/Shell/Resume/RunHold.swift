internal import Changes
internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// Keeps a run with steps from being continued while it lives: `flock` on a file that is named after the first of the
/// runs that continue one another.
final class RunHold {
    private let world: World
    private var file: LockFile?

    init(_ world: World) { self.world = world }

    /// Takes the lock; nothing happens if we hold it.
    /// - Returns: Whether nobody else holds it.
    /// - Throws: If there can be no lock.
    func take(_ run: String) throws(PosixError) -> Bool {
        guard file == nil, let folder = StandardFolders.state(world.environment) else {
            return true
        }
        try world.makePrivateFolder("\(folder)/locks")
        // Locks of items have no dot in their names, those of --lock begin with run.
        let lock = try world.openLock("\(folder)/locks/resume.\(run).lock")
        guard try lock.tryLock() else { return false }
        file = lock
        return true
    }

    /// The same for a run that begins its first step.
    func hold(_ run: RunRecord) -> VSphereError? {
        do throws(PosixError) {
            guard try take(run.first) else {
                return VSphereError(.journal, "another vmoon continues this run")
            }
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
    /// What they have done.
    let history: StepHistory
    /// The lock on them.
    let hold: RunHold
}
