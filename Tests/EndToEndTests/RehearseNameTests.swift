import JSON
import Support
import Testing

/// `vmoon rehearse`, where a vCenter has a name, and what is told of a case.
struct RehearseNameTests {
    private static let item = "golden/ubuntu-22.04"

    private func vmoon(
        _ words: [String],
        _ variables: [String: String] = [:],
        in folder: TestFolder
    ) throws -> ProgramRun {
        try ProgramRun.of("vmoon", words, environment: variables, in: folder)
    }

    /// The same script and the same cases: a name is no reason for other findings.
    @Test(arguments: ["", "vc1.example.com"])
    func `what somebody else has done is his, however the vCenter is called`(
        _ name: String
    ) throws {
        let run = try vmoon(
            [
                "rehearse", "--json", "--faults", "meanwhile:check_in,meanwhile:roll_back",
                projectRoot + "/scripts/nightly-rollback.lua", Self.item,
            ],
            name.isEmpty ? [:] : ["VMOON_VCENTER": name],
            in: TestFolder()
        )
        #expect(run.status == 0, "\(run)")
        let tree = try JSONValue(parsing: run.output)
        #expect((tree["cases"]?.array?.count ?? 0) > 10)
        let first = tree["cases"]?.array?.first
        #expect(first?["case"]?.string?.contains("@\(name)#") == !name.isEmpty)
        let variable = "VMOON_VCENTER=\(name) "
        #expect(first?["command"]?.string?.hasPrefix(variable) == !name.isEmpty)
    }

    @Test func `the command of a finding has the variables that it needs, and no password`() throws
    {
        let folder = TestFolder()
        let script = try folder.write(
            "local s <close> = session() pcall(updateItem, item '\(Self.item)', { description = 'x' })",
            to: "text.lua"
        )
        let run = try vmoon(
            ["rehearse", "--json", "--faults", "error:unauthorized", script],
            ["GOVC_URL": "https://me:secret@vc7.invalid/sdk", "VMOON_VCENTER": ""],
            in: folder
        )
        let cases = try JSONValue(parsing: run.output)["cases"]?.array ?? []
        let wrong = try #require(cases.first { $0["findings"]?.array?.isEmpty == false }, "\(run)")
        let command = try #require(wrong["command"]?.string)
        #expect(command.contains("@vc7.invalid#") && !command.contains("secret"), "\(command)")
        let program = try SimulatorProcess.program("vmoon")
        let again = try ProgramRun.shell(
            command.replacing("vmoon rehearse", with: "'\(program)' rehearse"),
            in: folder
        )
        #expect(again.status == 1, "\(again)")
        for word in wrong["findings"]?.array ?? [] {
            #expect(again.output.contains(word.string ?? "?"), "\(again)")
        }
    }

    @Test func `a case at a vCenter that the script does not name is refused at once`() throws {
        let folder = TestFolder()
        let script = try folder.write("local s <close> = session() s:listLibraries()", to: "a.lua")
        let name = "listLibraries@zz#1:html_503"
        let run = try vmoon(["rehearse", "--case", name, script], in: folder)
        #expect(run.status == 64, "\(run)")
        #expect(run.error.contains("the script does not name the vCenter zz of \(name)"), "\(run)")
        let twice = try vmoon(
            ["rehearse", "--case", "listLibraries#1:html_503"]
                + ["--case", "listLibraries#1:html_503", script],
            in: folder
        )
        #expect(twice.output.contains("1 case of "), "\(twice)")
        let input = try vmoon(["rehearse", "-"], in: folder)
        #expect(input.status == 64 && input.error.contains("name a file"), "\(input)")
    }

    @Test func `what a script leaves to chance is the same in every case`() throws {
        let folder = TestFolder()
        let script = try folder.write(
            """
            local s <close> = session()
            local number = step("draw", function() return step.random(1 << 30) end)
            local file = assert(io.open("drawn", "a"))
            file:write(math.random(1 << 30), " ", number, "\\n")
            file:close()
            s:listLibraries()
            """,
            to: "dice.lua"
        )
        for seed in ["5", "5", "6"] {
            _ = try vmoon(
                ["rehearse", "--faults", "delay,redirect", "--seed", seed, script],
                in: folder
            )
        }
        let drawn = try ProgramRun.shell("sort drawn | uniq -c", in: folder).output
        #expect(drawn.split(separator: "\n").count == 2, "\(drawn)")
    }

    @Test func `an inventory that is wrong is refused as in any run with simulators`() throws {
        let folder = TestFolder()
        let script = try folder.write("local s <close> = session()", to: "a.lua")
        let file = try folder.write(#"{"libraries":[{"nam":"x"}]}"#, to: "bad.json")
        let runs = try [["--sim"], ["rehearse"]].map { words in
            try vmoon(words + ["--inventory", file, script], in: folder)
        }
        for run in runs {
            #expect(run.status == 78, "\(run)")
            #expect(run.error.contains("bad.json: libraries[0].nam: is unknown; there are id"))
            #expect(run.error.contains("the simulator cannot be started: cannot start "))
            #expect(run.error.contains("try: vmoon-sim says why on standard error"))
        }
    }

    @Test func `findings that cannot be written are no findings`() throws {
        let program = try SimulatorProcess.program("vmoon")
        let folder = TestFolder()
        let script = try folder.write(
            "local s <close> = session() pcall(updateItem, item '\(Self.item)', { description = 'x' })",
            to: "text.lua"
        )
        let run = try ProgramRun.shell(
            "'\(program)' rehearse --faults error:unauthorized '\(script)' > /dev/full; echo $?",
            in: folder
        )
        #expect(run.output == "74\n", "\(run)")
    }

    /// A script with steps is gone on with, and never run once more: its steps would be done a second time.
    @Test func `steps that are done are not done again, where the fault lasts`() throws {
        let folder = TestFolder()
        let script = try folder.write(
            """
            local s <close> = session()
            local place = placement{ folder = "dc-1/vm/templates", cluster = "cluster-1" }
            for _, name in ipairs{ "golden/ubuntu-22.04", "golden/debian-12" } do
              step("patch " .. name, function()
                local it = assert(item(name))
                return it:checkIn(it:checkOut{ name = "p-{op}", placement = place }, "november")
              end)
            end
            """,
            to: "steps.lua"
        )
        let run = try vmoon(
            ["rehearse", "--case", "checkOut#2:meanwhile:check_out", script],
            in: folder
        )
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains("ended with 75, resume 75, resume 75\n"), "\(run)")
    }
}
