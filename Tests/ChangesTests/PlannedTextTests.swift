import JSON
import Testing

@testable import Changes

/// Whether a call is the planned one: texts with placeholders, and arguments.
@Suite struct PlannedTextTests {
    /// Change 1 has made vm-7, change 2 has not been made, 3 was a read.
    static func binding(_ number: Int) -> PlannedText.Binding {
        switch number {
        case 1: .text("vm-7")
        case 2: .missing(2)
        default: .anything
        }
    }

    /// A planned text, one of the run; whether it is the same in an identifier, and in a text for people.
    static let texts: [(String, String, Bool, Bool)] = [
        ("a", "a", true, true), ("a", "b", false, false), ("", "", true, true),
        ("a", "ab", false, false), ("ab", "a", false, false),
        ("<planned 1: checkOut>", "vm-7", true, true),
        ("<planned 1: checkOut>", "vm-70", false, false),
        ("<planned 1: checkOut>", "<planned 1: checkOut>", false, false),
        ("patch-<planned 1: checkOut>-x", "patch-vm-7-x", true, true),
        ("<planned 1: a><planned 1: a>", "vm-7vm-7", true, true),
        ("<planned 2: checkOut>", "vm-8", false, false),
        ("<planned 3: getVM>", "anything", false, true), ("<planned 3: getVM>", "", false, false),
        ("of <planned 3: getVM> x", "of y x", false, true),
        ("of <planned 3: getVM> x", "of x", false, false),
        ("a<planned 3: getVM>b<planned 4: getVM>c", "a1b2c", false, true),
        ("a<planned 3: getVM>b<planned 4: getVM>c", "abbbc", false, true),
        ("a<planned 3: getVM>b<planned 4: getVM>c", "abbc", false, false),
        ("***", "s3cret", false, true), ("***", "", false, true),
        ("token=***", "token=1", false, true), ("token=***", "tokens=1", false, false),
        ("<planned 3: getVM><planned 2: x>", "ab", false, false),
        // No placeholders.
        ("<planned x>", "<planned x>", true, true), ("<planned 1>", "<planned 1>", true, true),
        ("<planned 1: a", "<planned 1: a", true, true),
        ("é", "e\u{301}", false, false),
    ]

    @Test(arguments: texts) func `a planned text is compared byte by byte, but for its gaps`(
        _ row: (planned: String, actual: String, asName: Bool, asText: Bool)
    ) {
        let text = PlannedText(row.planned, Self.binding)
        #expect(text.matches(row.actual, isOpen: false) == row.asName)
        #expect(text.matches(row.actual, isOpen: true) == row.asText)
    }

    /// Planned arguments, those of the run, and the first that differs.
    static let arguments: [(JSONValue, JSONValue, String?)] = [
        (["item": "i", "vm": "v"], ["vm": "v", "item": "i"], nil),
        (["item": "i"], ["item": "i", "vm": "v"], "vm"),
        (["item": "i", "vm": "v"], ["item": "i"], "vm"),
        (["spec": ["a": 1, "b": 2.0]], ["spec": ["b": 2, "a": 1.0]], nil),
        (["spec": ["a": 1]], ["spec": ["a": "1"]], "spec.a"),
        (["spec": ["a": 1]], ["spec": ["a": 1, "b": 1]], "spec.b"),
        (["spec": ["a": true]], ["spec": ["a": 1]], "spec.a"),
        (["spec": ["l": [1, 2]]], ["spec": ["l": [2, 1]]], "spec.l"),
        (["spec": ["l": []]], ["spec": ["l": [:]]], nil),
        (["spec": ["l": []]], ["spec": ["l": [1]]], "spec.l"),
        (["spec": ["n": nil]], ["spec": [:]], "spec.n"),
        (["vm": "<planned 1: x>"], ["vm": "vm-7"], nil),
        (["spec": ["m": ["<planned 1: x>": 1]]], ["spec": ["m": ["vm-7": 1]]], nil),
        (["vm": "<planned 3: getVM>"], ["vm": "vm-7"], "vm"),
        (
            ["spec": ["placement": ["folder": "<planned 3: x>"]]],
            ["spec": ["placement": ["folder": "f"]]], "spec.placement.folder"
        ),
        (["message": "of <planned 3: getVM>"], ["message": "of a machine"], nil),
        (["body": ["password": "***"]], ["body": ["password": "x"]], nil),
        (["body": ["password": "***"]], ["body": ["password": 4711]], nil),
        (["body": ["size": "***"]], ["body": ["size": 4711]], "body.size"),
        (["path": "/x?token=***"], ["path": "/x?token=1"], nil),
        (["path": "/x/<planned 3: getVM>"], ["path": "/x/y"], "path"),
    ]

