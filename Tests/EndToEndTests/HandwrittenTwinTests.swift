import Foundation
import JSON
import Support
import Testing

/// The inventory `Tests/Twins/two-vcenters.json`, which no program wrote.
///
/// What is odd in a vCenter is in there, and works. That a twin of it answers as it does, and a masked one has no name,
/// `TwinTests` shows; single runs on it, `SnapshotTests`.
struct HandwrittenTwinTests {
    private static let one = "11111111-aaaa-4bbb-8ccc-0000000000a1"
    private static let long = "11111111-aaaa-4bbb-8ccc-0000000000b2"
    private static let two = "22222222-aaaa-4bbb-8ccc-0000000000a1"

    @Test func `it has all that is odd`() throws {
        let text = try String(contentsOfFile: SnapshotTests.two, encoding: .utf8)
        let vcenters = try #require(try JSONValue(parsing: text)["vcenters"]?.members)
        #expect(vcenters.count == 2)
        func all(_ list: String) -> [JSONValue] { vcenters.flatMap { $0.value[list]?.array ?? [] } }
        let libraries = all("libraries")
        let items = libraries.flatMap { $0["items"]?.array ?? [] }
        func names(_ list: [JSONValue]) -> [String] { list.compactMap { $0["name"]?.string } }
        func hasEqual(_ names: [String]) -> Bool { Set(names).count < names.count }
        let folders = all("placements").filter { $0["kind"] == "folder" }
        for list in [libraries, items, all("machines"), folders] { #expect(hasEqual(names(list))) }
        for list in [libraries, items, all("machines")] {
            #expect(names(list).contains { $0.count == 300 })
        }
        // A folder in a folder in a folder.
        let parents = Dictionary(
            folders.map { ($0["id"]?.string ?? "", $0["parents"]?["folder"]?.string ?? "") }
        ) { first, _ in first }
        let depths = parents.keys.map { id in
            sequence(first: id) { parents[$0].flatMap { parents[$0] == nil ? nil : $0 } }
                .reduce(0) { count, _ in count + 1 }
        }
        #expect((depths.max() ?? 0) >= 4)
        let counts = Set(items.map { $0["versions"]?.array?.count ?? 0 })
        #expect(counts.isSuperset(of: [1, 2]))
        #expect(libraries.contains { $0["type"] == "SUBSCRIBED" && $0["source"] != nil })
        #expect(items.contains { $0["type"] == "ovf" })
        #expect(items.contains { $0["check_outs"]?.array?.isEmpty == false })
    }

    /// Two workflows: over both vCenters, and for an item with a long name into a folder of the same name as its parent.
    static let workflows: [(name: String, words: [String])] = [
        ("nightly-rollback", ["one:\(one)", "two:\(two)"]),
        (
            "release-train",
            [
                "--folder", "Berlin/vm/prod/web/web", "--cluster", "compute", long, "--", "true",
                "--", "true",
            ]
        ),
    ]

    @Test(arguments: workflows)
    func `a script is rehearsed on it`(_ row: (name: String, words: [String])) throws {
        let bench = RehearseBench()
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: bench.folder)
        let profiles = """
            return { one = { vcenter = "vc1.corp.test" }, two = { vcenter = "vc2.corp.test:8443" } }
            """
        try bench.folder.write(profiles, to: ".config/vmoon/config.lua", mode: 0o600)
        let faults = "reset_after_apply,malformed_json,meanwhile:check_in,kill_before,kill_after"
        let report = try bench.rehearse(
            [
                "--inventory", SnapshotTests.two, "--vcenter", "vc1.corp.test", "--faults", faults,
            ],
            "\(projectRoot)/scripts/\(row.name).lua",
            row.words
        )
        #expect(report.run.status == 0, "\(report.findings) \(report.run.error)")
        #expect(report.cases.count > 40)
    }

    @Test(.enabled(if: PromptTerminal.isThere, "skipped: there is no tmux"))
    func `its names are completed at the prompt`() throws {
        let terminal = try PromptTerminal.prompt(
            "--sim --inventory '\(SnapshotTests.two)' --vcenter vc1.corp.test",
            columns: 400
        )
        try terminal.enter("session()")
        try terminal.wait { $0.contains { $0.hasPrefix("session operator") } }
        let rows: [(typed: String, shown: String)] = [
            (#"item "golden/rh"#, #"sim> item "golden/rhel/9 \"quoted\" \\ 100%""#),
            (#"find.vm "Masch"#, "Namen-Masc\""), (#"find.folder "web"#, "Berlin/vm/prod/web/web"),
        ]
        for (typed, shown) in rows {
            try terminal.type(typed)
            try terminal.press("Tab")
            try terminal.wait { $0.contains { $0.hasSuffix(shown) } }
            try terminal.press("C-c")
        }
    }
}
