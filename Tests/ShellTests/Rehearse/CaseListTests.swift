import JSON
import Testing

@testable import Shell

/// The cases that follow from a record, and their names.
struct CaseListTests {
    private static let item = "00000000-0000-4000-a17e-000000000001"

    private static func request(
        _ operation: String,
        changing: Bool = false,
        about item: String = CaseListTests.item
    ) -> SeenRequest {
        var request = SeenRequest()
        request.operation = operation
        request.isChanging = changing
        request.isApplied = changing
        request.path = ["rest", "library-items", item]
        return request
    }

    private static let state: TwinState = {
        var item = TwinState.Item()
        item.key.id = Self.item
        item.path = "golden/a"
        item.versionCount = 2
        return TwinState(items: [item])
    }()

    private func names(
        _ requests: [SeenRequest],
        writes: [[String]] = [],
        faults: [String]? = nil
    ) -> [String] {
        CaseList.all(requests: requests, writes: writes, state: Self.state, faults: faults)
            .map(\.name)
    }

    @Test func `a request meets what it can meet, and nothing else`() {
        let wanted = [
            "reset_after_apply", "late_apply:30s", "expire_session", "error:not_found",
            "meanwhile:delete_item",
        ]
        let cases: [(SeenRequest, [String])] = [
            (Self.request("createSession", changing: true), ["reset_after_apply"]),
            (Self.request("deleteSession", changing: true), ["reset_after_apply"]),
            (
                Self.request("getItem"),
                [
                    "reset_after_apply", "error:not_found", "expire_session",
                    "meanwhile:delete_item",
                ]
            ),
            (
                Self.request("listFolders", about: "x"),
                ["reset_after_apply", "error:not_found", "expire_session"]
            ),
            (
                Self.request("rollback", changing: true),
                [
                    "reset_after_apply", "late_apply:30s", "error:not_found", "expire_session",
                    "meanwhile:delete_item",
                ]
            ),
        ]
        for (request, faults) in cases {
            let expected = faults.map { "\(request.operation ?? "")#1:\($0)" }
            #expect(names([request], faults: wanted) == expected)
        }
    }

    @Test func `a request of JSON-RPC is hit by what it asks for, not before that has come`() {
        let request = SeenRequest(
            [
                "n": 1, "operation": "rollback", "path": "/api", "changing": true,
                "arguments": ["item": .string(Self.item), "spec": ["message": "x"]],
            ],
            at: ""
        )
        let faults = ["reset_before_request", "reset_before_apply", "meanwhile:check_in"]
        #expect(
            names([request], faults: faults) == [
                "rollback#1:reset_before_apply", "rollback#1:meanwhile:check_in",
            ]
        )
    }

    @Test func `what somebody else does has to be possible at that moment`() {
        let requests = [
            Self.request("getItem"), Self.request("checkOut", changing: true),
            Self.request("getItem"), Self.request("checkIn", changing: true),
            Self.request("getItem"),
        ]
        let deeds = ["meanwhile:check_out", "meanwhile:roll_back"]
        #expect(
            names(requests, faults: deeds) == [
                "getItem#1:meanwhile:check_out", "getItem#1:meanwhile:roll_back",
                "checkOut#1:meanwhile:check_out", "checkOut#1:meanwhile:roll_back",
                "getItem#3:meanwhile:check_out", "getItem#3:meanwhile:roll_back",
            ]
        )
    }

    /// Tasks of a script may ask in another order each time.
    @Test func `what somebody else does is done to one item, whichever a request is about`() {
        let cases = CaseList.all(
            requests: [Self.request("getItem")],
            writes: [],
            state: Self.state,
            faults: ["meanwhile:roll_back", "meanwhile:lose_privileges"]
        )
        #expect(cases.map { $0.item?.id } == [nil, Self.item])
        let rule = RehearsalFault.named("meanwhile:roll_back")?
            .rule(operation: "getItem", number: 1, item: cases[1].item?.id)
        #expect(rule?["item"]?.string == Self.item)
    }

    @Test func `requests are counted for each operation and each vCenter`() {
        var other = Self.request("getItem")
        other.vcenter = "vc2.example.com:8443"
        let requests = [
            Self.request("getItem"), Self.request("getVM"), other, Self.request("getItem"),
        ]
        #expect(
            names(requests, faults: ["delay"]) == [
                "getItem#1:delay", "getVM#1:delay", "getItem@vc2.example.com:8443#1:delay",
                "getItem#2:delay",
            ]
        )
    }

    @Test func `the run is killed before each commit and after it, by what is written there`() {
        let writes = [
            ["begin", "retire", "intend_rollback"], ["settle", "step_begins"], ["step_begins"],
            ["settle", "end"],
        ]
        #expect(
            names([], writes: writes) == [
                "journal.begin#1:kill_before", "journal.intend_rollback#1:kill_after",
                "journal.settle#1:kill_before", "journal.settle#1:kill_after",
                "journal.settle#2:kill_before", "journal.end#1:kill_after",
            ]
        )
    }

    @Test func `a name is read as it was written`() throws {
        let requests = [
            Self.request("getItem"), Self.request("rollback", changing: true),
            Self.request("createSession", changing: true),
        ]
        let writes = [["begin", "settle"]]
        for point in CaseList.all(requests: requests, writes: writes, state: Self.state) {
            #expect(RehearsalCase(point.name) == point)
        }
        let wrong = [
            "", "rollback", "rollback#0:delay", "rollback#x:delay", "rollback#1", "#1:delay",
            "rollback#1:nothing", "journal.settle#1:delay",
        ]
        for name in wrong { #expect(RehearsalCase(name) == nil, "\(name)") }
    }

    @Test func `a sample has one case of each group, and is the same for the same seed`() {
        let requests = (1...40).map { _ in Self.request("getItem") }
        let all = CaseList.all(requests: requests, writes: [], state: Self.state)
        let groups = Set(all.map(\.group))
        let few = CaseList.sample(all, limit: 1, seed: 7)
        #expect(few.count == groups.count && Set(few.map(\.group)) == groups)
        let more = CaseList.sample(all, limit: 200, seed: 7)
        #expect(more.count == 200 && Set(more.map(\.group)) == groups)
        #expect(CaseList.sample(all, limit: 200, seed: 7) == more)
        #expect(CaseList.sample(all, limit: 200, seed: 8) != more)
        #expect(CaseList.sample(all, limit: all.count, seed: 7) == all)
    }

    @Test func `the command that shows a case again is one for a shell`() {
        let words = ["a b", "it's", "$HOME", "", "plain-1.lua", "ü"]
        #expect(
            words.map(RehearsalPlan.quoted) == [
                "'a b'", "'it'\\''s'", "'$HOME'", "''", "plain-1.lua", "'ü'",
            ]
        )
    }
}
