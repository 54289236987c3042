import Foundation
import JSON
import Support
import Testing

/// The simulated clock and what waits for it, putting everything back, and what somebody else does.
struct TimeTests {
    private static let item = "00000000-0000-4000-a17e-000000000001"
    private static let versions = "\(WireClient.templates)/\(item)/versions"

    private func client() throws -> WireClient { try WireClient(.api) }

    private func latest(_ client: WireClient) throws -> String {
        let list = try client.value("GET", Self.versions)
        return list.array?.last?["version"]?.string ?? ""
    }

    private func rollBack(_ client: WireClient) throws -> PlainConnection.Answer {
        try client.send("POST", "\(Self.versions)/1?action=rollback", ["message": "bad"])
    }

    @Test func `a late change happens when the clock has come so far, at its own time`() throws {
        let client = try client()
        try client.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "late_apply", "ms": 3_600_000]
        )
        _ = try? rollBack(client)
        let next = try WireClient(.api, client.simulator)
        let before = try next.simulator.admin("GET", "/sim/clock")
        #expect((before["next_s"]?.number ?? 0) > 3500)
        try next.simulator.advanceClock(seconds: 3000)
        #expect(try latest(next) == "2")
        try next.simulator.advanceClock(seconds: 3000)
        #expect(try latest(next) == "3")
        let after = try next.simulator.admin("GET", "/sim/clock")
        #expect(after["next_s"] == .null)
        #expect(abs((after["ahead_s"]?.number ?? 0) - 6000) < 1)
        let item = try next.value("GET", "/content/library/item/\(Self.item)")
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let changed = try Date(item["last_modified_time"]?.string ?? "", strategy: format)
        let now = try Date(after["now"]?.string ?? "", strategy: format)
        #expect(abs(now.timeIntervalSince(changed) - 2400) < 60)
    }

    @Test func `a request that is not answered is held until its client goes`() throws {
        let client = try client()
        try client.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "no_answer"]
        )
        do {
            let other = try WireClient(.api, client.simulator)
            try other.connection.send(
                PlainConnection.request(
                    "POST",
                    "/api\(Self.versions)/1?action=rollback",
                    headers: ["vmware-api-session-id: \(other.session)"],
                    body: #"{"message":"bad"}"#
                )
            )
            try wait { try client.simulator.admin("GET", "/sim/clock")["held"] == 1 }
            #expect(try latest(client) == "3")
        }
        try wait { try client.simulator.admin("GET", "/sim/clock")["held"] == 0 }
    }

    /// Asks until something is so: what a connection does is seen a moment later.
    private func wait(_ isSo: () throws -> Bool) throws {
        for _ in 0..<10_000 where try !isSo() {}
        #expect(try isSo())
    }

    @Test func `a reset puts everything back`() throws {
        let client = try client()
        let before = try client.simulator.state()
        _ = try rollBack(client)
        try client.simulator.add(fault: ["do": "html_503", "times": .null])
        try client.simulator.advanceClock(seconds: 5000)
        #expect(try client.simulator.state() != before)
        try client.simulator.admin("POST", "/sim/reset")
        #expect(try client.simulator.state() == before)
        #expect(try client.simulator.admin("GET", "/sim/sessions")["open"] == 0)
        #expect(try client.simulator.requests().isEmpty)
        #expect(try client.simulator.admin("GET", "/sim/clock")["ahead_s"]?.number == 0)
        let next = try WireClient(.api, client.simulator)
        #expect(try latest(next) == "2")
        #expect(try next.simulator.requests().first?["n"] == 1)
    }

    @Test func `a reset goes back to the inventory that was put in last`() throws {
        let client = try client()
        try client.simulator.admin("PUT", "/sim/state", ["libraries": []])
        let empty = try client.simulator.state()
        try client.simulator.admin("POST", "/sim/reset")
        #expect(try client.simulator.state() == empty)
    }

    struct Deed: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int
        var testDescription: String { name }
    }

    @Test(arguments: [
        Deed(name: "check_out", status: 400), Deed(name: "check_in", status: 404),
        Deed(name: "roll_back", status: 404), Deed(name: "delete_item", status: 404),
        Deed(name: "lose_privileges", status: 403),
    ])
    func `somebody else is faster, and the record says so`(_ deed: Deed) throws {
        let client = try WireClient(.api, arguments: ["--statuses", "spec"])
        try client.simulator.add(
            fault: [
                "match": ["operation": "rollback"], "do": "meanwhile",
                "deed": .string(deed.name),
            ]
        )
        #expect(try rollBack(client).status == deed.status)
        let request = try client.simulator.requests().last
        #expect(request?["fault"]?.string == "meanwhile:\(deed.name)")
        #expect(request?["applied"] == false && request?["changing"] == true)
    }

    @Test func `what is not possible does not happen, and is not in the record`() throws {
        let client = try client()
        try client.simulator.add(
            fault: ["match": ["operation": "listFolders"], "do": "meanwhile", "deed": "check_in"]
        )
        _ = try client.send("GET", "/vcenter/folder")
        #expect(try client.simulator.requests().last?["fault"] == nil)
    }

    @Test func `an item may be named that the request is not about`() throws {
        let client = try client()
        let items = try client.simulator.state()["libraries"]?.array?.first?["items"]?.array
        let item = try #require(items?.first?["id"])
        try client.simulator.add(
            fault: [
                "match": ["operation": "listFolders"], "do": "meanwhile", "deed": "delete_item",
                "item": item,
            ]
        )
        _ = try client.send("GET", "/vcenter/folder")
        #expect(try client.simulator.requests().last?["fault"] == "meanwhile:delete_item")
        let left = try client.simulator.state()["libraries"]?.array?.first?["items"]?.array
        #expect(left?.count == (items?.count ?? 0) - 1)
        #expect(left?.contains { $0["id"] == item } == false)
    }
}
