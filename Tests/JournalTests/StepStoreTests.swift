import Support
import Testing

@testable import Journal

/// Steps, and runs that continue one another, in both kinds of journal.
@Suite struct StepStoreTests {
    typealias Kind = StoreKind

    private func step(_ name: String, of run: String = "r") -> StepRecord {
        StepRecord(run: run, name: name, began: 10)
    }

    @Test(arguments: Kind.there) func `a step is recorded once, as it is last`(_ kind: Kind)
        throws
    {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var first = step("one")
        try store.commit([.begin(StoreTests.run("r")), .step(first), .step(step("two"))])
        first.times = [11, 1_795_916_699_828]
        first.ended = 20
        first.result = "[1,null,{\"a\":\"ä\"}]"
        try store.commit([.step(first)])
        var failed = step("two")
        failed.ended = 30
        failed.failure = "conflict"
        try store.commit([.step(failed)])
        #expect(try store.steps(ofRun: "r") == [first, failed])
        #expect(try store.steps(ofRun: "other").isEmpty)
    }

    @Test(arguments: Kind.there) func `an operation keeps its place and the script's error`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var operation = StoreTests.operation("o", run: "r")
        operation.step = "one"
        operation.place = 2
        try store.commit([.begin(StoreTests.run("r")), .intend(operation)])
        var settlement = Settlement(.rejected, time: 5)
        settlement.error = #"{"kind":"conflict"}"#
        try store.commit([.settle(operation: "o", settlement)])
        let found = try #require(try store.operations(ofRun: "r").first)
        #expect(found.step == "one" && found.place == 2 && found.error == settlement.error)
    }

    @Test(arguments: Kind.there) func `runs that continue one another are found from the first`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var second = StoreTests.run("b", started: 2000)
        (second.continues, second.origin) = ("a", "a")
        var third = StoreTests.run("c", started: 3000)
        (third.continues, third.origin) = ("b", "a")
        try store.commit([
            .begin(StoreTests.run("a")), .begin(second), .begin(StoreTests.run("x")), .begin(third),
            .recipe(run: "c", "{}"),
        ])
        let found = try store.runs(since: "a")
        #expect(found.map(\.identifier) == ["a", "b", "c"])
        #expect(found.map(\.first) == ["a", "a", "a"])
        #expect(found.map(\.recipe) == [nil, nil, "{}"])
        #expect(try store.runs(since: "nobody").isEmpty)
    }

    @Test(arguments: Kind.there) func `a run is kept while one that continues it is`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var late = StoreTests.run("late", started: 500)
        (late.continues, late.origin) = ("early", "early")
        try store.commit([
            .begin(StoreTests.run("early", started: 1)), .step(step("one", of: "early")),
            .begin(StoreTests.run("alone", started: 2)), .step(step("one", of: "alone")),
            .begin(late), .end(run: "early", ending: "exit 9", time: 3),
            .end(run: "alone", ending: "exit 0", time: 3), .forget(before: 100),
        ])
        #expect(try store.runs(startingWith: "", limit: 9).map(\.identifier) == ["late", "early"])
        #expect(try store.steps(ofRun: "early").count == 1)
        #expect(try store.steps(ofRun: "alone").isEmpty)
    }

    @Test(arguments: Kind.there) func `a doubt keeps all runs that continue one another`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var late = StoreTests.run("late", started: 2)
        (late.continues, late.origin) = ("early", "early")
        try store.commit([
            .begin(StoreTests.run("early", started: 1)), .begin(late),
            .intend(StoreTests.operation("o", run: "late")),
            .end(run: "early", ending: "exit 9", time: 1),
            .end(run: "late", ending: "exit 80", time: 3),
            .forget(before: 100),
        ])
        #expect(try store.runs(since: "early").count == 2)
        try store.commit([
            .settle(operation: "o", Settlement(.done, time: 4)), .forget(before: 100),
        ])
        #expect(try store.runs(since: "early").isEmpty)
    }

    @Test(arguments: Kind.there)
    func `a run that died is forgotten with the one that went on to the end, not before`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var late = StoreTests.run("late", started: 20)
        (late.continues, late.origin) = ("died", "died")
        try store.commit([
            .begin(StoreTests.run("died", started: 10)), .begin(late),
            .end(run: "late", ending: "exit 0", time: 30), .forget(before: 15),
        ])
        #expect(try store.runs(since: "died").map(\.identifier) == ["died", "late"])
        try store.commit([.forget(before: 25)])
        #expect(try store.runs(startingWith: "", limit: 9).isEmpty)
    }

    @Test(arguments: Kind.there)
    func `runs are kept while the last of them has not ended, if it began this week`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        var late = StoreTests.run("late", started: 20)
        (late.continues, late.origin) = ("early", "early")
        try store.commit([
            .begin(StoreTests.run("early", started: 10)),
            .end(run: "early", ending: "exit 1", time: 11),
            .begin(late), .forget(before: 25),
        ])
        #expect(try store.runs(since: "early").count == 2)
    }

    @Test(arguments: Kind.there) func `a run that has not ended is kept a week longer`(
        _ kind: Kind
    ) throws {
        let (store, folder) = try kind.store()
        defer { _ = folder }
        let week: Int64 = 7 * 86_400_000
        try store.commit([.begin(StoreTests.run("r", started: 1)), .forget(before: week)])
        #expect(try store.runs(since: "r").count == 1)
        try store.commit([.forget(before: week + 2)])
        #expect(try store.runs(since: "r").isEmpty)
    }
}
