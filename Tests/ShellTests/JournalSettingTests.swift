import Journal
import Testing
import VSphere

@testable import Shell

struct JournalSettingTests {
    @Test func `a resume has the journal in which it found the run, with its password and lease`()
        throws
    {
        let fake = FakeWorld()
        var world = fake.world([
            "VMOON_JOURNAL": "postgres://u:pw@h/d", "VMOON_LEASE": "7s",
        ])
        let resume = try ArgumentParser.parse(["resume"], inputIsTerminal: false)
        try JournalSetting.find(resume, in: &world)
        let found = try #require(world.sharedJournal)
        #expect(found.lease == .seconds(7))
        #expect(fake.replaced["VMOON_JOURNAL"] == "postgres://u@h/d")
        let script = try ArgumentParser.parse(
            ["--lease", "9s", "--", "s.lua"],
            inputIsTerminal: false
        )
        _ = try Settings(script, world: &world) { _, _ in .success([:]) }
        #expect(world.sharedJournal === found)
        #expect(found.address.secrets == ["pw"])
    }

    @Test func `a bad VMOON_LEASE is refused by commands that claim something`() throws {
        var world = FakeWorld().world(["VMOON_JOURNAL": "postgres://h/d", "VMOON_LEASE": "1ms"])
        let resume = try ArgumentParser.parse(["resume"], inputIsTerminal: false)
        let error = #expect(throws: SettingsError.self) {
            try JournalSetting.find(resume, in: &world)
        }
        #expect(error?.description.contains("VMOON_LEASE") == true)
    }

    @Test func `no step is begun in a run that could not be claimed`() throws {
        var world = FakeWorld().world(["VMOON_JOURNAL": "postgres://u@127.0.0.1:9/d"])
        let runs = try ArgumentParser.parse(["runs"], inputIsTerminal: false)
        try JournalSetting.find(runs, in: &world)
        let run = RunRecord(
            identifier: "r",
            started: 1,
            script: "s",
            arguments: [],
            host: "h",
            process: 1
        )
        #expect(RunHold(world).hold(run)?.kind == .journal)
    }
}
