/// The tables of the journal, and the migration of older files.
enum Schema {
    /// The steps; the number of steps taken is stored in the file (`user_version`).
    private static let migrations: [[String]] = [
        [
            """
            CREATE TABLE run (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                started INTEGER NOT NULL,
                ended INTEGER,
                ending TEXT,
                script TEXT NOT NULL,
                arguments TEXT NOT NULL,
                host TEXT NOT NULL,
                process INTEGER NOT NULL
            ) STRICT
            """,
            """
            CREATE TABLE operation (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
                operation TEXT NOT NULL,
                vcenter TEXT NOT NULL,
                user TEXT NOT NULL,
                item TEXT NOT NULL,
                subject TEXT NOT NULL,
                version TEXT,
                vm TEXT,
                name TEXT,
                holder TEXT,
                checked_out_before TEXT,
                latest_before TEXT,
                newest_before TEXT,
                message TEXT,
                specification TEXT,
                intended INTEGER NOT NULL,
                deadline INTEGER NOT NULL,
                attempts INTEGER NOT NULL,
                outcome TEXT,
                result TEXT,
                detail TEXT,
                settled INTEGER
            ) STRICT
            """,
            "CREATE INDEX operation_of_run ON operation (run)",
            """
            CREATE INDEX open_operation ON operation (vcenter, item)
                WHERE outcome IS NULL OR outcome = 'unknown'
            """,
        ],
        [
            "ALTER TABLE operation ADD COLUMN named_before TEXT",
            "ALTER TABLE operation ADD COLUMN server_time INTEGER",
            "ALTER TABLE operation ADD COLUMN reply TEXT",
        ],
        // Where it is set, `detail` has the facts of a sentence; else, as before, a sentence.
        ["ALTER TABLE operation ADD COLUMN detail_key TEXT"],
        [
            "ALTER TABLE run ADD COLUMN continues TEXT",
            "ALTER TABLE run ADD COLUMN origin TEXT",
            "ALTER TABLE run ADD COLUMN recipe TEXT",
            "CREATE INDEX continued_run ON run (origin) WHERE origin IS NOT NULL",
            "ALTER TABLE operation ADD COLUMN step TEXT",
            "ALTER TABLE operation ADD COLUMN place INTEGER",
            "ALTER TABLE operation ADD COLUMN error TEXT",
            """
            CREATE TABLE step (
                number INTEGER PRIMARY KEY,
                run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                began INTEGER NOT NULL,
                ended INTEGER,
                result TEXT,
                failure TEXT,
                times TEXT NOT NULL,
                UNIQUE (run, name)
            ) STRICT
            """,
        ],
        ["ALTER TABLE run ADD COLUMN plan TEXT"],
        // The counts of a run are kept with it: a list of runs does not read all operations.
        [
            "ALTER TABLE operation ADD COLUMN item_name TEXT",
            "ALTER TABLE run ADD COLUMN done INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE run ADD COLUMN refused INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE run ADD COLUMN unsettled INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE run ADD COLUMN vcenters TEXT NOT NULL DEFAULT ''",
            """
            UPDATE run SET
                done = (SELECT count(*) FROM operation WHERE run = run.id AND \(isDone())),
                refused = (SELECT count(*) FROM operation WHERE run = run.id AND \(isRefused())),
                unsettled = (SELECT count(*) FROM operation WHERE run = run.id AND \(isUnsettled())),
                vcenters = coalesce((SELECT replace(group_concat(DISTINCT vcenter), ',', ' ')
                    FROM operation WHERE run = run.id), '')
            """,
            "CREATE INDEX unended_run ON run (number) WHERE ended IS NULL",
            """
            CREATE TRIGGER count_new AFTER INSERT ON operation BEGIN
                UPDATE run SET
                    done = done + (\(isDone("new."))),
                    refused = refused + (\(isRefused("new."))),
                    unsettled = unsettled + (\(isUnsettled("new."))),
                    vcenters = CASE
                        WHEN instr(' ' || vcenters || ' ', ' ' || new.vcenter || ' ') THEN vcenters
                        ELSE trim(vcenters || ' ' || new.vcenter) END
                WHERE id = new.run;
            END
            """,
            """
            CREATE TRIGGER count_settled AFTER UPDATE OF outcome ON operation
            WHEN old.outcome IS NOT new.outcome BEGIN
                UPDATE run SET
                    done = done + (\(isDone("new."))) - (\(isDone("old."))),
                    refused = refused + (\(isRefused("new."))) - (\(isRefused("old."))),
                    unsettled = unsettled + (\(isUnsettled("new."))) - (\(isUnsettled("old.")))
                WHERE id = new.run;
            END
            """,
        ],
        ["ALTER TABLE operation ADD COLUMN purges TEXT"],
        ["ALTER TABLE operation ADD COLUMN connection TEXT"],
    ]

    /// The condition that an operation counts as done; the parameter is `new.` or `old.` in a trigger.
    static func isDone(_ row: String = "") -> String { "coalesce(\(row)outcome, '') IN (\(done))" }

    /// The condition that it counts as not having happened.
    static func isRefused(_ row: String = "") -> String {
        "coalesce(\(row)outcome, '') IN (\(refused))"
    }

    /// The condition that it is still to be settled; what a later vmoon writes counts as that.
    static func isUnsettled(_ row: String = "") -> String {
        "coalesce(\(row)outcome, '') NOT IN (\(done), \(refused))"
    }

    private static let done = "'done', 'resolved_done'"
    private static let refused =
        "'rejected', 'not_sent', 'conflict', 'not_seen', 'resolved_not_applied', 'not_applied'"

    /// Migrates a file to the current schema, in one transaction.
    /// - Parameters:
    ///   - database: The file, open for writing.
    ///   - path: Its path, for messages.
    ///   - steps: The number of steps to reach; an earlier version of vmoon had fewer.
    /// - Throws: `.tooNew` for a file of a later version.
    static func update(
        _ database: Database,
        _ path: String,
        steps: Int = migrations.count
    ) throws(JournalError) {
        guard try version(of: database, path) < steps else { return }
        try database.transaction { () throws(JournalError) in
            // Another process may have migrated it meanwhile.
            let done = try version(of: database, path)
            for migration in migrations[..<steps].dropFirst(done) {
                for statement in migration { try database.run(statement) }
            }
            // A pragma takes no bound parameter.
            try database.run("PRAGMA user_version = \(steps)")
        }
    }

    /// The number of steps that a file has taken.
    /// - Throws: `.tooNew` for more than this version of vmoon has.
    static func version(of database: Database, _ path: String) throws(JournalError) -> Int {
        var version = 0
        try database.run("PRAGMA user_version") { version = Int($0.integer(0) ?? 0) }
        guard version <= migrations.count else {
            throw JournalError(.tooNew, "the journal \(path) was made by a newer vmoon")
        }
        return version
    }
}
