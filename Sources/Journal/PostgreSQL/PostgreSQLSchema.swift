/// The tables of a journal in a database, all in the schema `vmoon`, and the migration of older ones.
enum PostgreSQLSchema {
    /// The SQLSTATE by which the database refuses a vmoon that is too old for it.
    static let tooNew = "VM001"

    /// The SQLSTATE by which it refuses somebody whose claims were taken over.
    static let takenOver = "VM002"

    /// The number that all vmoons lock while one of them migrates.
    private static let migrationLock = 8_654_211_703

    /// The steps; the number of steps taken is stored in `vmoon.schema`.
    static var migrations: [[String]] { [PostgreSQLTables.first] }

    /// The columns of the tables, in the order of their records.
    static let operationColumns = OperationRecord.columnNames.map { "\"\($0)\"" }
        .joined(separator: ", ")

    /// Brings the schema up to date; one vmoon at a time does it.
    /// - Parameters:
    ///   - database: The database.
    ///   - steps: The number of steps to reach; an earlier vmoon had fewer.
    /// - Throws: `.tooNew` for a schema of a later version.
    static func update(
        _ database: PostgreSQLConnection,
        steps: Int = migrations.count
    ) throws(JournalError) {
        guard try version(of: database) < steps else { return }
        try database.transaction { () throws(JournalError) in
            try database.run("SELECT pg_advisory_xact_lock(\(migrationLock))")
            // Another one may have done it meanwhile.
            let done = try version(of: database)
            guard done < steps else { return }
            if done == 0 {
                // Whoever may not make a schema can use one that was made for it.
                var isThere = false
                try database.run("SELECT FROM pg_namespace WHERE nspname = 'vmoon'") { _ in
                    isThere = true
                }
                if !isThere { try database.run("CREATE SCHEMA vmoon") }
                try database.run("CREATE TABLE vmoon.schema (steps integer NOT NULL)")
                try database.run("INSERT INTO vmoon.schema VALUES (0)")
            }
            for migration in migrations[..<steps].dropFirst(done) {
                for statement in migration { try database.run(statement) }
            }
            try database.run("UPDATE vmoon.schema SET steps = \(steps)")
        }
    }

    /// The number of steps that the schema has taken; 0 for none.
    /// - Throws: `.tooNew` for more than this version of vmoon has.
    static func version(of database: PostgreSQLConnection) throws(JournalError) -> Int {
        var isThere = false
        // Not to_regclass: it may remember that there was none before another vmoon made it.
        try database.run(
            """
            SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'vmoon' AND c.relname = 'schema'
            """
        ) { _ in isThere = true }
        guard isThere else { return 0 }
        var steps = 0
        try database.run("SELECT steps FROM vmoon.schema") { steps = Int($0.integer(0) ?? 0) }
        guard steps <= migrations.count else {
            throw JournalError(
                .tooNew,
                "the journal \(database.address) was made by a newer vmoon",
                hint: "use the newest vmoon that is used with this database"
            )
        }
        return steps
    }
}
