import JSON
import Testing

@testable import Bindings

/// The messages of versions, apart from vmoon's marks.
@Suite struct VersionMessageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let text: String
        var mark: String?
    }

    static let rows = [
        Row(
            testDescription: "ours",
            message: "[vmoon:b40d-1] bad patch",
            text: "bad patch",
            mark: "b40d-1"
        ),
        Row(testDescription: "ours, empty", message: "[vmoon:b40d-1] ", text: "", mark: "b40d-1"),
        Row(testDescription: "cut in the mark", message: "[vmoon:b40d-", text: "[vmoon:b40d-"),
        Row(testDescription: "a person's", message: "see [vmoon:x] y", text: "see [vmoon:x] y"),
        Row(
            testDescription: "twice",
            message: "[vmoon:a] [vmoon:b] c",
            text: "[vmoon:b] c",
            mark: "a"
        ),
    ]

    @Test(arguments: rows) func `a mark is given apart`(_ row: Row) {
        let entry: JSONValue = ["version": "2", "message": .string(row.message)]
        let apart = entry.withMarksApart
        #expect(apart["message"]?.string == row.text && apart["version"] == "2")
        #expect(apart["op_id"]?.string == row.mark)
        let list = JSONValue.array([["short_message": .string(row.message)], ["time": "t"]])
        #expect(list.withMarksApart.array?[0]["short_message"]?.string == row.text)
        #expect(list.withMarksApart.array?[1] == ["time": "t"])
    }
}
