internal import Changes
internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// The use of a plan, which is made once.
enum PlanUse {
    /// Makes sure that no other run is held to the plan now, and that none has changed something by it.
    ///
    /// The lock is to be kept while the run lives; there is none where there is no folder for it.
    static func take(_ digest: String, _ world: World) throws(SettingsError) -> LockFile? {
        if let shared = world.sharedJournal {
            try claim(digest, shared)
            try check(digest, world)
            return nil
        }
        guard let folder = StandardFolders.state(world.environment) else { return nil }
        let lock: LockFile
        let isOurs: Bool
        do throws(PosixError) {
            try world.makePrivateFolder(folder)
            try world.makePrivateFolder("\(folder)/locks")
            lock = try world.openLock("\(folder)/locks/plan.\(digest.prefix(16)).lock")
            isOurs = try lock.tryLock()
        } catch {
            throw SettingsError(
                Display.escape(error.description),
                hint: StandardFolders.hint(on: "the locks"),
                exitCode: .cannotCreateState
            )
        }
        guard isOurs else { throw isUsed }
        try check(digest, world)
        return lock
    }

    private static var isUsed: SettingsError {
        SettingsError(
            "another run is held to this plan now",
            hint: "wait for its end; a plan is used once",
            exitCode: .tryAgain
        )
    }

    /// Claims the plan for all hosts.
    private static func claim(_ digest: String, _ shared: SharedJournal) throws(SettingsError) {
        let answer = try SettingsError.ofJournal { () throws(JournalError) in
            let answer = try shared.leases().takeNow(SharedJournal.key(plan: digest))
            if case .failed(let error) = answer { throw error }
            return answer
        }
        if case .held = answer { throw isUsed }
    }

    private static func check(_ digest: String, _ world: World) throws(SettingsError) {
        var used: (run: RunRecord, count: Int)?
        do throws(JournalError) {
            guard let store = try world.journalStore() else { return }
            for run in try store.runs(heldTo: digest) where used == nil {
                let changes = try store.operations(ofRun: run.identifier)
                let count = changes.count { $0.mayHaveEffect }
                if count > 0 { used = (run, count) }
            }
        } catch {
            throw SettingsError(
                Display.escape(error.message),
                hint: error.hint,
                exitCode: .cannotCreateState
            )
        }
        guard let used else { return }
        let changes = used.count == 1 ? "a change" : "\(used.count) changes"
        throw SettingsError(
            "the plan was used: the run \(used.run.identifier) of "
                + "\(Timestamp.text(used.run.started)) made \(changes) of it, or may have",
            hint: "plan what is left: vmoon --dry-run --plan-out FILE script.lua args...",
            exitCode: .conflict
        )
    }
}
