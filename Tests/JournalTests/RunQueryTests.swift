import Support
import Testing

@testable import Journal

/// Runs are chosen by what holds of them, and each comes with what became of its changes.
@Suite struct RunQueryTests {
    /// One journal for all rows; the newest run is the last.
    private static func fill(_ store: any JournalStore) throws {
        func begin(_ id: String, _ started: Int64) -> JournalWrite {
            .begin(StoreTests.run(id, started: started))
        }
        func change(
            _ id: String,
            _ run: String,
            at vcenter: String = "vc1",
            item: String = "i1",
            name: String? = "golden/rhel",
            _ outcome: OperationRecord.Outcome?
        ) -> [JournalWrite] {
            var record = StoreTests.operation(id, run: run, item: item)
            record.vcenter = vcenter
            record.itemName = name
            return [.intend(record)]
                + (outcome.map { [.settle(operation: id, Settlement($0, time: 5))] } ?? [])
        }
        try store.commit(
            [begin("good", 100)] + change("1", "good", .done) + change("2", "good", .resolvedDone)
                + [.end(run: "good", ending: "exit 0", time: 200)]
        )
        try store.commit(
            [begin("stopped", 200)] + [.end(run: "stopped", ending: "exit 0, --until", time: 300)]
        )
        try store.commit(
            [begin("bad", 300)] + change("3", "bad", at: "vc2:8443", item: "i2", name: nil, .done)
                + change("4", "bad", item: "i3", name: "rhel", .rejected)
                + change("5", "bad", .conflict)
                + [.end(run: "bad", ending: "exit 81", time: 400)]
        )
        try store.commit(
            [begin("doubt", 400)] + change("6", "doubt", at: "vc10", .unknown)
                + [.end(run: "doubt", ending: "exit 80", time: 500)]
        )
        try store.commit([
            begin("signal", 500), .end(run: "signal", ending: "signal 15", time: 600),
        ])
        try store.commit([begin("dead", 600)] + change("7", "dead", nil))
        try store.commit([begin("alive", 700)] + change("8", "alive", nil))
    }

    struct Row: Sendable {
        let name: String
        let runs: [String]
        let query: RunQuery

        init(_ name: String, _ runs: [String], _ change: (inout RunQuery) -> Void) {
            (self.name, self.runs) = (name, runs)
            var query = RunQuery()
            query.alive = ["alive"]
            change(&query)
            self.query = query
        }
    }

    static let rows: [Row] = [
        Row("all", ["alive", "dead", "signal", "doubt", "bad", "stopped", "good"]) { _ in },
        Row("the newest", ["alive", "dead"]) { $0.limit = 2 },
        Row("failed", ["dead", "signal", "doubt", "bad"]) { $0.isFailed = true },
        Row("failed, where nobody is at work", ["alive", "dead", "signal", "doubt", "bad"]) {
            ($0.isFailed, $0.alive) = (true, [])
        },
        Row("the newest that failed", ["dead"]) { ($0.isFailed, $0.limit) = (true, 1) },
        Row("open", ["alive", "dead", "doubt"]) { $0.isOpen = true },
        Row("failed and open", ["dead", "doubt"]) { ($0.isFailed, $0.isOpen) = (true, true) },
        Row("since a moment", ["alive", "dead", "signal"]) { $0.since = 500 },
        Row("an item by its path", ["alive", "dead", "doubt", "bad", "good"]) {
            $0.item = "golden/rhel"
        },
        Row("an item by its name", ["alive", "dead", "doubt", "bad", "good"]) { $0.item = "rhel" },
        Row("an item by its identifier", ["bad"]) { $0.item = "i2" },
        Row("part of a name", []) { $0.item = "hel" },
        Row("no such item", []) { $0.item = "' OR 1 --" },
        Row("a vCenter", ["alive", "dead", "bad", "good"]) { $0.vcenter = "vc1" },
        Row("a vCenter at any port", ["bad"]) { $0.vcenter = "vc2" },
        Row("a vCenter at its port", ["bad"]) { $0.vcenter = "vc2:8443" },
        Row("a vCenter at another port", []) { $0.vcenter = "vc2:84" },
        Row("by identifiers", ["bad", "good"]) { $0.identifiers = ["good", "bad", "none"] },
        Row("all at once", ["bad"]) {
            ($0.isFailed, $0.since, $0.item, $0.vcenter) = (true, 200, "i2", "vc2")
        },
    ]

    @Test(arguments: StoreKind.there)
    func `a run is listed if all that is asked for holds of it`(_ kind: StoreKind) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        try Self.fill(store)
        for row in Self.rows {
            #expect(
                try store.summaries(row.query).map(\.run.identifier) == row.runs,
                "\(row.name)"
            )
        }
    }

    @Test(arguments: StoreKind.there)
    func `each run has what became of its changes, also after one is settled later`(
        _ kind: StoreKind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        try Self.fill(store)
        func counts(_ run: String) throws -> ChangeCounts? {
            try store.summaries(RunQuery()).first { $0.run.identifier == run }?.changes
        }
        #expect(try counts("good") == ChangeCounts(done: 2))
        #expect(try counts("stopped") == ChangeCounts())
        #expect(try counts("bad") == ChangeCounts(done: 1, refused: 2))
        #expect(try counts("doubt") == ChangeCounts(unknown: 1))
        #expect(try counts("dead") == ChangeCounts(unknown: 1))
        try store.commit([
            .settle(operation: "6", Settlement(.notSeen, time: 9), ifOpen: true),
            .settle(operation: "7", Settlement(.unknown, time: 9)),
            .settle(operation: "7", Settlement(.done, time: 9)),
            .settle(operation: "7", Settlement(.rejected, time: 9), ifOpen: true),
        ])
        #expect(try counts("doubt") == ChangeCounts(refused: 1))
        #expect(try counts("dead") == ChangeCounts(done: 1))
        let bad = try store.summaries(RunQuery()).first { $0.run.identifier == "bad" }
        #expect(bad?.vcenters == ["vc2:8443", "vc1"])
        #expect(try store.unendedRuns().map(\.identifier) == ["alive", "dead"])
    }

    @Test(arguments: StoreKind.there, OperationRecord.Outcome.allCases + [nil])
    func `the journal counts every outcome as a program does`(
        _ kind: StoreKind,
        _ outcome: OperationRecord.Outcome?
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var record = StoreTests.operation("o", run: "r")
        record.outcome = outcome
        try store.commit([.begin(StoreTests.run("r")), .intend(record)])
        var counts = ChangeCounts()
        counts.add(outcome)
        #expect(try store.summaries(RunQuery()).map(\.changes) == [counts])
        #expect(counts.total == 1)
    }
}
