import Testing

@testable import Bindings

/// The lines of a plan.
@Suite struct PlannedChangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let operation: String
        var subject: [String] = []
        var version: String?
        var latest: String? = "2"
        var versions = ["1", "2"]
        var checkOuts: [String] = []
        let effects: String
        var testDescription: String { "\(operation) \(version ?? ""): \(effects)" }
    }

    static let rows = [
        Row(
            operation: "checkIn",
            subject: ["vm vm-7"],
            effects: "latest is 2; 2 becomes the previous version; purges version 1"
        ),
        Row(
            operation: "checkIn",
            subject: ["vm vm-7"],
            latest: "1",
            versions: ["1"],
            effects: "latest is 1; 1 becomes the previous version; purges nothing"
        ),
        Row(
            operation: "rollback",
            version: "1",
            effects: "latest is 2; goes back to 1, which gets a new identifier; "
                + "2 becomes the previous version; purges nothing"
        ),
        Row(
            operation: "rollback",
            version: "2",
            effects: "latest is 2; would be refused: 2 is the latest version"
        ),
        Row(
            operation: "rollback",
            version: "9",
            effects: "latest is 2; would be refused: 9 is no live version"
        ),
        Row(
            operation: "rollback",
            version: "1",
            checkOuts: ["vm-110"],
            effects: "latest is 2; would be refused: vm-110 is checked out of it"
        ),
        Row(
            operation: "checkOut",
            checkOuts: ["vm-110"],
            effects: "latest is 2; would be refused: vm-110 is checked out of it"
        ),
        Row(operation: "checkOut", effects: "latest is 2; clones it"),
        Row(operation: "deleteVersion", version: "1", effects: "latest is 2; purges version 1"),
        Row(
            operation: "deleteVersion",
            version: "2",
            effects: "latest is 2; would be refused: 2 is the latest version"
        ),
        Row(
            operation: "deleteCheckOut",
            subject: ["vm vm-7"],
            effects: "latest is 2; deletes the machine and what was done in it"
        ),
    ]

    @Test(arguments: rows) func `a line says what is lost`(_ row: Row) {
        let change = PlannedChange(
            number: 3,
            operation: row.operation,
            subject: row.subject,
            item: ("rhel", "a-1"),
            latest: row.latest,
            version: row.version,
            versions: row.versions,
            checkOuts: row.checkOuts
        )
        let head = (["item rhel (a-1)"] + row.subject).joined(separator: ", ")
        #expect(change.line == "3. \(row.operation) \(head): \(row.effects)")
    }

    @Test func `names of a server's cannot forge a line`() {
        let change = PlannedChange(
            number: 1,
            operation: "checkOut",
            item: ("a\n2. rollback\u{1B}[2J", "x"),
            latest: "\u{202E}2"
        )
        #expect(!change.line.contains("\n") && !change.line.contains("\u{1B}"))
        #expect(!change.line.unicodeScalars.contains("\u{202E}"))
    }

    @Test func `a call without an item has only its subject`() {
        let change = PlannedChange(number: 2, operation: "request", subject: ["POST /x"])
        #expect(change.line == "2. request POST /x")
    }
}
