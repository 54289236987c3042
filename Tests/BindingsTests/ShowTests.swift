@testable import Text
import Buffers
import JSON
import Testing
import Text

@testable import Bindings

@Suite struct ShowTests {
    /// A value to show, and its text at a width.
    struct Case: Sendable, CustomTestStringConvertible {
        let value: JSONValue
        let text: String
        var width: Int?
        var colors = false
        var testDescription: String { text }

        init(_ value: JSONValue, _ text: String, width: Int? = nil, colors: Bool = false) {
            self.value = value
            self.text = text
            self.width = width
            self.colors = colors
        }
    }

    static let now = Timestamp(parsing: "2026-11-21T13:11:12Z")?.number

    private func render(
        _ value: JSONValue,
        _ width: Int? = nil,
        colors: Bool = false
    ) throws -> String {
        let buffer = ValueBuffer()
        buffer.put(value)
        let show = Show(width: width, usesColor: colors, now: Self.now)
        return show.render(try #require(buffer.root))
    }

    @Test(arguments: [
        Case(nil, "null"), Case(true, "true"), Case(7, "7"), Case(1.5, "1.5"), Case([], "{}"),
        Case("plain", #""plain""#),
        Case(#"a "quoted\" one"#, #""a \"quoted\\\" one""#),
        Case("esc \u{1B}[31m\n\u{202E}", #""esc \x1B[31m\n\u{202E}""#),
        Case("2026-11-21T10:11:12.345Z", #""2026-11-21T10:11:12.345Z" (2h ago)"#),
        Case([1, 2, "x"], #"{1, 2, "x"}"#),
        Case(["b": 1, "a": 2, "name": "n"], #"{name = "n", a = 2, b = 1}"#),
        Case(["two words": 1, "1st": 2, "": 3], #"{[""] = 3, ["1st"] = 2, ["two words"] = 1}"#),
        Case(["[10]": 1, "[2]": 2], "{[2] = 2, [10] = 1}"),
        Case(["[1]": 7, "[2]": "b", "n": 2], #"{7, "b"}"#),
        Case(["[1]": 7, "[3]": 8, "n": 3], "{[1] = 7, [3] = 8, n = 3}"),
        Case(["n": 0], "{n = 0}"), Case(["n": 2, "x": 1, "y": 3], "{n = 2, x = 1, y = 3}"),
        Case(["a\u{1B}": 1], #"{["a\x1B"] = 1}"#),
        Case(
            ["name": "web-1", "disks": [40, 200]],
            "{\n  name = \"web-1\",\n  disks = {40, 200},\n}",
            width: 30
        ),
        Case([["x": [["y": 1]]]], "x\n{{y = 1}}"),
        Case(["a": 1], "\u{1B}[34ma = \u{1B}[0m", colors: true),
    ]) func `a value is shown as Lua writes it`(_ row: Case) throws {
        let text = try render(row.value, row.width, colors: row.colors)
        if row.colors { #expect(text.contains(row.text)) } else { #expect(text == row.text) }
    }

    @Test func `what is nested too deeply is left out`() throws {
        var value: JSONValue = 1
        for _ in 0..<8 { value = ["t": value] }
        let text = try render(value)
        #expect(text.contains("{…}"))
        #expect(!text.contains("1"))
    }

    @Test func `of a long list the first hundred are shown, and how many there are`() throws {
        let numbers = try render(.array((1...250).map { .integer($0) }))
        #expect(numbers.contains("100"))
        #expect(!numbers.contains("101"))
        #expect(numbers.contains("… 150 more"))
        let records = try render(.array((1...101).map { ["id": .integer($0)] }))
        #expect(records.hasSuffix("100\n… 1 more"))
    }

    @Test func `a list of records is an aligned table`() throws {
        let text = try render([
            ["vm": "vm-1", "size": 4096, "name": "jump"],
            ["vm": "vm-110", "size": 8, "name": "日本", "note": "a\nb"],
        ])
        #expect(
            text == """
                name  vm      note  size
                jump  vm-1          4096
                日本  vm-110  a\\nb     8
                """
        )
    }

    @Test func `times in a table have their age`() throws {
        let text = try render([["time": "2026-11-21T10:11:12Z"]])
        #expect(text == "time\n2026-11-21T10:11:12Z (3h ago)")
    }

    @Test(arguments: [100, 80, 40, 20, 10]) func `a table fits its width`(_ width: Int) throws {
        let text = try render(
            [
                [
                    "name": "a-rather-long-name-of-a-machine",
                    "id": "00000000-0000-4000-a17e-000000000002",
                ],
                ["name": "b", "id": "x", "power_state": "POWERED_OFF", "cpu_count": 2],
            ],
            width
        )
        for line in text.split(separator: "\n") where !line.hasPrefix("(not shown") {
            #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
        }
        #expect(text.contains("…") == (width < 100))
    }

    static let machines: JSONValue = [
        [
            "name": "a-machine-with-a-rather-long-name-of-its-own", "vm": "vm-101",
            "power_state": "POWERED_ON", "cpu_count": 2, "memory_size_MiB": 4096,
        ],
        [
            "name": "jump-host", "vm": "vm-110", "power_state": "POWERED_OFF", "cpu_count": 16,
            "memory_size_MiB": 131072,
        ],
    ]

    @Test func `words that differ stay apart, and numbers whole, where a table is narrow`() throws {
        for width in [80, 40] {
            let text = try render(Self.machines, width)
            #expect(text.contains("POWERED_ON") && text.contains("POWERED_OFF"), "\(text)")
            #expect(text.contains("vm-101") && text.contains("4096"), "\(text)")
        }
    }

    @Test func `names that differ at their ends stay apart where nothing else tells them`() throws {
        let text = try render(
            [
                ["name": "very-long-machine-name-number-one", "cpu": 2, "power": "POWERED_ON"],
                ["name": "very-long-machine-name-number-two", "cpu": 4, "power": "POWERED_OFF"],
            ],
            40
        )
        #expect(
            text == """
                name                    cpu  power
                very-long-m…number-one    2  POWERED_ON
                very-long-m…number-two    4  POWERED_OFF
                """
        )
    }

    @Test func `a time whose age has no room is whole, and not cut`() throws {
        let records: JSONValue = [
            ["time": "2026-11-20T13:11:12Z", "user": "alice"],
            ["time": "2026-11-21T13:11:11Z", "user": "bob"],
        ]
        #expect(
            try render(records, 27) == """
                time                  user
                2026-11-20T13:11:12Z  alice
                2026-11-21T13:11:11Z  bob
                """
        )
    }

    @Test func `the room of what is not shown goes to what is`() throws {
        let text = try render(
            [
                [
                    "version": "1", "short_message": "Built by the pipeline",
                    "time": "2026-11-20T13:11:12.345Z", "user": "VSPHERE.LOCAL\\alice",
                ]
            ],
            36
        )
        #expect(
            text == """
                version  short_message
                1        Built by the pipeline
                (not shown: time, user)
                """
        )
    }

    @Test func `what is not shown is listed at words`() throws {
        let fields = (1...9).map { JSONValue.Member("a_long_field_\($0)", "text") }
        let text = try render([.object(fields)], 30)
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("(not shown") }
        #expect(lines.count > 1, "\(text)")
        for line in lines {
            #expect(line.utf8.count <= 30, "\(text)")
            #expect(line.hasSuffix(",") || line.hasSuffix(")"), "\(text)")
        }
    }

    @Test(arguments: [80, 60]) func `identifiers and times are cut last`(_ width: Int) throws {
        let id = "00000000-0000-4000-a17e-000000000002"
        let text = try render(
            [
                [
                    "description": "a template that somebody has described at some length",
                    "id": .string(id), "time": "2026-11-21T10:11:12Z",
                ]
            ],
            width
        )
        #expect(text.contains(id), "\(text)")
        #expect(text.contains("2026-11-21T10:11:12Z") || width < 80, "\(text)")
        for line in text.split(separator: "\n") where !line.hasPrefix("(not shown") {
            #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
        }
    }

    @Test func `colours take no room`() throws {
        let records: JSONValue = [["name": "abcdefghijkl", "id": 1], ["name": "b", "id": 22]]
        let plain = try render(records, 12)
        let colored = try render(records, 12, colors: true)
        let stripped = colored.replacing(/\u{1B}\[[0-9]*m/, with: "")
        #expect(stripped == plain)
        #expect(colored != plain)
    }
}
