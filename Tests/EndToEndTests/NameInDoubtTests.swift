import JSON
import Support
import Testing

/// What is made under a name, when its answer was lost; and answers that leave no doubt.
@Suite struct NameInDoubtTests {
    private static let place = "placement = { folder = 'group-v3', resource_pool = 'resgroup-8' }"

    private static func deploy(_ name: String) -> String {
        "deploy('\(PolicyTests.ubuntu)', { name = '\(name)', \(place) })"
    }

    private func count(_ operation: JSONValue, _ runs: Runs) throws -> Int {
        try runs.simulator.requests().count { $0["operation"] == operation }
    }

    @Test func `a deployment in doubt keeps off another one of its name`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "deploy"], "do": "late_apply", "ms": 60_000,
        ])
        let options = ["--settle", "1s", "-e"]
        let first = try runs.vmoon(options + [Self.deploy("m-1")])
        #expect(first.status == 80, "\(first)")
        let again = try runs.vmoon(options + [Self.deploy("m-1")])
        #expect(again.status == 80, "\(again)")
        #expect(again.error.contains("not sent: an earlier deploy of this name"), "\(again)")
        #expect(try count("deploy", runs) == 1)
        // Another name is another request.
        let other = try runs.vmoon(options + [Self.deploy("m-{op}")])
        #expect(other.status == 0, "\(other)")
    }

    @Test func `nothing is tried again once a change in it is in doubt`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "deploy"], "times": .null, "do": "reset_before_apply",
        ])
        let run = try runs.script(
            """
            print(pcall(retry, function()
              local ok, e = pcall(function() return \(Self.deploy("m-1")) end)
              if not ok then error({ kind = "timeout", retryable = true, message = "wrapped" }, 0) end
            end, { times = 3, every = 0 }))
            """,
            ["--settle", "1s"]
        )
        #expect(run.status == 80, "\(run)")
        #expect(try count("deploy", runs) == 1)
    }

    @Test(arguments: ["rest", "api"])
    func `a method that the path does not take has done nothing`(_ dialect: String) throws {
        let runs = try Runs()
        let run = try runs.vmoon([
            "--api", dialect, "-e", "request{ method = 'PUT', path = '/vcenter/vm/vm-109' }",
        ])
        #expect(run.status == 78 && run.error.contains("no_such_route (HTTP 405)"), "\(run)")
        #expect(!run.error.contains("unknown"), "\(run)")
    }

    @Test(arguments: ["rest", "api", "jsonrpc"])
    func `a filter without values is none`(_ dialect: String) throws {
        let run = try Runs().vmoon([
            "--api", dialect, "-e",
            """
            for _, list in ipairs{ listVMs, listNetworks, listFolders, listHosts } do
              assert(#list{ names = {} } == #list() and #list() > 0)
            end
            """,
        ])
        #expect(run.status == 0, "\(run)")
    }
}
