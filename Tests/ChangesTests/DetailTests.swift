import Journal
import Testing
import VSphere

@testable import Changes

/// What is said of outcomes, word by word, and under which names journals keep it.
struct DetailTests {
    private static let change = Observation.Change("4", time: "T", user: "eve", message: "m")
    private static let somebody = Observation.Change("4", time: "T", user: nil, message: "m")

    static let said:
        [(verdict: ChangeVerdict, kind: ChangeIntent.Kind, key: String?, text: String)] =
            [
                (.done(result: "3", supersededBy: nil), .rollback, nil, ""),
                (
                    .done(result: nil, supersededBy: nil), .deleteCheckOut, "gone",
                    "it is gone, whoever did that"
                ),
                (
                    .done(result: nil, supersededBy: nil), .deleteVM, "machine_or_template_gone",
                    "the machine is gone, or a template by now, whoever did that"
                ),
                (
                    .done(result: nil, supersededBy: nil), .attachTag, "as_wanted",
                    "it is so, whoever did that"
                ),
                (
                    .done(result: nil, supersededBy: nil), .deleteLibrary, "gone",
                    "it is gone, whoever did that"
                ),
                (
                    .done(result: nil, supersededBy: nil), .powerOn, "power",
                    "the machine is POWERED_ON, whoever did that"
                ),
                (
                    .done(result: "3", supersededBy: .init("4", nil)), .rollback, "superseded",
                    "superseded by version 4"
                ),
                (
                    .done(result: "3", supersededBy: .init("4", change)), .rollback, "superseded",
                    "superseded by version 4, made by eve at T"
                ),
                (.conflict(nil), .rollback, "used", "somebody else used its target"),
                (.conflict(change), .rollback, "version_made", "version 4 was made by eve at T"),
                (
                    .conflict(somebody), .rollback, "version_made",
                    "version 4 was made by an unknown user at T"
                ),
                (
                    .checkedIn(version: "4", nil), .deleteCheckOut, "checked_in",
                    "the machine was checked IN: version 4 was made of it"
                ),
                (
                    .checkedIn(version: "4", change), .deleteCheckOut, "checked_in",
                    "the machine was checked IN: version 4 was made of it by eve at T"
                ),
                (
                    .notSeen(within: .seconds(86_400)), .rollback, "not_seen",
                    "not seen in 24h, by the server's clock"
                ),
                (
                    .unknown(.notSeenYet), .rollback, "not_seen_yet",
                    "it has not happened so far, and may still"
                ),
                (
                    .unknown(.stopped), .rollback, "stopped",
                    "vmoon stopped waiting before that could be seen"
                ),
                (
                    .unknown(.unobservable), .deploy, "unobservable",
                    "nothing in the vCenter tells it afterwards; look by hand, then close it with --resolve"
                ),
                (
                    .unknown(.otherPower("SUSPENDED")), .powerOn, "other_power",
                    "the machine is SUSPENDED now: it has not happened so far, or was undone since; "
                        + "if it stays so, close it with --resolve"
                ),
                (
                    .unknown(.notTold), .deleteVM, "not_told",
                    "this vCenter does not say what became of it"
                ),
                (
                    .unknown(.unreadable("no luck")), .rollback, "unreadable",
                    "what is there could not be read: no luck"
                ),
                (
                    .unknown(.unclear(vm: "vm-7", "no luck")), .checkOut, "unclear",
                    "vm-7 is checked out now, but whose it is could not be read: no luck"
                ),
                (
                    .unknown(.candidate("vm-7")), .deploy, "candidate",
                    "vm-7: it may be the one, and nothing proves it ({op} in the name would); look, "
                        + "then close it with --resolve"
                ),
                (
                    .unknown(.itemGone), .rollback, "item_gone",
                    "the item was deleted, and its history with it"
                ),
                (.unknown(.machineGone), .powerOn, "machine_gone", "the machine is gone"),
                (.unknown(.objectGone), .setHardware, "object_gone", "what it was about is gone"),
                (
                    .unknown(.noHistory), .rollback, "no_history",
                    "what it named is gone, and this vCenter keeps no history that says why"
                ),
                (
                    .unknown(.madeAndUndone), .powerOn, "made_and_undone",
                    "it was refused as if it were so already, which it was not before, and is not now: "
                        + "it may have been made, and undone since"
                ),
                (
                    .unknown(.tracksCovered), .rollback, "tracks_covered",
                    "what it named is gone, and later changes have covered the tracks"
                ),
            ]

    @Test(arguments: said)
    func `a verdict is kept as data, and said in these words`(
        _ verdict: ChangeVerdict,
        _ kind: ChangeIntent.Kind,
        _ key: String?,
        _ text: String
    ) {
        let settlement = Settlement(of: verdict, kind, after: nil, time: 1)
        #expect(settlement.detail?.key == key)
        #expect(settlement.detail?.sentence ?? "" == text)
    }

    @Test func `every sentence is in the table`() {
        let keys = Set(Self.said.compactMap(\.key))
        for key in Detail.Key.allCases where key != .byHand {
            #expect(keys.contains(key.rawValue))
        }
        #expect(Detail(.byHand).sentence == "settled by hand")
    }

    @Test func `a text of an earlier vmoon is shown as it is, an unknown sentence by its name`() {
        #expect(Detail(text: "the run ended before")?.sentence == "the run ended before")
        #expect(
            Detail(key: "moved_away", facts: ["vm-7", "\u{7}"]).sentence == #"moved_away vm-7 \x07"#
        )
        #expect(Detail(key: "unclear", facts: []).sentence.hasPrefix(" is checked out"))
        #expect(Detail(.versionMade, "1\0", by: Self.change).facts == [#"1\x00"#, "eve", "T"])
    }
}
