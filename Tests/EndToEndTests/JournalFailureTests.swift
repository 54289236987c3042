import Foundation
import JSON
import Support
import Testing

/// Without a journal that can be trusted nothing is changed.
@Suite struct JournalFailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Prepares `$STATE`; runs in a shell.
        let preparation: String
        let word: String
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "a folder that others may enter",
            preparation: "mkdir -m 755 $STATE",
            word: "755"
        ),
        Row(name: "a file in its place", preparation: "touch $STATE", word: "folder"),
        Row(
            name: "a file that is no journal",
            preparation: "mkdir -m 700 $STATE; yes nonsense | head -c 9000 > $STATE/journal.db",
            word: "not a database"
        ),
        Row(
            name: "a journal that is a folder",
            preparation: "mkdir -m 700 -p $STATE $STATE/journal.db",
            word: "unable to open"
        ),
    ]

    private static func rollback(_ bench: JournalBench) -> String {
        "session():rollback('\(JournalBench.item(1))', '1', 'x')"
    }

    @Test(arguments: rows) func `nothing is changed, 73, and the file is named`(_ row: Row) throws {
        let bench = try JournalBench(items: 1)
        let state = bench.folder.path + "/state"
        _ = try ProgramRun.shell(row.preparation, environment: ["STATE": state])
        let run = try bench.vmoon(["-e", Self.rollback(bench)])
        #expect(run.status == 73, "\(run.error)")
        #expect(run.error.contains(row.word) && run.error.contains(state), "\(run.error)")
        try expectUntouched(bench)
        // The item by the name that the script gave it.
        let named = try bench.vmoon(["-e", "item('golden/many-1'):rollback('1', 'x')"])
        #expect(
            named.error.contains(
                "rollback (item golden/many-1 (\(JournalBench.item(1))), version 1)"
            ),
            "\(named)"
        )
        // Reading asks for no journal.
        let reading = try bench.vmoon(["-e", "session():listVersions('\(JournalBench.item(1))')"])
        #expect(reading.status == 0, "\(reading.error)")
    }

    @Test(arguments: [("ro", "readonly"), ("size=64k", "full")])
    func `a file system that takes nothing`(_ option: String, _ word: String) throws {
        guard try ProgramRun.shell("unshare -rm true").status == 0 else {
            return print("skipped: this system lets nobody mount a file system of his own")
        }
        let bench = try JournalBench(items: 1)
        let vmoon = try SimulatorProcess.program("vmoon")
        // The journal is made while there is room; then the room goes.
        let prepare = try bench.vmoon(["-e", Self.rollback(bench)])
        #expect(prepare.status == 0, "\(prepare.error)")
        _ = try bench.simulator.admin("DELETE", "/sim/requests")
        let remount =
            option == "ro"
            ? "mount --bind state state && mount -o remount,bind,ro state"
            : """
            mkdir full && mount -t tmpfs -o \(option),mode=700 none full \
            && cp state/journal.db full/ && mkdir -m 700 full/locks \
            ; cat /dev/zero > full/filler; export VMOON_STATE_DIR=$PWD/full
            """
        let line = """
            \(remount); exec \(vmoon) --vcenter \(bench.simulator.url) --user \(bench.simulator.user) \
            -e "session():rollback('\(JournalBench.item(1))', '2', 'x')"
            """
        try line.write(toFile: bench.folder.path + "/run.sh", atomically: true, encoding: .utf8)
        let run = try ProgramRun.shell(
            "unshare -rm bash run.sh 2>&1",
            environment: bench.environment(),
            in: bench.folder
        )
        #expect(run.status == 73, "\(run.output)")
        #expect(run.output.contains(word), "\(run.output)")
        try expectUntouched(bench)
    }

    @Test func `once there is room the same run goes on, and can be resumed`() throws {
        guard try ProgramRun.shell("unshare -rm true").status == 0 else {
            return print("skipped: this system lets nobody mount a file system of his own")
        }
        let bench = try JournalBench(items: 1)
        let vmoon = try SimulatorProcess.program("vmoon")
        #expect(try bench.vmoon(["-e", Self.rollback(bench)]).status == 0)
        let script = """
            local ok, err = pcall(step, "a", function() return 1 end)
            print(ok, ok and err or err.kind)
            os.remove("full/filler")
            print(step("b", function() return rollback("\(JournalBench.item(1))", "2", "x") end))
            error "stop"
            """
        _ = try bench.folder.write(script, to: "train.lua")
        let line = """
            mkdir full && mount -t tmpfs -o size=512k,mode=700 none full && cp state/journal.db full/
            mkdir -m 700 full/locks; cat /dev/zero > full/filler; export VMOON_STATE_DIR=$PWD/full
            truncate -s -80K full/filler # enough to open the journal, and too little to begin a run in it
            \(vmoon) --vcenter \(bench.simulator.url) --user \(bench.simulator.user) train.lua
            echo "$?"; \(vmoon) resume; echo "$?"
            """
        _ = try bench.folder.write(line, to: "run.sh")
        let run = try ProgramRun.shell(
            "unshare -rm bash run.sh",
            environment: bench.environment(),
            in: bench.folder
        )
        #expect(run.output == "false\tjournal\n4\n1\ntrue\t1\n4\n1\n", "\(run)")
        #expect(!run.error.contains("constraint"), "\(run.error)")
    }

    @Test func `a private simulator needs no journal`() throws {
        let folder = TestFolder()
        let code = #"print(item("golden/ubuntu-22.04"):rollback("1", "x"))"#
        let run = try ProgramRun.of(
            "vmoon",
            ["--sim", "-e", code],
            environment: ["VMOON_STATE_DIR": "/nonexistent/state"],
            in: folder
        )
        #expect(run.output == "3\n", "\(run.error)")
    }

    private func expectUntouched(_ bench: JournalBench) throws {
        let requests = try bench.simulator.requests()
        #expect(!requests.contains { $0["operation"]?.string == "rollback" })
    }
}
