import Foundation
import Support
import Testing

/// What all scripts to run and copy have in common.
@Suite struct WorkflowUsageTests {
    static let scripts = [
        "discard-checkouts", "nightly-rollback", "release-train", "rollback-if-unhealthy",
        "stale-checkouts", "version-drift",
    ]

    @Test(arguments: scripts) func `a script can be run as it is, and says how`(_ name: String)
        throws
    {
        let path = WorkflowBench.script(name)
        #expect(FileManager.default.isExecutableFile(atPath: path))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix("#!/usr/bin/env vmoon\n-- "))
        #expect(text.contains("--   vmoon [options] \(name).lua "))
        #expect(text.contains("-- Ends with 0") || text.contains(" Ends with 0"))
    }

    @Test func `vmoon check finds nothing in them`() throws {
        let run = try ProgramRun.of("vmoon", ["check"] + Self.scripts.map(WorkflowBench.script))
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test(arguments: scripts) func `help is no misuse`(_ name: String) throws {
        let run = try ProgramRun.of("vmoon", [WorkflowBench.script(name), "--help"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("usage: vmoon [options] \(name).lua "), "\(run.output)")
        #expect(run.output.contains("  -h, --help") && run.error == "")
    }

    static let misuses: [(script: String, arguments: [String], says: String)] = [
        ("stale-checkouts", [], "HOURS is missing"),
        ("stale-checkouts", ["soon"], "HOURS must be a number from 0, not \"soon\""),
        ("stale-checkouts", ["-5"], "HOURS must be a number from 0, not \"-5\""),
        ("stale-checkouts", ["24", "48"], "there is one word too many: \"48\""),
        ("stale-checkouts", ["24", "--library"], "--library needs a value"),
        ("version-drift", ["a"], "PROFILE is missing: another one"),
        ("version-drift", ["a", "a"], "a vCenter is no different from itself: a"),
        ("version-drift", ["--csv", "a", "b"], "there is no option --csv"),
        ("rollback-if-unhealthy", [], "ITEM is missing"),
        ("rollback-if-unhealthy", ["l/i"], "COMMAND is missing: the check behind --"),
        ("rollback-if-unhealthy", ["l/i", "--"], "COMMAND is missing: the check behind --"),
        ("rollback-if-unhealthy", ["--timeout", "long", "l/i", "--", "true"], "\"long\""),
        ("discard-checkouts", [], "FILE is missing"),
        ("discard-checkouts", ["--all"], "there is no option --all"),
        ("discard-checkouts", ["a", "b"], "there is one word too many: \"b\""),
        ("nightly-rollback", [], "no items are named"),
        ("nightly-rollback", ["--list", "/dev/null"], "no items are named"),
        ("nightly-rollback", ["--list"], "--list needs a value: FILE"),
        ("nightly-rollback", ["--quiet", "l/i"], "there is no option --quiet"),
        ("release-train", ["l/i"], "COMMAND is missing"),
        ("release-train", ["l/i", "--", "true", "--", "true"], "--folder is missing"),
        (
            "release-train", ["--folder", "f", "--pool", "p", "l/i", "--", "true"],
            "the command that verifies is missing"
        ),
        (
            "release-train", ["--folder", "f", "l/i", "--", "true", "--", "true"],
            "one of --pool, --cluster and --host is needed"
        ),
    ]

    @Test(arguments: misuses) func `wrong arguments are refused before anything is asked`(
        _ script: String,
        _ arguments: [String],
        _ says: String
    ) throws {
        let run = try ProgramRun.of("vmoon", [WorkflowBench.script(script)] + arguments)
        #expect(run.status == 64, "\(run.error)")
        #expect(run.error.contains(says), "\(run.error)")
        #expect(run.output == "")
    }

    static let missing: [(script: String, arguments: [String], problem: String)] = [
        ("discard-checkouts", ["no-such-file"], "No such file or directory"),
        ("discard-checkouts", ["/"], "Is a directory"),
        ("nightly-rollback", ["--list", "no-such-file"], "No such file or directory"),
        ("nightly-rollback", ["--list", "/"], "Is a directory"),
    ]

    @Test(arguments: missing) func `a file that cannot be read is named`(
        _ script: String,
        _ arguments: [String],
        _ problem: String
    ) throws {
        let run = try ProgramRun.of("vmoon", [WorkflowBench.script(script)] + arguments)
        #expect(run.status == 66)
        #expect(run.error == "vmoon: \(arguments.last ?? ""): \(problem)\n")
    }
}
