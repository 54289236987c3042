import JSON
import Testing

@testable import Shell

struct SnapshotDocumentTests {
    @Test func `refusals are told by operation and reason, whatever their order`() throws {
        var document = SnapshotDocument()
        document.refuse("getVM", of: ["vm-2"], "unauthorized", "vm-2 is not yours")
        document.refuse("getChange", of: ["i", "7"], "not_found", "gone")
        document.refuse("getVM", of: ["vm-1"], "unauthorized", "vm-1 is not yours")
        document.refuse("listTasks", of: [], "unauthorized", "no")
        let written = try JSONValue(parsing: String(decoding: document.write(nil), as: UTF8.self))
        #expect(
            written["refused"] == [
                ["operation": "getChange", "kind": "not_found", "message": "gone", "of": ["i/7"]],
                [
                    "operation": "getVM", "kind": "unauthorized", "message": "… is not yours",
                    "of": ["vm-1", "vm-2"],
                ], ["operation": "listTasks", "kind": "unauthorized", "message": "no"],
            ]
        )
        #expect(
            SnapshotSummary.lines(document, isMasked: false) == [
                "not read: getChange of 1 object: not_found: gone",
                "not read: getVM of 2 objects: unauthorized: … is not yours",
                "not read: listTasks: unauthorized: no",
            ]
        )
        #expect(
            SnapshotSummary.lines(document, isMasked: true)[2]
                == "not read: listTasks: unauthorized"
        )
        #expect(SnapshotSummary.whole(document).hasSuffix("and a twin refuses that too"))
    }

    @Test func `a recorded answer is in a fixed order, and has no password`() {
        let answer: JSONValue = [
            "b": 1, "publish_info": ["password": "x", "published": true, "current_password": "y"],
            "a": [["z": 1, "y": 2]],
        ]
        #expect(
            answer.recorded == [
                "a": [["y": 2, "z": 1]], "b": 1, "publish_info": ["published": true],
            ]
        )
    }

    @Test func `progress is one line`() {
        var progress = Survey.Progress(title: "items", total: 0, done: 0)
        #expect(SnapshotSummary.line(progress) == "reading items")
        progress.total = 300
        progress.done = 100
        #expect(SnapshotSummary.line(progress) == "reading items: 100 of 300 (33%)")
        #expect(SnapshotSummary.counts(SnapshotDocument()).hasPrefix("0 libraries, 0 items"))
    }
}
