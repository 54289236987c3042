import Support
import Testing

/// Values that say themselves how they are shown, in scripts and at the prompt.
struct ShowTextTests {
    static let says =
        "local function says(f, t) return setmetatable(t or {}, { __tostring = f }) end "

    static let rows: [(code: String, shown: String)] = [
        ("show(says(function() return 'Point(1, 2)' end))", "Point(1, 2)"),
        (
            "show { says(function() return 'a' end), { b = says(function() return 'c' end) } }",
            "{a, {b = c}}"
        ),
        // It is text from outside like any other.
        (#"show(says(function() return 'x\ny\27[31m\xFF' end))"#, #"x\ny\x1B[31m\xFF"#),
        (
            "show(says(function() return ('é'):rep(1e6) end))",
            String(repeating: "é", count: 500) + "…"
        ),
        ("show { { a = says(function() return 'cell' end), b = 2 } }", "a     b\ncell  2"),
        ("show(setmetatable({ x = 1, y = 2 }, { __name = 'Point' }))", "Point {x = 1, y = 2}"),
        (#"show(setmetatable({}, { __name = 'esc\27[m' }))"#, #"esc\x1B[m {}"#),
        ("show(parallel({ 1, 2 }, function(n) return n * 2 end))", "{2, 4}"),
        ("show(parallel({}, print))", "{n = 0}\n{}"),
        ("show(table.pack(1, 2))", "{1, 2}"), ("show({ 1 }, {})", "{1}\n{}"),
        (
            "show(parallel({ 1, 2 }, function(n) return { name = 'a' .. n, size = n } end))",
            "name  size\na1       1\na2       2"
        ),
        ("local c = setmetatable({}, { __name = 'C' }) c.own = c show(c)", "C {own = C <cycle>}"),
        ("show(says(function() while true do end end), 1)", "<__tostring takes too long>\n1"),
        ("show(says(function() error('no\\n', 0) end))", #"<__tostring failed: no\n>"#),
        // What shows itself while it is shown ends somewhere.
        (
            "local n = 0 show(says(function(t) n = n + 1 if n < 3 then show(t) end return 'n' .. n end))",
            "n3\nn3\nn3"
        ),
        ("local s = says(function(t) show(t) return '' end) show(s) print 'here'", "here"),
        // Errors, arrays and objects of vmoon are shown as before.
        ("local ok, e = pcall(getItem, 1) show { e.kind, next(e) ~= nil }", "{\"usage\", true}"),
        ("show(json.decode '[]')", "{}"),
        ("show(secret.command { 'printf', 'x' })", "***"),
        // A task waits in it, and the exit of the process is not caught.
        (
            "spawn(function() show(says(function() sleep(0.01) return 'slept' end)) end):join()",
            "slept"
        ),
        ("show(says(function() os.exit(0) end)) print 'never'", ""),
        ("spawn(function() show(says(function() os.exit(0) end)) print 'never' end):join()", ""),
    ]

    @Test(arguments: rows.indices) func `a script shows the text of a value`(_ index: Int) throws {
        let row = Self.rows[index]
        let run = try ProgramRun.of("vmoon", ["-e", Self.says + row.code])
        #expect(run.status == 0, "\(run.error)")
        let output = run.output.hasSuffix("\n") ? String(run.output.dropLast()) : run.output
        // The sixth hundredth call of itself is refused; how deep that is, is Lua's.
        if row.shown == "here" {
            #expect(output.hasSuffix("\nhere") && output.contains("<__tostring failed: "))
        } else {
            #expect(output == row.shown)
        }
    }

    @Test func `the prompt shows the text, also of an endless one`() throws {
        let run = try ProgramRun.of(
            "vmoon",
            ["--sim", "-i"],
            input: """
                says = function(f) return setmetatable({}, { __tostring = f }) end
                says(function() return 'hello' end)
                { says(function() while true do end end) }
                _[1] ~= nil, says(function() return '2' end)
                setmetatable({ 1 }, { __name = 'List' })

                """
        )
        #expect(
            run.output.hasSuffix(
                "hello\n{<__tostring takes too long>}\ntrue\n2\nList {1}\n"
            ),
            "\(run)"
        )
    }
}
