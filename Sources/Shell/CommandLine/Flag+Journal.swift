internal import Journal
internal import Text
internal import VSphere

extension Flag {
    /// The options for a journal that several hosts share.
    static let journalRows: [Flag] = [
        Flag(
            .journal,
            "journal",
            .address,
            "URL",
            in: .unattended,
            "Keep the journal in a database that hosts share.",
            detail: """
                postgres://USER@HOST/DATABASE, as libpq reads it, with its sslmode, service files and PGPASSFILE; a \
                password in it is accepted in the variable only. Items and --lock are then claimed for all hosts. \
                Without the database nothing is changed (\(ExitCode.cannotCreateState.rawValue)); what was sent before is followed to its end, and \
                handed over later. Without this option the journal is a file in the state folder.
                """,
            environment: ["VMOON_JOURNAL"],
            profileKey: "journal",
            availability: .everywhere
        ),
        Flag(
            .lease,
            "lease",
            .duration(atLeast: .seconds(1)),
            "TIME",
            in: .unattended,
            "How long a host that is not heard of keeps what it claimed.",
            detail: """
                With --journal: three times in this time each process says that it lives. One that did not may be taken \
                over, and sends nothing any more.
                """,
            environment: ["VMOON_LEASE"],
            default: .duration(SharedJournal.usualLease),
            profileKey: "lease",
            availability: .everywhere
        ),
        Flag(
            .runName,
            "run-name",
            .text,
            "NAME",
            in: .unattended,
            "The name of this run: those with the same one are its copies.",
            detail: """
                share(list) hands each item to one of them, in a journal that hosts share. Another night needs another \
                name: what is done under a name stays done.
                """,
            environment: ["VMOON_RUN_NAME"]
        ),
    ]
}
