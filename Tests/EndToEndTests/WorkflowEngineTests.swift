import Foundation
import JSON
import Support
import Testing

/// The samples as the engines run them that they are for: cron, and a Slurm of one node.
@Suite struct WorkflowEngineTests {
    private static let engines = "\(projectRoot)/Tests/Engines"

    /// Why an engine cannot be started here; nil where it can.
    private static func problem(_ script: String) -> String? {
        let run = try? ProgramRun.shell("\(engines)/\(script) --can")
        return run?.status == 0 ? nil : run?.lines.last ?? "\(script) does not start"
    }

    private static let cron = problem("cron.sh")
    private static let slurm = problem("slurm.sh")

    /// The sample with another list, each minute, and what is beside the built program.
    private static func crontab(_ bench: WorkflowBench, lists: [String]) throws -> String {
        let sample = try String(
            contentsOfFile: "\(projectRoot)/scripts/deploy/vmoon.crontab",
            encoding: .utf8
        )
        let program = try SimulatorProcess.program("vmoon")
        let line = try #require(sample.split(separator: "\n").last { $0.first?.isNumber == true })
        var text = sample.replacing(line, with: "")
            .replacing("PATH=", with: "PATH=\(program.dropLast("/vmoon".count)):")
        text += "HOME=\(bench.folder.path)\n"
        for list in lists {
            text += line.replacing("17 2 * * *", with: "* * * * *")
                .replacing("--lock nightly", with: "--lock \(list)")
                .replacing("/usr/local/share/vmoon/", with: "\(projectRoot)/scripts/")
                .replacing("/etc/vmoon/nightly.list", with: "\(bench.folder.path)/\(list)")
            text += "\n"
        }
        return text
    }

    @Test(.enabled(if: cron == nil, "\(cron ?? "")"), .timeLimit(.minutes(12)))
    func `cron mails what went wrong and nothing else, and no run joins one that is at work`()
        throws
    {
        let bench = try WorkflowBench(["nightly": WorkflowBench.library("golden", items: 3)])
        // Longer than the period of a minute.
        try bench.simulator("nightly").add(fault: [
            "match": ["operation": "rollback", "path": "*003*"], "do": "delay", "ms": 68_000,
        ])
        try bench.folder.write("golden/item-001\n", to: "fine")
        try bench.folder.write("golden/item-002\ngolden/gone\n", to: "broken")
        try bench.folder.write("golden/item-003\n", to: "slow")
        let crontab = try Self.crontab(bench, lists: ["fine", "broken", "slow"])
        try bench.folder.write(crontab, to: "crontab")
        let run = try ProgramRun.shell(
            "\(Self.engines)/cron.sh \(bench.folder.path)/cron \(bench.folder.path)/crontab",
            in: bench.folder,
            within: 240
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")

        let mails = try FileManager.default.contentsOfDirectory(
            atPath: bench.folder.path + "/cron/mail"
        ).map {
            try String(contentsOfFile: "\(bench.folder.path)/cron/mail/\($0)", encoding: .utf8)
        }
        let about = { (lock: String) in mails.filter { $0.contains("--lock \(lock) ") } }
        #expect(about("fine").isEmpty, "\(mails)")
        #expect(about("broken").count == 2, "\(mails)")
        #expect(about("broken").allSatisfy { $0.contains("there is no item \"golden/gone\"") })
        // The first run was still at work, and ended well; the second one stood back.
        #expect(about("slow").count == 1, "\(mails)")
        #expect(about("slow").allSatisfy { $0.contains("vmoon: ") && $0.contains("slow") })
        #expect(try bench.changes("nightly").count == 3)
        #expect(try bench.openSessions() == 0)
    }

    @Test(.enabled(if: slurm == nil, "\(slurm ?? "")"), .timeLimit(.minutes(15)))
    func `a Slurm array rolls each item back once, also when a task is started again`() throws {
        let bench = try WorkflowBench(["default": WorkflowBench.library("golden", items: 200)])
        try bench.simulator().add(fault: [
            "match": ["operation": "rollback"], "times": .null, "do": "delay", "ms": 1_000,
        ])
        let list = (1...200).map { "golden/item-\("00\($0)".suffix(3))" }
        try bench.folder.write(list.joined(separator: "\n") + "\n", to: "list")
        let folder = bench.folder.path
        _ = try ProgramRun.shell("mkdir slurm", in: bench.folder)
        // Once something was asked of the vCenter, one task may be started again.
        let watcher = Thread {
            for _ in 0..<2_400 where !Thread.current.isCancelled {
                if let count = try? bench.changes().count, count > 20 {
                    _ = try? bench.folder.write("", to: "slurm/begun")
                    return
                }
                usleep(100_000)
            }
        }
        watcher.start()
        defer { watcher.cancel() }
        let run = try ProgramRun.shell(
            "\(Self.engines)/slurm.sh \(folder)/slurm \(projectRoot)/scripts/deploy/vmoon-nightly.sbatch",
            environment: [
                "VMOON": try SimulatorProcess.program("vmoon"), "VMOON_PROFILE": "default",
                "VMOON_SCRIPTS": "\(projectRoot)/scripts", "VMOON_LIST": "\(folder)/list",
            ],
            in: bench.folder,
            within: 600
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")

        let tasks = run.lines.filter { $0.hasPrefix("ArrayTaskId=") }
        #expect(tasks.count == 8, "\(run.output)")
        #expect(tasks.allSatisfy { $0.contains("JobState=COMPLETED") }, "\(run.output)")
        #expect(tasks.contains { $0.hasPrefix("ArrayTaskId=3 ") && $0.contains("Restarts=1") })
        // The vCenter's own record: as many roll-backs as items, and each item at its third version.
        #expect(try bench.changes().count == 200)
        let items = try bench.simulator().state()["libraries"]?.array?.first?["items"]?.array ?? []
        let latest = items.map { $0["versions"]?.array?.last?["version"]?.string }
        #expect(latest.count == 200 && latest.allSatisfy { $0 == "3" })
    }
}
