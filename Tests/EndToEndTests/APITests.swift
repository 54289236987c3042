import JSON
import Support
import Testing

/// The whole Automation API from Lua, against the simulator.
@Suite struct APITests {
    private static let ubuntu = PolicyTests.ubuntu

    @Test(arguments: ["rest", "api"])
    func `an operation by its own name gives what the function gives`(_ dialect: String) throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local vc <close> = session()
            local function same(one, other)
              one, other = json.encode(one), json.encode(other)
              assert(one == other, one .. " and " .. other)
            end
            local it = assert(item "golden/ubuntu-22.04")
            same(vc.api.vcenter.VM.list{ filter = { power_states = { "POWERED_ON" } } },
              vc:listVMs{ power_states = { "POWERED_ON" } })
            same(api.vcenter.VM.list(), listVMs())
            same(api.vcenter.VM.get{ vm = "vm-109" }, getVM("vm-109"))
            same(api.content.library.list(), listLibraries())
            same(api.content.library.get{ library_id = listLibraries()[1] }, getLibrary(listLibraries()[1]))
            same(api.vcenter.vm_template.library_items.get{ template_library_item = it }, it:getTemplate())
            same(api.vcenter.vm_template.library_items.versions.list{ template_library_item = it }, it:listVersions())
            local rollback = api.vcenter.vm_template.library_items.versions.rollback
            print(rollback{ template_library_item = it, version = it:previous(), spec = { message = "why" } })
            print(it:latest(), tostring(rollback), vc.api)
            for _, call in ipairs{ function() api.vcenter.VM.get{ vm = "vm-0" } end, function() getVM("vm-0") end } do
              local ok, e = pcall(call)
              print(ok, e.kind, e.message, e.outcome)
            end
            """,
            ["--api", dialect]
        )
        #expect(run.status == 0, "\(run.error)")
        let missing =
            "false\tnot_found\tThere is no virtual machine with the identifier vm-0.\trejected"
        #expect(
            run.lines == [
                "3", "3\tapi.vcenter.vm_template.library_items.versions.rollback\tapi", missing,
                missing,
            ]
        )
    }

    @Test func `a name is one object while it is in use, and is not kept`() throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local vc <close> = session()
            local list = vc.api.vcenter.VM.list
            assert(rawequal(list, vc.api.vcenter.VM.list) and rawequal(api.cis, api.cis))
            assert(not rawequal(vc.api, api) and not rawequal(api.cis.tagging, api.vcenter))
            collectgarbage()
            print(#list(), #vc.api.vcenter.VM.list())
            local before = collectgarbage "count"
            for i = 1, 50000 do assert(tostring(api["x" .. i].y) == "api.x" .. i .. ".y") end
            collectgarbage() collectgarbage()
            print(collectgarbage "count" - before < 500)
            """
        )
        #expect(run.lines == ["2\t2", "true"], "\(run)")
    }

    @Test func `what changes something is refused, planned, recorded`() throws {
        let code = "print(api.vcenter.vm.power.start{ vm = 'vm-110' }, #api.vcenter.network.list())"
        let runs = try Runs()
        let refused = try runs.vmoon(["--read-only", "-e", code])
        #expect(refused.status == 77 && refused.error.contains("it changes something"))
        let planned = try runs.vmoon(["--dry-run", "-e", code])
        #expect(planned.status == 0 && planned.output == "nil\t2\n", "\(planned)")
        #expect(planned.error == "plan: 1. api.vcenter.vm.power.start vm vm-110\n")
        #expect(try !runs.simulator.requests().contains { $0["operation"] == "setPower" })
        #expect(try runs.vmoon(["--sandbox", "-e", code]).output == "nil\t2\n")
        let kept = try ProgramRun.of("vmoon", ["runs", "--json"], in: runs.folder)
        // Of the four, the one in the sandbox has changed something.
        #expect(try JSONValue(parsing: kept.output).array?.count == 1, "\(kept)")
    }

    @Test func `a plan holds calls to their parameters`() throws {
        let held = try HeldRuns(
            planning: """
                local vm = api.vcenter.vm_template.library_items.check_outs.check_out{
                  template_library_item = item "golden/ubuntu-22.04",
                  spec = { name = "w", placement = { folder = "group-v3", resource_pool = "resgroup-8" } } }
                api.vcenter.VM.delete{ vm = vm }
                if os.getenv "MORE" then api.vcenter.vm.power.start{ vm = "vm-110" } end
                """
        )
        let other = try held.apply([], ["MORE": "1"])
        #expect(
            other.status == 77 && other.error.contains("api.vcenter.vm.power.start"),
            "\(other)"
        )
        #expect(try held.runs.simulator.requests().contains { $0["operation"] == "deleteVM" })
    }

    @Test func `a lost answer is an outcome that nobody knows, closed by hand`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "setPower"], "do": "reset_after_apply",
        ])
        let run = try runs.vmoon(["-e", "api.vcenter.vm.power.start{ vm = 'vm-110' }"])
        #expect(run.status == 80 && run.error.contains("unknown_outcome"), "\(run)")
        let calls = try runs.simulator.requests().filter { $0["operation"] == "setPower" }
        #expect(calls.count == 1)
        let words = run.error.split { !$0.isHexDigit && $0 != "-" }
        let id = String(try #require(words.first { $0.count == 36 }))
        let closed = try ProgramRun.of(
            "vmoon",
            ["reconcile", id, "--resolve", "done"] + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(closed.status == 0, "\(closed)")
    }

    @Test func `a session that ends is renewed, and nothing of it is recorded`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "listNetworks"], "do": "expire_session",
        ])
        let cassette = runs.folder.path + "/c.jsonl"
        let code = "print(#api.vcenter.network.list(), api.cis.session.get().user)"
        let run = try runs.vmoon(["--record", cassette, "-e", code])
        #expect(run.output == "2\tVSPHERE.LOCAL\\operator\n", "\(run)")
        let text = try ProgramRun.shell("cat c.jsonl", in: runs.folder).output
        #expect(text.contains("vcenter.network") && !text.contains(runs.simulator.password))
        let log = try ProgramRun.shell(
            "grep -oE 'sessionId[^,}]*' c.jsonl | sort -u",
            in: runs.folder
        )
        #expect(
            log.lines.allSatisfy { $0.contains("***") || $0.contains("session-") },
            "\(log.output)"
        )
        let again = try ProgramRun.of("vmoon", ["--replay", cassette, "-e", code], in: runs.folder)
        #expect(again.output == run.output, "\(again)")
    }

    @Test func `a change that JSON-RPC cannot have so is refused, and leaves nothing open`() throws
    {
        let runs = try Runs()
        let code = "deploy(item 'golden/ubuntu-22.04', { name = 'd', no_such = 1 })"
        let run = try runs.vmoon(["--api", "jsonrpc", "-e", code])
        #expect(run.status == 64 && run.error.contains("spec.no_such: no such field"), "\(run)")
        let open = try ProgramRun.of(
            "vmoon",
            ["reconcile"] + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(open.status == 0, "\(open)")
        #expect(try runs.vmoon(["--api", "jsonrpc", "-e", "listVMs()"]).status == 0)
    }

    @Test func `an operation that the simulator does not have answers as it was told`() throws {
        let folder = TestFolder()
        try folder.write(
            """
            test("tags", function()
              local tag = { id = "t", category_id = "c", name = "prod", description = "", used_by = {} }
              sim.stub{ service = "cis.tagging.tag", operation = "list", result = { "t" } }
              sim.stub{ service = "cis.tagging.tag", operation = "get", result = tag }
              sim.stub{ service = "cis.tagging.tag", operation = "delete" }
              sim.stub{ service = "cis.tagging.tag", operation = "create", error = "already_exists" }
              assert.same({ "t" }, api.cis.tagging.tag.list())
              assert.same(tag, api.cis.tagging.tag.get{ tag_id = "t" })
              assert.falsy(api.cis.tagging.tag.delete{ tag_id = "t" })
              assert.equal(1, #sim.requests{ applied = true, path = "/api" })
              local create = { name = "n", description = "", category_id = "c" }
              assert.error(function() api.cis.tagging.tag.create{ create_spec = create } end, { kind = "already_exists" })
              assert.error(function() sim.stub{ service = "cis.tagging.tag", operation = "get", result = {} } end, "answer.category_id is missing")
              sim.reset()
              assert.error(function() api.cis.tagging.tag.delete{ tag_id = "t" } end, { kind = "no_such_route" })
            end)
            """,
            to: "tags_test.lua"
        )
        let run = try ProgramRun.of("vmoon", ["test", "tags_test.lua"], in: folder)
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test func `secrets are taken as values, and shown nowhere`() throws {
        let runs = try Runs()
        try runs.folder.write("hush-hush\n", to: "password")
        let code = """
            api.appliance.local_accounts.create{ username = "u",
              config = { password = secret.file "password", roles = { "admin" } } }
            """
        let planned = try runs.vmoon(["--dry-run", "-e", code])
        #expect(planned.status == 0, "\(planned)")
        let run = try runs.vmoon(["--log-level", "debug", "-e", code])
        #expect(run.status == 78 && run.error.contains("Cannot find service"), "\(run)")
        #expect(!(planned.error + run.error).contains("hush"))
        // Then the release was asked for, which explains the error.
        let all = try runs.simulator.requests().filter { $0["path"] == "/api" }
        let sent = all.filter { $0["operation"] != "getRelease" }
        #expect(sent.count == 1 && all.count == 2)
        // The simulator masks it in its log; APICodecTests compare what is sent.
        let body = sent.first?["body"]?.string ?? ""
        #expect(body.contains(#"{"SECRET":"#) && !body.contains("hush"), "\(body)")
        let state = try ProgramRun.shell("grep -rc hush .local || true", in: runs.folder)
        #expect(state.lines.allSatisfy { $0.hasSuffix(":0") }, "\(state.output)")
    }
}