    @Test(arguments: arguments) func `arguments are compared by what they mean`(
        _ row: (planned: JSONValue, actual: JSONValue, difference: String?)
    ) {
        let match = ArgumentMatch(binding: Self.binding)
        #expect(
            match.difference(row.planned, row.actual).joined(separator: ".") == row.difference ?? ""
        )
        #expect(match.isSame(row.planned, row.actual) == (row.difference == nil))
        #expect((match.distance(row.planned, row.actual) == 0) == (row.difference == nil))
    }

    @Test func `a text that tells a secret is left out wherever it stands`() {
        let arguments: JSONValue = [
            "item": "i",
            "spec": [
                "name": "a", "description": "for bob, password=S3c",
                "notes": ["token: S3c", ["text": "curl -u me:S3c h"]],
                "placement": ["folder": "group-v3"],
            ],
        ]
        let kept = PlannedCall("deploy", at: "vc", arguments).withoutSecrets.arguments
        let text = JSONEncoder().encode(kept)
        #expect(!text.contains("S3c") && text.contains("for bob") && text.contains("group-v3"))
        #expect(ArgumentMatch(binding: Self.binding).isSame(kept, arguments))
    }

    // MARK: The state

    static func seen(
        _ versions: [String],
        _ machines: [String] = [],
        latest: String? = nil,
        power: String? = nil,
        owners: [String]? = nil
    ) -> PlannedState.Seen {
        PlannedState.Seen(
            item: .init(
                latest: latest ?? versions.last,
                versions: versions.map { .init($0, template: "") },
                checkOuts: machines.map { .init($0) }
            ),
            power: power,
            nameOwners: owners
        )
    }

    static func state(
        _ versions: [String]? = ["1", "2"],
        _ machines: [String] = [],
        latest: String = "2",
        power: String? = nil,
        name: PlannedState.Name? = nil
    ) -> PlannedState {
        PlannedState(
            latest: latest,
            parts: versions.map { ($0, machines) },
            power: power,
            name: name
        )
    }

    static let moves: [(PlannedState, PlannedState.Seen, [PlannedState.Move])] = [
        (state(), seen(["1", "2"]), []), (state(), seen(["2", "1"], latest: "2"), []),
        (state(), .init(), []),
        (state(), seen(["2", "3"]), [.versionMade("3"), .versionGone("1")]),
        (state(), seen(["2"]), [.versionGone("1")]),
        (state(), seen(["1", "2"], latest: "1"), [.latestIs("1", not: "2")]),
        (state(), seen(["1", "2"], ["vm-7"]), [.checkedOut("vm-7")]),
        (state(["1", "2"], ["vm-7"]), seen(["1", "2"], ["vm-7:server"]), []),
        (state(["1", "2"], ["vm-7"]), seen(["1", "2"]), [.checkOutGone("vm-7")]),
        (
            state(["1", "2"], ["vm-7"]), seen(["1", "2"], ["vm-8"]),
            [.checkedOut("vm-8"), .checkOutGone("vm-7")]
        ),
        // Only the latest version was read.
        (state(nil), seen(["1", "3"], ["vm-7"]), [.versionMade("3")]),
        (state(nil), seen(["2"]), []),
        (state(power: "POWERED_ON"), seen(["1", "2"], power: "POWERED_ON"), []),
        (
            state(power: "POWERED_OFF"), seen(["1", "2"], power: "POWERED_ON"),
            [.power("POWERED_ON", not: "POWERED_OFF")]
        ),
        (state(power: "POWERED_OFF"), seen(["1", "2"], power: ""), [.machineGone]),
        (state(name: .init(owner: nil)), seen(["1", "2"], owners: []), []),
        (
            state(name: .init(owner: nil)), seen(["1", "2"], owners: ["vm-9"]),
            [.nameTaken(by: "vm-9")]
        ),
        (state(name: .init(owner: "vm-9")), seen(["1", "2"], owners: ["vm-9"]), []),
        (state(name: .init(owner: "vm-9")), seen(["1", "2"], owners: []), [.nameFree(of: "vm-9")]),
    ]

    @Test(arguments: moves) func `what has moved since the plan is seen`(
        _ row: (planned: PlannedState, seen: PlannedState.Seen, moves: [PlannedState.Move])
    ) {
        #expect(row.planned.moves(in: row.seen) == row.moves)
    }

    static let words: [(PlannedState.Move, String)] = [
        (
            .versionMade("3"),
            #"version 3 was made since, by V\bob at 10:00Z: bad\npatch"#
        ),
        (.versionMade("4"), "version 4 was made since"),
        (.versionGone("1\u{1B}"), #"version 1\x1B is gone"#),
        (.latestIs("1", not: "2"), "the latest version is 1, not 2"),
        (.checkedOut("vm-8"), "vm-8 is checked out by an unknown user"),
        (.checkOutGone("vm-7"), "vm-7 is checked out of it no longer"),
        (.power("POWERED_ON", not: "POWERED_OFF"), "vm-1 is on now, and was off"),
        (.power("SUSPENDED", not: "POWERED_ON"), "vm-1 is suspended now, and was on"),
        (.machineGone, "vm-1 is gone"), (.nameTaken(by: "vm-9"), "its name is taken by vm-9"),
        (.nameFree(of: "vm-9"), "its name, which vm-9 had, is not taken any more"),
    ]

    @Test(arguments: words) func `it is told in words, with who and when`(
        _ row: (move: PlannedState.Move, words: String)
    ) {
        let history = [
            Observation.Change("3", time: "10:00Z", user: #"V\bob"#, message: "bad\npatch")
        ]
        #expect(row.move.words(history, nil, about: "vm-1") == row.words)
    }
}
