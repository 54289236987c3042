import Bindings
import Testing

@testable import Shell

struct RunOptionsTests {
    @Test func `what holds for the run`() throws {
        let invocation = try ArgumentParser.parse(
            ["--dry-run", "--deadline=1h", "--log-level", "warn", "--no-init"],
            inputIsTerminal: false
        )
        let run = RunOptions(invocation, environment: ["TERM": "xterm"])
        #expect(run.changes == .planned && !run.usesSimulator && !run.runsInit)
        #expect(run.deadline == .seconds(3600) && run.grace == .seconds(20))
        #expect(run.logLevel == .warn && run.logLevel > .info && run.logFormat == .text)
    }

    static let colors: [(String?, [String: String], Bool, Bool)] = [
        (nil, [:], true, true), (nil, [:], false, false), (nil, ["NO_COLOR": "1"], true, false),
        (nil, ["NO_COLOR": ""], true, true), (nil, ["TERM": "dumb"], true, false),
        ("always", ["NO_COLOR": "1"], false, true), ("never", [:], true, false),
    ]

    @Test(arguments: colors)
    func `colours`(_ when: String?, _ environment: [String: String], _ terminal: Bool, _ used: Bool)
        throws
    {
        let arguments = when.map { ["--color", $0] } ?? []
        let invocation = try ArgumentParser.parse(arguments, inputIsTerminal: false)
        let run = RunOptions(invocation, environment: environment)
        #expect(run.usesColor(isTerminal: terminal) == used)
    }

    static let folders: [([String: String], String?)] = [
        (
            [
                "VMOON_STATE_DIR": "/v", "STATE_DIRECTORY": "/s", "XDG_STATE_HOME": "/x",
                "HOME": "/h",
            ], "/v"
        ),
        (["STATE_DIRECTORY": "/s:/t", "XDG_STATE_HOME": "/x"], "/s"),
        (["VMOON_STATE_DIR": "", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/vmoon"),
        (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/vmoon"),
        (["HOME": "/h"], "/h/.local/state/vmoon"),
        ([:], nil),
    ]

    @Test(arguments: folders)
    func `the state folder`(_ environment: [String: String], _ folder: String?) {
        #expect(StandardFolders.state(environment) == folder)
    }
}
