import Testing

@testable import Changes

/// The lines of a plan.
@Suite struct PlannedChangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let operation: String
        var subject: [String] = []
        var version: String?
        var vm: String?
        var latest: String? = "2"
        var versions = ["1", "2"]
        var checkOuts: [String] = []
        var isAfterOthers = false
        let effects: String
        var testDescription: String { "\(operation) \(version ?? vm ?? ""): \(effects)" }
    }

    static let rows = [
        Row(
            operation: "checkIn",
            vm: "vm-7",
            checkOuts: ["vm-7"],
            effects: "latest is 2; 2 becomes the previous version; purges version 1"
        ),
        Row(
            operation: "checkIn",
            vm: "vm-7",
            latest: "1",
            versions: ["1"],
            checkOuts: ["vm-7"],
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
            vm: "vm-7",
            checkOuts: ["vm-7"],
            effects: "latest is 2; deletes the machine and what was done in it"
        ),
        Row(
            operation: "deleteCheckOut",
            vm: "vm-7",
            effects: "latest is 2; would be refused: vm-7 is not checked out of it"
        ),
        Row(
            operation: "checkIn",
            vm: "vm-7",
            checkOuts: ["vm-8"],
            isAfterOthers: true,
            effects: "latest is 2; would be refused after the changes above: "
                + "vm-7 is not checked out of it"
        ),
        Row(
            operation: "checkIn",
            vm: "<planned 1: request>",
            effects: "latest is 2; whether <planned 1: request> is checked out of it is not known; "
                + "2 becomes the previous version; purges version 1"
        ),
        Row(
            operation: "rollback",
            version: "<planned 1: checkIn>",
            latest: "<planned 1: checkIn>",
            versions: ["2", "<planned 1: checkIn>"],
            isAfterOthers: true,
            effects: "latest is <planned 1: checkIn>; would be refused after the changes above: "
                + "<planned 1: checkIn> is the latest version"
        ),
    ]

    @Test(arguments: rows) func `a line says what is lost`(_ row: Row) {
        let subject = row.subject + (row.vm.map { ["vm \($0)"] } ?? [])
        let change = PlannedChange(
            number: 3,
            operation: row.operation,
            subject: subject,
            item: ("rhel", "a-1"),
            latest: row.latest,
            version: row.version,
            vm: row.vm,
            versions: row.versions,
            checkOuts: row.checkOuts,
            isAfterOthers: row.isAfterOthers
        )
        let head = (["item rhel (a-1)"] + subject).joined(separator: ", ")
        #expect(change.line == "3. \(row.operation) \(head): \(row.effects)")
    }

    @Test func `each change finds what the one before it leaves`() {
        let plan = Plan()
        let read = Plan.Item(name: "i", latest: "2", versions: ["1", "2"])
        var lines: [String] = []
        func add(_ operation: String, version: String? = nil, vm: String? = nil) -> String {
            var change = PlannedChange(number: lines.count + 1, operation: operation)
            change.version = version
            change.vm = vm
            let result = Placeholder(number: change.number, operation: operation).text
            let key = Plan.Key(vcenter: "vc", item: "a-1")
            plan.add(&change, to: key, read: read, result: result)
            lines.append(
                change.line.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
            )
            return result
        }
        _ = add("rollback", version: "1")
        let vm = add("checkOut")
        _ = add("checkOut")
        _ = add("rollback", version: "2")
        _ = add("checkIn", vm: vm)
        _ = add("deleteCheckOut", vm: vm)
        let other = add("checkOut")
        var deletion = PlannedChange(number: 0, operation: "deleteVM")
        deletion.vm = other
        plan.follow(deletion, at: "vc", result: "")
        _ = add("deleteVersion", version: "<planned 1: rollback>")
        _ = add("rollback", version: "2")
        let held = "would be refused after the changes above: \(vm) is checked out of it"
        #expect(
            lines == [
                "latest is 2; goes back to 1, which gets a new identifier; "
                    + "2 becomes the previous version; purges nothing",
                "latest is <planned 1: rollback>; clones it",
                "latest is <planned 1: rollback>; \(held)",
                "latest is <planned 1: rollback>; \(held)",
                "latest is <planned 1: rollback>; <planned 1: rollback> becomes the previous version; "
                    + "purges version 2",
                "latest is <planned 5: checkIn>; would be refused after the changes above: "
                    + "\(vm) is not checked out of it",
                "latest is <planned 5: checkIn>; clones it",
                "latest is <planned 5: checkIn>; purges version <planned 1: rollback>",
                "latest is <planned 5: checkIn>; would be refused after the changes above: "
                    + "2 is no live version (a dry run reads what is live now)",
            ]
        )
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
