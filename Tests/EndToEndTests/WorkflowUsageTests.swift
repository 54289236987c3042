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
        #expect(run.lines.count == 1 && run.error == "")
    }

    static let misuses: [(script: String, arguments: [String], says: String)] = [
        ("stale-checkouts", [], "the number of hours is missing"),
        ("stale-checkouts", ["soon"], "not a number of hours: soon"),
        ("stale-checkouts", ["-5"], "there is no option -5"),
        ("stale-checkouts", ["24", "48"], "one number of hours is enough: 48"),
        ("stale-checkouts", ["24", "--library"], "--library needs a name"),
        ("version-drift", ["a"], "two profiles are compared, not 1"),
        ("version-drift", ["a", "a"], "a vCenter is no different from itself: a"),
        ("version-drift", ["--csv", "a", "b"], "there is no option --csv"),
        ("rollback-if-unhealthy", [], "the item is missing"),
        ("rollback-if-unhealthy", ["l/i"], "the command of the check is missing, after --"),
        ("rollback-if-unhealthy", ["l/i", "--"], "the command of the check is missing, after --"),
        ("rollback-if-unhealthy", ["l/i", "l/j", "--", "true"], "one item at a time: l/j"),
        ("rollback-if-unhealthy", ["--timeout", "long", "l/i", "--", "true"], "\"long\""),
        ("discard-checkouts", [], "the file of users is missing"),
        ("discard-checkouts", ["--all"], "there is no option --all"),
        ("discard-checkouts", ["a", "b"], "one file is enough: b"),
        ("nightly-rollback", [], "no items are named"),
        ("nightly-rollback", ["--list", "/dev/null"], "no items are named"),
        ("nightly-rollback", ["--list"], "--list needs a file"),
        ("nightly-rollback", ["--quiet", "l/i"], "there is no option --quiet"),
        ("release-train", ["l/i"], "the command of the change is missing, after --"),
        ("release-train", ["l/i", "--", "true"], "the command that verifies is missing"),
        (
            "release-train", ["l/i", "--", "true", "--", "true"],
            "--folder and --pool are needed"
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
        #expect(run.error == "\(script).lua: \(arguments.last ?? ""): \(problem)\n")
    }
}
