import Buffers
import LuaHost
import Testing

/// What the prompt asks of an interpreter: lines, waiting, looking.
@Suite struct PromptTests {
    private func run(_ bench: Bench, _ line: String, closing: [String] = []) -> String {
        let results = ValueBuffer()
        do throws(LuaError) {
            try bench.interpreter.run(
                line: line,
                chunkName: "=input",
                closing: closing,
                into: results
            )
        } catch {
            return "error: \(error.message)"
        }
        return results.values.map { $0.string ?? $0.integer.map(String.init) ?? "\($0.kind)" }
            .joined(separator: ", ")
    }

    static let lines: [(line: String, result: String)] = [
        ("1 + 1", "2"), ("x = 5", ""), ("return 1, 'b'", "1, b"), ("echo('a')", "a"),
        ("later(2, 'x')", "2, x"), ("x = = 1", "error: input:1: unexpected symbol near '='"),
        ("error('boom', 0)", "error: boom"), ("fail()", "error: not_found: there is no such item"),
        ("for i = 1,", "error: input:1: unexpected symbol near <eof>"),
        ("('x'):rep(100000):len()", "100000"), ("{ {}, function() end }", "array"),
        ("select('#', table.unpack({}, 1, 200))", "200"),
    ]

    @Test(arguments: lines.indices) func `a line gives its values or its error`(_ index: Int) throws
    {
        let bench = try Bench()
        #expect(run(bench, Self.lines[index].line) == Self.lines[index].result)
    }

    @Test func `a global that fills the memory limit can still be let go`() throws {
        let bench = try Bench()
        bench.interpreter.setMemoryLimit(4 << 20)
        defer { bench.interpreter.setMemoryLimit(0) }
        #expect(run(bench, "t = {} while true do t[#t + 1] = {} end") == "error: not enough memory")
        #expect(run(bench, "t = nil") == "")
        #expect(run(bench, "#('x'):rep(2000000)") == "2000000")
    }

    @Test func `the first value and the last error stay as globals`() throws {
        let bench = try Bench()
        _ = run(bench, "40 + 2")
        #expect(run(bench, "_") == "42")
        _ = run(bench, "fail()")
        #expect(run(bench, "_err.kind") == "not_found")
        _ = run(bench, "error({ 7 })")
        #expect(run(bench, "_err[1]") == "7")
    }

    static let texts: [(text: String, completeness: Interpreter.Completeness)] = [
        ("1 +", .incomplete), ("do", .incomplete), ("x =", .incomplete), ("[[", .incomplete),
        ("1 + 1", .complete), ("x = 1", .complete), ("", .complete), ("end", .wrong),
        ("x = = 1", .wrong), (String(repeating: "(", count: 500), .wrong),
    ]

    @Test(arguments: texts.indices) func `whether a text is whole is known without running it`(
        _ index: Int
    ) throws {
        let bench = try Bench()
        let test = Self.texts[index]
        #expect(bench.interpreter.completeness(of: test.text) == test.completeness, "\(test.text)")
    }

    @Test func `what lines leave is closed in the end, the latest first`() throws {
        let bench = try Bench()
        let make = "setmetatable({}, { __close = function() echo('closed') order = (order or '')"
        #expect(run(bench, "a = \(make) .. 'a' end })", closing: ["a"]) == "")
        #expect(run(bench, "b = \(make) .. 'b' error('late') end })", closing: ["b"]) == "")
        #expect(run(bench, "a = a", closing: ["a"]) == "")
        #expect(run(bench, "c = 5", closing: ["c"]).contains("got a non-closable value"))
        do throws(LuaError) {
            try bench.interpreter.closeValues()
            Issue.record("the error of b is lost")
        } catch {
            #expect(error.message.hasSuffix("late"))
        }
        #expect(run(bench, "order") == "ba")
    }

    // MARK: Waiting

    /// Waits until the host has been asked so many times for what has come in.
    private func wait(_ bench: Bench, turns: Int) throws -> Int {
        var count = 0
        var call: HostCall?
        bench.host.onWait = {
            count += 1
            if count == turns { call?.complete(.returned) }
        }
        defer { bench.host.onWait = {} }
        try bench.interpreter.wait { call = $0 }
        return count
    }

    @Test func `tasks go on while it waits, and a failure ends the wait`() throws {
        let bench = try Bench()
        _ = run(bench, "spawn(function() later(2) done = true end)")
        #expect(try wait(bench, turns: 9) == 9)
        #expect(run(bench, "done and 1 or 0") == "1")
        _ = run(bench, "t = spawn(function() later(2) error('lost', 0) end)")
        #expect(try wait(bench, turns: 9) < 9)
        #expect(bench.interpreter.takeTaskFailure()?.message == "lost")
        #expect(bench.interpreter.takeTaskFailure() == nil)
        // It is known now, and whoever joins it gets it all the same.
        #expect(run(bench, "t:join()") == "error: lost")
        #expect(try wait(bench, turns: 5) == 5)
    }

    @Test func `a failure that somebody takes ends no wait`() throws {
        let bench = try Bench()
        _ = run(bench, "spawn(function() pcall(function() spawn(fail):join() end) end)")
        #expect(try wait(bench, turns: 5) == 5)
        _ = run(bench, "c = spawn(function() later(99) end) c:cancel()")
        #expect(try wait(bench, turns: 5) == 5)
        #expect(bench.interpreter.takeTaskFailure() == nil)
    }

    // MARK: Looking and printing

    @Test func `fields and parameters are seen without running anything`() throws {
        let bench = try Bench()
        _ = run(
            bench,
            "t = setmetatable({ own = 1 }, { __index = setmetatable({ far = 'x' }, "
                + "{ __index = function() error('it ran') end }) }) function t.f(a, b, ...) end"
        )
        let names = bench.interpreter.fields(at: ["t"])?.names.map(\.name).sorted()
        #expect(names == ["f", "far", "own"])
        let far = bench.interpreter.fields(at: ["t", "far"])
        #expect(far?.type == "string" && far?.names.contains { $0.name == "upper" } == true)
        let parameters = bench.interpreter.parameters(at: ["t", "f"])?.names.map(\.name)
        #expect(parameters == ["a", "b", "..."])
        #expect(bench.interpreter.fields(at: ["t", "nothing", "more"]) == nil)
        #expect(bench.interpreter.fields(at: [])?.names.contains { $0.name == "t" } == true)
    }

    @Test func `what is printed can go elsewhere`() throws {
        let bench = try Bench()
        var printed: [UInt8] = []
        bench.interpreter.printer = { printed += $0 }
        _ = run(bench, "print('a', 1) print('b')")
        bench.interpreter.printer = nil
        _ = run(bench, "print('what a test prints')")
        #expect(String(decoding: printed, as: UTF8.self) == "a\t1\nb\n")
    }

    @Test func `a printer may write to standard output`() throws {
        let bench = try Bench()
        var told: [String] = []
        bench.interpreter.printer = {
            told.append("before")
            Interpreter.put($0)
            told.append("after")
        }
        _ = run(bench, "print('what a test prints')")
        #expect(told == ["before", "after"])
        #expect(Interpreter.flushOutput() == nil)
    }
}
