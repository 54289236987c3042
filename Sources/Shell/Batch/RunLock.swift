internal import Bindings
internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// The lock of `--lock`: only one run with a name at a time.
///
/// It is `flock` on a file of the state folder, which is released when its holder ends in any way; the file is
/// never removed. The text in the file about the holder is for people; no decision depends on it. With a journal that
/// hosts share it is a claim there, for all of them.
final class RunLock {
    /// The holder of a lock.
    struct Holder: Equatable {
        var process: Int32
        var run: String
        var since: String

        /// The line of the file.
        var text: String { "pid \(process) run \(run) since \(since)\n" }

        init(process: Int32, run: String, since: String) {
            self.process = process
            self.run = run
            self.since = since
        }

        /// Reads the line; nil if it is not one of ours.
        init?(_ text: String) {
            let words =
                text.split(separator: "\n").first?.split(separator: " ").map(String.init) ?? []
            guard words.count == 6, words[0] == "pid", words[2] == "run", words[4] == "since",
                let process = Int32(words[1])
            else { return nil }
            self.init(
                process: process,
                run: Display.escape(words[3]),
                since: Display.escape(words[5])
            )
        }

        /// `pid 12, run 5f3c…, since 2026-11-21T10:11:12.345Z`.
        var description: String { "pid \(process), run \(run), since \(since)" }
    }

    private let file: LockFile?

    private init(_ file: LockFile?) { self.file = file }

    /// Takes the lock, waiting for it as long as the options allow, but not beyond the deadline.
    ///
    /// Meanwhile signals have their default action: there is nothing to clean up.
    /// - Returns: The lock; nil if none is asked for.
    /// - Throws: If it is held (try again), the deadline came first, or there is no folder for locks.
    static func take(
        _ options: RunOptions,
        runID: String,
        _ world: World
    ) throws(SettingsError) -> RunLock? {
        guard let name = options.lock else { return nil }
        let wait = min(options.lockWait, options.deadline ?? options.lockWait)
        if let shared = world.sharedJournal {
            shared.name(run: runID)
            if let holder = try claim(name, within: wait, shared) {
                throw isHeld(name, by: holder, options)
            }
            return RunLock(nil)
        }
        let file = try open(name, world)
        let isOurs: Bool
        do throws(PosixError) {
            isOurs = try file.lock(within: wait, now: world.monotonicTime)
        } catch {
            throw failure(error)
        }
        guard isOurs else {
            let holder = Holder((try? file.contents(limit: 1000)) ?? "")
            throw isHeld(name, by: holder?.description ?? "", options)
        }
        let holder = Holder(
            process: world.processNumber,
            run: runID,
            since: Timestamp.text(world.wallTime())
        )
        // Only the message of a refused run suffers if this fails.
        try? file.replaceContents(holder.text)
        return RunLock(file)
    }

    /// The error where another run has the lock.
    private static func isHeld(
        _ name: String,
        by holder: String,
        _ options: RunOptions
    ) -> SettingsError {
        if let deadline = options.deadline, deadline < options.lockWait {
            return SettingsError(
                "the deadline was reached while the lock \(name) was waited for",
                exitCode: .deadline
            )
        }
        let known = holder.isEmpty ? "" : " (\(holder))"
        let hasWaited = options.lockWait > .zero
        return SettingsError(
            "the lock \(name) is held by another run\(known)"
                + (hasWaited ? ", also after --lock-wait" : ""),
            hint: hasWaited ? "" : "--lock-wait waits for it",
            exitCode: .tryAgain
        )
    }

    /// Claims the lock for all hosts.
    /// - Returns: Who has it; nil if we have it now.
    private static func claim(
        _ name: String,
        within wait: Duration,
        _ shared: SharedJournal
    ) throws(SettingsError) -> String? {
        try SettingsError.ofJournal { () throws(JournalError) in
            switch try shared.leases().takeNow(SharedJournal.key(lock: name), within: wait) {
            case .taken, .rows: return nil
            case .held(let holder): return Display.escape(holder)
            case .failed(let error): throw error
            }
        }
    }

    /// Releases the lock, and removes the text about the holder; a claim is given back with all others.
    func release() {
        try? file?.replaceContents("")
        file?.unlock()
    }

    /// The name of the lock that a file of the folder of locks is; nil for the lock of an item.
    static func name(ofFile file: String) -> String? {
        guard file.hasPrefix("run."), file.hasSuffix(".lock"), file.count > 9 else { return nil }
        return String(file.dropFirst(4).dropLast(5))
    }

    private static func open(_ name: String, _ world: World) throws(SettingsError) -> LockFile {
        guard let folder = StandardFolders.state(world.environment) else {
            throw SettingsError(
                "no folder is named for the lock \(name)",
                hint: StandardFolders.hint,
                exitCode: .cannotCreateState
            )
        }
        do throws(PosixError) {
            try world.makePrivateFolder(folder)
            try world.makePrivateFolder("\(folder)/locks")
            // The dot distinguishes it from the locks of items, whose names have none.
            return try world.openLock("\(folder)/locks/run.\(name).lock")
        } catch {
            throw failure(error)
        }
    }

    private static func failure(_ error: PosixError) -> SettingsError {
        SettingsError(
            "the lock: \(Display.escape(error.description))",
            hint: StandardFolders.hint(on: "the locks"),
            exitCode: .cannotCreateState
        )
    }
}
