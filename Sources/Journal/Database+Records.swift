extension Database {
    /// Carries out one write, inside a transaction.
    func write(_ write: JournalWrite) throws(JournalError) {
        switch write {
        case .begin(let run):
            try self.run(
                """
                INSERT OR IGNORE INTO run
                    (id, started, script, arguments, host, process, continues, origin, recipe, plan)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(run.identifier), .integer(run.started), .text(run.script),
                    .text(ArgumentText.join(run.arguments)), .text(run.host),
                    .integer(Int64(run.process)), .text(run.continues), .text(run.origin),
                    .text(run.recipe), .text(run.plan),
                ]
            )
        case .recipe(let run, let text):
            try self.run("UPDATE run SET recipe = ? WHERE id = ?", [.text(text), .text(run)])
        case .step(let step): try keep(step)
        case .intend(let operation, _): try intend(operation)
        case .attempt(let operation, let count, let deadline, let serverTime, _):
            try run(
                "UPDATE operation SET attempts = ?, deadline = ?, server_time = ? WHERE id = ?",
                [
                    .integer(Int64(count)), .integer(deadline), .integer(serverTime),
                    .text(operation),
                ]
            )
        case .settle(let operation, let settlement, let ifOpen):
            try run(
                """
                UPDATE operation
                SET outcome = ?, result = ?, detail = ?, detail_key = ?, reply = ?, error = ?, settled = ?
                WHERE id = ? AND (outcome IS NULL OR outcome = 'unknown' OR NOT ?)
                """,
                [
                    .text(settlement.outcome.rawValue), .text(settlement.result),
                    .text(settlement.detail.map { ArgumentText.join($0.facts) }),
                    .text(settlement.detail?.key), .text(settlement.reply),
                    .text(settlement.error), .integer(settlement.time), .text(operation),
                    .integer(ifOpen ? 1 : 0),
                ]
            )
        case .end(let run, let ending, let time):
            try self.run(
                "UPDATE run SET ended = ?, ending = ? WHERE id = ?",
                [.integer(time), .text(ending), .text(run)]
            )
        case .retire(let age):
            var latest: Int64?
            try run(
                """
                SELECT min(started) FROM (SELECT started FROM run ORDER BY number DESC LIMIT ?)
                """,
                [.integer(Int64(Retention.runs))]
            ) { latest = $0.integer(0) }
            if let latest { try forget(before: latest - age, unended: 0) }
        case .forget(let time):
            try forget(before: time, unended: Retention.unended.components.seconds * 1000)
        }
    }

    /// Deletes runs, those that continue one another together; those whose last has not ended are kept for some
    /// milliseconds longer.
    private func forget(before time: Int64, unended: Int64) throws(JournalError) {
        try run(
            """
            DELETE FROM run WHERE started < ?1
            AND NOT EXISTS (
                SELECT 1 FROM operation JOIN run other ON other.id = operation.run
                WHERE coalesce(other.origin, other.id) = coalesce(run.origin, run.id)
                    AND (outcome IS NULL OR outcome = 'unknown'))
            AND NOT EXISTS (
                SELECT 1 FROM run other
                WHERE (other.id = coalesce(run.origin, run.id) OR other.origin = coalesce(run.origin, run.id))
                    AND (other.started >= ?1 OR other.ended IS NULL AND other.started >= ?1 - ?2
                        AND NOT EXISTS (
                            SELECT 1 FROM run later
                            WHERE later.origin = coalesce(run.origin, run.id) AND later.number > other.number)))
            """,
            [.integer(time), .integer(unended)]
        )
    }

    private func keep(_ step: StepRecord) throws(JournalError) {
        try run(
            """
            INSERT INTO step (run, name, began, ended, result, failure, times)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (run, name) DO UPDATE
            SET began = ?3, ended = ?4, result = ?5, failure = ?6, times = ?7
            """,
            [
                .text(step.run), .text(step.name), .integer(step.began), .integer(step.ended),
                .text(step.result), .text(step.failure),
                .text(step.times.map(String.init).joined(separator: " ")),
            ]
        )
    }

    private func intend(_ operation: OperationRecord) throws(JournalError) {
        let values = operation.values
        let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try run("INSERT INTO operation (\(OperationRecord.columns)) VALUES (\(places))", values)
    }
}

extension OperationRecord {
    /// The columns, in the order of `values` and of `init(_:)`.
    static let columns = columns(after: 8)
    /// Their names.
    static let columnNames = columns.replacing("\"", with: "").split(separator: ", ").map(
        String.init
    )

    /// The columns of a file after so many steps of the schema; NULL for columns it does not have.
    static func columns(after steps: Int) -> String {
        firstColumns + (steps < 2 ? ", NULL, NULL, NULL" : ", named_before, server_time, reply")
            + (steps < 3 ? ", NULL" : ", detail_key")
            + (steps < 4 ? ", NULL, NULL, NULL" : ", step, place, error")
            + (steps < 6 ? ", NULL" : ", item_name")
            + (steps < 7 ? ", NULL" : ", purges")
            + (steps < 8 ? ", NULL" : ", connection")
    }

    private static let firstColumns = """
        id, run, operation, vcenter, "user", item, subject, version, vm, name, holder, \
        checked_out_before, latest_before, newest_before, message, specification, intended, \
        deadline, attempts, outcome, result, detail, settled
        """

    /// The values of the columns.
    var values: [Database.Value] {
        [
            .text(identifier), .text(run), .text(operation), .text(vcenter), .text(user),
            .text(item), .text(subject), .text(version), .text(vm), .text(name), .text(holder),
            .text(checkedOutBefore), .text(latestBefore), .text(newestBefore), .text(message),
            .text(specification), .integer(intended), .integer(deadline),
            .integer(Int64(attempts)), .text(outcome?.rawValue), .text(result),
            .text(detail.map { ArgumentText.join($0.facts) }),
            .integer(settled), .text(namedBefore.map(ArgumentText.join)), .integer(serverTime),
            .text(reply), .text(detail?.key), .text(step), .integer(place.map(Int64.init)),
            .text(error), .text(itemName), .text(purges.map(ArgumentText.join)),
            .text(connection),
        ]
    }

    init(_ row: some JournalRow) {
        identifier = row.text(0) ?? ""
        run = row.text(1) ?? ""
        operation = row.text(2) ?? ""
        vcenter = row.text(3) ?? ""
        user = row.text(4) ?? ""
        item = row.text(5) ?? ""
        subject = row.text(6) ?? ""
        version = row.text(7)
        vm = row.text(8)
        name = row.text(9)
        holder = row.text(10)
        checkedOutBefore = row.text(11)
        latestBefore = row.text(12)
        newestBefore = row.text(13)
        message = row.text(14)
        specification = row.text(15)
        intended = row.integer(16) ?? 0
        deadline = row.integer(17) ?? 0
        attempts = Int(row.integer(18) ?? 0)
        // An outcome written by a later version of vmoon counts as open: it is looked at, not forgotten. An earlier
        // version wrote `not_applied`.
        outcome = row.text(19).map {
            Outcome(rawValue: $0) ?? ($0 == "not_applied" ? .notSeen : .unknown)
        }
        result = row.text(20)
        let key = row.text(26)
        detail = row.text(21).map {
            Detail(key: key, facts: key == nil ? [$0] : ArgumentText.split($0))
        }
        settled = row.integer(22)
        namedBefore = row.text(23).map(ArgumentText.split)
        serverTime = row.integer(24)
        reply = row.text(25)
        step = row.text(27)
        place = row.integer(28).map { Int($0) }
        error = row.text(29)
        itemName = row.text(30)
        purges = row.text(31).map(ArgumentText.split)
        connection = row.text(32)
    }
}

extension StepRecord {
    /// The columns, in the order of `init(_:)`.
    static let columns = "run, name, began, ended, result, failure, times"

    init(_ row: some JournalRow) {
        self.init(run: row.text(0) ?? "", name: row.text(1) ?? "", began: row.integer(2) ?? 0)
        ended = row.integer(3)
        result = row.text(4)
        failure = row.text(5)
        times = (row.text(6) ?? "").split(separator: " ").compactMap { Int64($0) }
    }
}

extension RunRecord {
    /// The columns of a file after so many steps of the schema, in the order of `init(_:)`.
    static func columns(after steps: Int) -> String {
        "id, started, ended, ending, script, arguments, host, process"
            + (steps < 4 ? ", NULL, NULL, NULL" : ", continues, origin, recipe")
            + (steps < 5 ? ", NULL" : ", plan")
    }

    init(_ row: some JournalRow) {
        identifier = row.text(0) ?? ""
        started = row.integer(1) ?? 0
        ended = row.integer(2)
        ending = row.text(3)
        script = row.text(4) ?? ""
        arguments = ArgumentText.split(row.text(5) ?? "")
        host = row.text(6) ?? ""
        process = Int32(truncatingIfNeeded: row.integer(7) ?? 0)
        continues = row.text(8)
        origin = row.text(9)
        recipe = row.text(10)
        plan = row.text(11)
    }
}

/// The arguments of a script in one column: separated by NUL, which no argument can contain.
enum ArgumentText {
    static func join(_ arguments: [String]) -> String { arguments.joined(separator: "\0") }

    static func split(_ text: String) -> [String] {
        text.isEmpty
            ? [] : text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    }
}
