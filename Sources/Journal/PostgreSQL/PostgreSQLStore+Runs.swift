/// Reading runs.
extension PostgreSQLStore {
    /// The runs of a choice with what became of their changes, newest first.
    public func summaries(_ query: RunQuery) throws(JournalError) -> [RunSummary] {
        let (condition, values) = query.condition(for: .postgresql)
        func count(_ condition: String) -> String { "count(*) FILTER (WHERE \(condition))" }
        let sql = """
            SELECT \(RunRecord.columns(after: 5)), done, refused, unsettled, vcenters
            FROM vmoon.run
            LEFT JOIN LATERAL (
                SELECT \(count(Schema.isDone())) AS done, \(count(Schema.isRefused())) AS refused,
                    \(count(Schema.isUnsettled())) AS unsettled
                FROM vmoon.operation o WHERE o.run = run.id) counts ON true
            LEFT JOIN LATERAL (
                SELECT string_agg(vcenter, ' ' ORDER BY first) AS vcenters FROM (
                    SELECT vcenter, min(number) AS first FROM vmoon.operation o
                    WHERE o.run = run.id GROUP BY vcenter) places) places ON true
            WHERE \(condition) ORDER BY number DESC LIMIT ?
            """
        let all = values + [.integer(Int64(query.limit))]
        return try read { (database) throws(JournalError) in
            try database.rows(Self.numbered(sql), all) { Self.summary($0) }
        }
    }

    private static func summary(_ row: PostgreSQLConnection.Row) -> RunSummary {
        let counts = ChangeCounts(
            done: Int(row.integer(12) ?? 0),
            refused: Int(row.integer(13) ?? 0),
            unknown: Int(row.integer(14) ?? 0)
        )
        let vcenters = (row.text(15) ?? "").split(separator: " ").map(String.init)
        return RunSummary(RunRecord(row), changes: counts, vcenters: vcenters)
    }

    /// Whether the user of the database may write here: into the schema, or make it where there is none.
    public func mayWrite() throws(JournalError) -> Bool {
        let found = try read { (database) throws(JournalError) in
            try database.rows(
                """
                SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'
                    AND CASE WHEN to_regclass('vmoon.run') IS NOT NULL
                        THEN has_table_privilege('vmoon.run', 'INSERT') AND has_table_privilege('vmoon.claim', 'INSERT')
                        ELSE coalesce(has_schema_privilege(to_regnamespace('vmoon'), 'CREATE'),
                            has_database_privilege(current_database(), 'CREATE')) END
                """
            ) { $0.text(0) == "t" }
        }
        return found == [true]
    }

    /// The runs that have not ended, newest first: each is at work, or was killed.
    public func unendedRuns() throws(JournalError) -> [RunRecord] {
        try runs("ended IS NULL ORDER BY number DESC", [])
    }

    /// The runs whose identifier begins with a text, newest first.
    public func runs(startingWith prefix: String, limit: Int) throws(JournalError) -> [RunRecord] {
        try runs(
            "starts_with(id, $1) ORDER BY number DESC LIMIT $2",
            [.text(prefix), .integer(Int64(limit))]
        )
    }

    /// The runs that continue one another, from the first on; empty if there is no such run.
    public func runs(since run: String) throws(JournalError) -> [RunRecord] {
        try runs("id = $1 OR origin = $1 ORDER BY number", [.text(run)])
    }

    /// The runs that were held to a plan, by its SHA-256, the oldest first.
    public func runs(heldTo plan: String) throws(JournalError) -> [RunRecord] {
        try runs("plan = $1 ORDER BY number", [.text(plan)])
    }

    private func runs(
        _ condition: String,
        _ values: [Database.Value]
    ) throws(JournalError) -> [RunRecord] {
        try read { (database) throws(JournalError) in
            try database.rows(
                "SELECT \(RunRecord.columns(after: 5)) FROM vmoon.run WHERE \(condition)",
                values
            ) { RunRecord($0) }
        }
    }

    /// A statement with its places numbered, `$1`, `$2`, for each `?` in it.
    private static func numbered(_ sql: String) -> String {
        var number = 0
        return sql.split(separator: "?", omittingEmptySubsequences: false)
            .reduce(into: "") { text, part in
                if number > 0 { text += "$\(number)" }
                text += part
                number += 1
            }
    }
}
