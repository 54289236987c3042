import JSON
import Support
import Testing

/// Several tasks of one run that change one item: they queue, and each sees what the one before has done.
@Suite struct JournalQueueTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// The versions that the tasks roll back to, in the order they ask.
        let targets: [String]
        /// What each of them gets: a version, or the kind of its error.
        let results: [String]
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "the same version twice", targets: ["1", "1"], results: ["3", "not_found"]),
        Row(name: "one after the other", targets: ["1", "2"], results: ["3", "4"]),
        Row(
            name: "a crowd",
            targets: ["1", "1", "1", "2", "2", "3"],
            results: ["3", "not_found", "not_found", "4", "not_found", "5"]
        ),
    ]

    @Test(arguments: rows, ["spawn", "parallel"]) func `tasks on one item queue`(
        _ row: Row,
        _ way: String
    ) throws {
        let bench = try JournalBench(items: 1)
        let item = JournalBench.item(1)
        let body =
            "local ok, v = pcall(rollback, '\(item)', target, 'x') return ok and v or v.kind"
        let list = row.targets.map { "'\($0)'" }.joined(separator: ", ")
        let code =
            way == "parallel"
            ? """
            local r = parallel({ \(list) }, function(target) \(body) end) print(table.concat(r, ' '))
            """
            : """
            local t = {} for i, target in ipairs{ \(list) } do t[i] = spawn(function() \(body) end) end
            for i, task in ipairs(t) do t[i] = task:join() end print(table.concat(t, ' '))
            """
        let run = try bench.vmoon(["-e", "vc = session() " + code])
        #expect(run.output == row.results.joined(separator: " ") + "\n", "\(run.error)")
        // No task sent anything twice, and what was carried out is what was said.
        let done = row.results.count { Int($0) != nil }
        let sent = try bench.simulator.requests().filter { $0["operation"]?.string == "rollback" }
        #expect(sent.count <= row.targets.count)
        #expect(sent.count { $0["applied"]?.boolean == true } == done)
        let marks = try bench.marks()
        #expect(marks.count == done && marks.values.allSatisfy { $0.count == 1 })
        let outcomes = try bench.operations().compactMap { $0["outcome"]?.string }
        #expect(outcomes.count { $0 == "done" } == done)
        #expect(!outcomes.contains("unknown"))
    }
}
