import Testing

@testable import Shell

/// The names of a script's steps, as its text has them.
@Suite struct StepNamesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let source: String
        let names: [String]
        var testDescription: String { source }
    }

    static let rows: [Row] = [
        Row(source: "step('a', f) step(\"b\", f) step('a', g)", names: ["'a'", "\"b\""]),
        Row(
            source: "step('patch ' .. name, function() return f(1, 2) end)",
            names: ["'patch ' .. name"]
        ),
        Row(source: "local v = require 'vmoon' vmoon.step('a', f)", names: ["'a'"]),
        Row(source: "pcall(step, 'check in', function() end)", names: ["'check in'"]),
        Row(source: "step(name { 1, 2 }, f, ...)", names: ["name { 1, 2 }"]),
        Row(source: "-- step('no')\nprint(\"step('no')\") bar:step(1) x.step(2)", names: []),
        Row(source: "function step(a, b) end local step = 1 print(step)", names: []),
        Row(source: "step.time() print(step.random(1, 2))", names: []),
        Row(source: "step(", names: []),
        Row(source: "step", names: []),
        Row(source: "", names: []),
    ]

    @Test(arguments: rows) func `names are found as they are written`(_ row: Row) {
        #expect(StepNames.written(in: Array(row.source.utf8)) == row.names)
    }
}
