import Foundation
import Support
import Testing

/// A resumed run has script, arguments, options and connection as they were, and secrets as they are now.
@Suite struct ResumeConnectionTests {
    /// The first part needs no connection once it is kept, the second does.
    static let text = """
        print(step("a", function() return item("golden/debian-12").name end), ...)
        if not io.open("go") then error "stop" end
        print(step("b", function() return item("golden/rhel-9").name end))
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var options: [String] = []
        /// The variables of the run, and of the resume.
        ///
        /// URL, HOST, USER and PASSWORD stand for the simulator's.
        var variables: [String: String] = [:]
        var later: [String: String] = [:]
        var resume: [String] = []
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "options, and the password of a variable",
            options: ["--vcenter", "URL", "--user", "USER"],
            variables: ["VMOON_PASSWORD": "PASSWORD"],
            later: [
                "VMOON_PASSWORD": "PASSWORD", "VMOON_VCENTER": "https://elsewhere.invalid",
                "GOVC_URL": "no",
            ]
        ),
        Row(
            name: "a password file",
            options: ["--vcenter", "URL", "--user", "USER", "--password-file", "secret"]
        ),
        Row(
            name: "a password command",
            options: ["--vcenter=URL", "--user=USER", "--password-command", "cat 'secret'"]
        ),
        Row(
            name: "VMOON_ variables",
            variables: [
                "VMOON_VCENTER": "URL", "VMOON_USER": "USER", "VMOON_PASSWORD_FILE": "secret",
            ]
        ),
        Row(
            name: "GOVC_ variables",
            variables: ["GOVC_URL": "URL", "GOVC_USERNAME": "USER", "GOVC_PASSWORD": "PASSWORD"],
            later: ["GOVC_PASSWORD": "PASSWORD"]
        ),
        Row(
            name: "a password in GOVC_URL",
            variables: ["GOVC_URL": "http://USER:PASSWORD@HOST"],
            later: ["GOVC_URL": "http://USER:PASSWORD@HOST"]
        ),
        Row(
            name: "a profile",
            options: ["--profile", "p"],
            variables: ["XDG_CONFIG_HOME": "FOLDER/config"],
            later: ["XDG_CONFIG_HOME": "FOLDER/config"]
        ),
        Row(
            name: "options of now before those of then",
            options: ["--vcenter", "http://127.0.0.1:1", "--user", "nobody", "--limit", "1"],
            variables: ["VMOON_PASSWORD": "PASSWORD"],
            later: ["VMOON_PASSWORD": "PASSWORD"],
            resume: ["--vcenter", "URL", "--user", "USER", "--limit=3", "--accept-changes"]
        ),
    ]

    @Test(arguments: rows) func `goes on where it was connected`(_ row: Row) throws {
        let bench = try ResumeBench(items: 1)
        let (simulator, folder) = (bench.simulator, bench.folder.path)
        let host = String(simulator.url.dropFirst("http://".count))
        func filled(_ text: String) -> String {
            text.replacing("HOST", with: host).replacing("URL", with: simulator.url)
                .replacing(
                    "USER",
                    with: text.contains("@HOST")
                        ? simulator.user.replacing("@", with: "%40") : simulator.user
                )
                .replacing("PASSWORD", with: simulator.password).replacing("FOLDER", with: folder)
        }
        let cannotConnect = row.options.contains("nobody")
        try bench.write(
            cannotConnect
                ? Self.text.replacing("item(\"golden/debian-12\").name", with: "'debian-12'")
                : Self.text
        )
        try bench.write(simulator.password, to: "secret")
        try FileManager.default.createDirectory(
            atPath: folder + "/config/vmoon",
            withIntermediateDirectories: true
        )
        try bench.write(
            "return { p = { vcenter = '\(simulator.url)', user = '\(simulator.user)', password_file = '\(folder)/secret' } }",
            to: "config/vmoon/config.lua"
        )
        for name in ["secret", "config/vmoon/config.lua"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: "\(folder)/\(name)"
            )
        }
        func vmoon(_ words: [String], _ variables: [String: String]) throws -> ProgramRun {
            // A `KEY=value` of GOVC_URL names itself: only values are filled in.
            try ProgramRun.of(
                "vmoon",
                words.map(filled),
                environment: variables.mapValues(filled).merging([
                    "VMOON_STATE_DIR": folder + "/state"
                ]) { $1 },
                in: bench.folder
            )
        }
        let arguments = ["one", "--two", "drei 3", ""]
        let first = try vmoon(row.options + ["train.lua"] + arguments, row.variables)
        #expect(
            first.status == 1 && first.output == "debian-12\tone\t--two\tdrei 3\t\n",
            "\(first)"
        )
        try bench.write("", to: "go")
        let second = try vmoon(["resume"] + row.resume, row.later)
        #expect(second.status == 0 && second.output == first.output + "rhel-9\n", "\(second)")
        #expect(try !bench.bench.stored.text().contains(simulator.password))
    }

    @Test func `a profile that is not there any more is named`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.write(
            "return { p = { vcenter = '\(bench.simulator.url)', user = '\(bench.simulator.user)' } }",
            to: "config.lua"
        )
        let made = try ProgramRun.shell(
            "mkdir -m 700 -p c/vmoon && mv config.lua c/vmoon && chmod 600 c/vmoon/config.lua",
            in: bench.folder
        )
        #expect(made.status == 0)
        try bench.write("step('a', function() end) error 'stop'")
        let home = ["XDG_CONFIG_HOME": bench.folder.path + "/c"]
        #expect(try bench.vmoon(["--profile", "p", "train.lua"], home).status == 1)
        #expect(try bench.vmoon(["resume"], home).status == 1)
        let run = try bench.resume()
        #expect(
            run.status == 78 && run.error.contains("a profile is named, but there is no "),
            "\(run)"
        )
    }

    @Test func `what the script starts sees the variables of the run`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.write("step('a', function() end) print(os.getenv 'VMOON_VCENTER') error 'stop'")
        let variables = ["VMOON_VCENTER": bench.simulator.url, "VMOON_USER": bench.simulator.user]
        let first = try bench.vmoon(["train.lua"], variables)
        #expect(first.output == bench.simulator.url + "\n", "\(first)")
        #expect(try bench.resume().output == first.output)
    }

    @Test func `what was begun at one vCenter does not go on at another`() throws {
        let bench = try ResumeBench(items: 2)
        let other = try ResumeBench(items: 2)
        func profile(_ bench: ResumeBench) -> String {
            "return { p = { vcenter = '\(bench.simulator.url)', user = '\(bench.simulator.user)' } }"
        }
        func point(at target: ResumeBench) throws {
            try bench.write(profile(target), to: "config.lua")
            let made = try ProgramRun.shell(
                "mkdir -m 700 -p c/vmoon && mv config.lua c/vmoon && chmod 600 c/vmoon/config.lua",
                in: bench.folder
            )
            #expect(made.status == 0)
        }
        let home = ["XDG_CONFIG_HOME": bench.folder.path + "/c"]
        try point(at: bench)
        try bench.write(
            """
            step('a', function() return \(ResumeBench.rollback(1)) end)
            if not io.open("go") then error "stop" end
            step('b', function() return \(ResumeBench.rollback(2)) end)
            """
        )
        #expect(try bench.vmoon(["--profile", "p", "train.lua"], home).status == 1)
        try bench.write("", to: "go")
        try point(at: other)
        let here = bench.simulator.url.dropFirst("http://".count)
        let there = other.simulator.url.dropFirst("http://".count)
        let moved = try bench.vmoon(["resume"], home)
        let words = "is \(there) now, and was \(here) when the run began"
        #expect(moved.status == 81 && moved.error.contains(words), "\(moved)")
        try point(at: bench)
        let named = try bench.vmoon(["resume", "--vcenter", other.simulator.url], home)
        #expect(named.status == 81 && named.error.contains(words), "\(named)")
        #expect(try other.simulator.requests().isEmpty)
        let back = try bench.vmoon(["resume"], home)
        #expect(back.status == 0 && back.error.contains("continues the run "), "\(back)")
        #expect(try bench.requests("rollback") == (2, 2))
        #expect(try other.requests("rollback") == (0, 0))
    }
}
