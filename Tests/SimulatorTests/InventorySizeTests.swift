import JSON
import Support
import Testing

/// A change in a large inventory costs as much as in a small one.
struct InventorySizeTests {
    /// The time of a hundred roll-backs, where there are so many items.
    private func time(items: Int) throws -> Duration {
        let list = (1...items).map { number in
            #"{"id":"item-\#(number)","name":"many-\#(number)","versions":["1","2"]}"#
        }
        let folder = TestFolder()
        let text = #"{"libraries":[{"name":"golden","items":[\#(list.joined(separator: ","))]}]}"#
        let path = try folder.write(text, to: "inventory.json")
        let client = try WireClient(.rest, arguments: ["--inventory", path])
        return try ContinuousClock().measure {
            for number in 1...100 {
                let version = "\(WireClient.templates)/item-\(number)/versions/1?action=rollback"
                let answer = try client.send("POST", version, ["message": "x"])
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a change does not copy the inventory`() throws {
        let (small, large) = (try time(items: 100), try time(items: 60_000))
        #expect(large < small * 4 + .milliseconds(200), "\(small) and \(large)")
    }
}
