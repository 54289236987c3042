import JSON
import Support
import Testing

/// What a plan says the vCenter would refuse, as the vCenter then does.
@Suite struct PlanRefusalTests {
    static let ubuntu = PolicyTests.ubuntu
    static let rhel = PolicyTests.rhel
    static let place = "placement = { folder = 'group-v3', resource_pool = 'resgroup-8' }"

    private static func package(_ spec: String, pool: String = "resgroup-8") -> String {
        let target = "target = { resource_pool_id = '\(pool)', folder_id = 'group-v3' }"
        return "deployOVF('\(VerbDoubtTests.ovf)', { deployment_spec = \(spec), \(target) })"
    }

    /// A change, or several; and what the plan says of the last one, nil where the vCenter would take it.
    static let changes: [(text: String, refusal: String?)] = [
        ("setPower('vm-109', 'start')", "vm-109 is on already"),
        ("setPower('vm-110', 'stop')", "vm-110 is off already"),
        ("setPower('vm-110', 'reset')", "vm-110 is off"),
        ("setPower('vm-110', 'suspend')", "vm-110 is off"),
        ("setPower('vm-109', 'stop')", nil), ("setPower('vm-110', 'start')", nil),
        ("setPower('vm-109', 'reset')", nil),
        ("deleteVM('vm-109')", "vm-109 is on"), ("deleteVM('vm-110')", nil),
        ("setPower('vm-109', 'stop') deleteVM('vm-109')", nil),
        ("setPower('vm-109', 'suspend') setPower('vm-109', 'suspend')", "vm-109 is suspended"),
        ("setPower('vm-109', 'suspend') deleteVM('vm-109')", "vm-109 is suspended"),
        ("deleteVM('vm-110') setPower('vm-110', 'start')", "vm-110 is deleted by then"),
        ("setPower('vm-110', 'start') checkIn('\(rhel)', 'vm-110', 'm')", "vm-110 is on"),
        ("setPower('vm-110', 'start') deleteCheckOut('\(rhel)', 'vm-110')", "vm-110 is on"),
        ("checkIn('\(rhel)', 'vm-110', 'm')", nil),
        ("rollback('\(ubuntu)', '2', 'm')", "2 is the latest version"),
        ("deleteVersion('\(ubuntu)', '2')", "2 is the latest version"),
        ("checkOut('\(rhel)', { name = 'x', \(place) })", "vm-110 is checked out of it"),
        ("checkOut('\(ubuntu)', { name = 'x', \(place) })", nil),
        ("checkOut('\(ubuntu)', { name = 'jump-host', \(place) })", "its name is taken by vm-109"),
        ("deploy('\(ubuntu)', { name = 'jump-host', \(place) })", "its name is taken by vm-109"),
        ("deploy('\(ubuntu)', { name = 'jump-host', placement = { folder = 'group-v31' } })", nil),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-9' } })",
            "there is no folder group-9"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-v3', resource_pool = 'no' } })",
            "there is no resource pool no"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-v3', host = 'host-9' } })",
            "there is no host host-9"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { folder = 'group-v3', cluster = 'c' } })",
            "there is no cluster c"
        ),
        ("deleteItem('\(rhel)')", "vm-110 is checked out of it"), ("deleteItem('\(ubuntu)')", nil),
        ("deploy('\(ubuntu)', { name = 'd', \(place) }) rollback('\(ubuntu)', '1', 'm')", nil),
        ("deleteVM('vm-110') deleteItem('\(rhel)')", nil),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = 'l-1' }",
            "there is no library l-1"
        ),
        (
            "createTemplate{ source_vm = 'vm-9', name = 'n', library = findLibraries{ name = 'golden' }[1] }",
            "there is no machine vm-9"
        ),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'rhel-9', library = findLibraries{ name = 'golden' }[1] }",
            "its name is taken by \(rhel)"
        ),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = findLibraries{ name = 'golden' }[1], \(place) }",
            nil
        ),
        (
            "for i = 1, 2 do deploy('\(ubuntu)', { name = 'twice', \(place) }) end",
            "its name is taken by <planned 1: deploy>"
        ),
        ("for i = 1, 2 do deploy('\(ubuntu)', { name = 'x-{op}', \(place) }) end", nil),
        (
            "deploy('\(ubuntu)', { name = 'd', \(place), guest_customization = { name = 'no' } })",
            "there is no customization specification no"
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', \(place), guest_customization = { name = 'linux' } })",
            nil
        ),
        ("customize('vm-110', { name = 'no' })", "there is no customization specification no"),
        ("customize('vm-109', { name = 'linux' })", "vm-109 is on"),
        ("customize('vm-110', { name = 'linux' })", nil),
        ("shutdownGuest('vm-110')", "vm-110 is off already"),
        ("rebootGuest('vm-110')", "vm-110 is off"), ("shutdownGuest('vm-109')", nil),
        ("shutdownGuest('vm-109') waitForPower('vm-109', 'POWERED_OFF') deleteVM('vm-109')", nil),
        ("setHardware('vm-109', { cpu_count = 4 })", "vm-109 is on"),
        ("setHardware('vm-110', { cpu_count = 4, memory_size_MiB = 8192 })", nil),
        (
            "setPower('vm-109', 'stop') setHardware('vm-109', { memory_size_MiB = 8192 })", nil
        ),
        (package("{ name = 'jump-host', accept_all_EULA = true }"), "its name is taken by vm-109"),
        (
            package("{ name = 'p', accept_all_EULA = true }", pool: "no"),
            "there is no resource pool no"
        ),
        (package("{ name = 'p', accept_all_EULA = true }"), nil),
        ("attachTag('vm-109', 'stage/test')", nil),
        ("attachTag('vm-9', 'stage/test')", "there is no machine vm-9"),
        ("detachTag('vm-9', 'stage/test')", "there is no machine vm-9"),
        ("attachTag('group-9', 'stage/test')", "there is no folder group-9"),
        ("attachTag('group-v3', 'stage/test')", nil),
        ("updateItem('\(ubuntu)', { name = 'other' })", nil),
        ("updateItem('\(ubuntu)', { name = 'ubuntu-22.04' })", nil),
        ("updateItem('\(ubuntu)', { name = 'rhel-9' })", "its name is taken by \(rhel)"),
        ("updateItem('\(ubuntu)', { description = 'rhel-9' })", nil),
        (
            "updateItem('\(ubuntu)', { name = 'x' }) updateItem('\(rhel)', { name = 'x' })",
            "its name is taken by \(ubuntu)"
        ),
        (
            "updateItem('\(ubuntu)', { name = 'x' }) updateItem('\(rhel)', { name = 'ubuntu-22.04' })",
            nil
        ),
        ("deleteItem('\(ubuntu)') updateItem('\(rhel)', { name = 'ubuntu-22.04' })", nil),
        ("publish(findLibraries{ name = 'golden' }[1])", nil), ("publish('\(ubuntu)')", nil),
        ("publish(findLibraries{ name = 'staging' }[1])", "is not published"),
        ("publish(item 'staging/ubuntu-22.04')", "is not published"),
        (
            "publish(findLibraries{ name = 'golden' }[1], { subscriptions = { 's-9' } })",
            "there is no subscription s-9"
        ),
        ("sync(findLibraries{ name = 'golden' }[1])", "follows no other one"),
        ("sync('\(ubuntu)')", "follows no other one"),
        ("deploy('\(VerbDoubtTests.ovf)', { name = 'd', \(place) })", "it is no VM template"),
        (
            package("{ name = 'p', accept_all_EULA = true }").replacing(
                VerbDoubtTests.ovf,
                with: ubuntu
            ),
            "it is no OVF item"
        ),
        (
            "createLibrary{ name = 'n', storage_backings = { { type = 'DATASTORE', datastore_id = 'd-9' } } }",
            "there is no datastore d-9"
        ),
        ("deleteVM('vm-110') attachTag('vm-110', 'stage/test')", "there is no machine vm-110"),
        (
            "deleteVM('vm-110') createTemplate{ source_vm = 'vm-110', name = 'n', "
                + "library = findLibraries{ name = 'golden' }[1] }", "there is no machine vm-110"
        ),
        (
            "local l = findLibraries{ name = 'staging' }[1] deleteLibrary(l) publish(l)",
            "refused after the changes above: there is no library"
        ),
        ("cancelTask('task-9')", "there is no task task-9"),
        ("deleteItem('\(VerbDoubtTests.ovf)')", nil),
    ]

    @Test(arguments: ["rest", "api"])
    func `what follows another library is refused as such`(_ dialect: String) throws {
        let runs = try Runs()
        _ = try runs.vmoon([
            "-e",
            """
            local golden = getLibrary(findLibraries{ name = "golden" }[1])
            local follower = createLibrary{ name = "follower", type = "SUBSCRIBED",
              storage_backings = golden.storage_backings,
              subscription_info = { authentication_method = "NONE", subscription_url = golden.publish_info.publish_url } }
            publish(golden.id)
            sync(follower)
            """,
        ])
        let cases = [
            ("publish(find.library 'follower')", true),
            ("publish(item 'follower/rhel-9')", true),
            ("sync(find.library 'follower')", false), ("sync(item 'follower/rhel-9')", false),
            ("updateItem(item 'follower/rhel-9', { name = 'x' })", true),
            ("deleteItem(item 'follower/rhel-9')", true),
            (
                "createTemplate{ source_vm = 'vm-109', name = 'n', library = find.library 'follower' }",
                true
            ),
        ]
        for (call, isRefused) in cases {
            let plan = try runs.vmoon(["--dry-run", "--api", dialect, "-e", call])
            #expect(plan.status == 0, "\(plan)")
            #expect(plan.error.contains("follows another one") == isRefused, "\(plan)")
            let real = try runs.vmoon(["--api", dialect, "-e", call])
            #expect((real.status != 0) == isRefused, "\(call) \(real)")
        }
    }

    @Test func `a library that was read is not read again for its kind`() throws {
        let runs = try Runs()
        let run = try runs.vmoon([
            "--dry-run", "-e",
            """
            local golden = findLibraries{ name = "golden" }[1]
            publish(golden)
            updateItem("\(Self.ubuntu)", { name = "x" })
            updateItem("\(Self.rhel)", { name = "y" })
            """,
        ])
        #expect(run.status == 0, "\(run)")
        let asked = try runs.simulator.requests().compactMap { $0["operation"]?.string }
        #expect(asked.count { $0 == "getLibrary" } == 1, "\(asked)")
        #expect(asked.count { $0 == "findItems" } == 2, "\(asked)")
        #expect(asked.count { $0 == "getItem" } == 2, "\(asked)")
    }

    /// A change, and the objects in its line: by name, and by identifier where the name is not the only one.
    static let lines: [(text: String, subject: String)] = [
        ("setPower('vm-109', 'stop')", "setPower vm jump-host (vm-109), action stop"),
        ("deleteVM('vm-110')", "deleteVM vm rhel-9-patching (vm-110)"),
        (
            "setHardware('vm-110', { cpu_count = 4 })",
            "setHardware vm rhel-9-patching (vm-110), part cpu, count 4"
        ),
        (
            "customize('vm-110', { name = 'linux' })",
            "customize vm rhel-9-patching (vm-110), name linux"
        ),
        (
            "checkIn('\(rhel)', 'vm-110', 'm')",
            "checkIn item rhel-9 (\(rhel)), vm rhel-9-patching (vm-110)"
        ),
        (
            "attachTag('vm-109', 'stage/test')",
            "attachTag tag stage/test, VirtualMachine jump-host (vm-109)"
        ),
        ("attachTag('group-v3', TAG)", "attachTag tag stage/test, Folder vm (group-v3)"),
        (
            "detachTag(item('\(ubuntu)'), 'stage/test')",
            "detachTag tag stage/test, Item ubuntu-22.04 (\(ubuntu))"
        ),
        ("deleteLibrary(GOLDEN)", "deleteLibrary library golden ("),
        ("publish(GOLDEN)", "publish library golden ("),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = GOLDEN }",
            "createTemplate name n, source_vm jump-host (vm-109), library golden ("
        ),
    ]

    @Test(arguments: lines.indices) func `a line of the plan names objects`(_ index: Int) throws {
        let (text, subject) = Self.lines[index]
        let runs = try Runs()
        let call = """
            local GOLDEN = findLibraries{ name = "golden" }[1]
            local TAG
            for _, category in ipairs(api.cis.tagging.category.list{}) do
              for _, tag in ipairs(api.cis.tagging.tag.list_tags_for_category{ category_id = category }) do
                if api.cis.tagging.tag.get{ tag_id = tag }.name == "test" then TAG = tag end
              end
            end
            \(text)
            """
        let file = runs.folder.path + "/plan.json"
        let script = try runs.folder.write(call, to: "names.lua")
        let plan = try runs.vmoon(["--dry-run", "--plan-out", file, script])
        let line = plan.error.split(separator: "\n").first { $0.hasPrefix("plan: ") } ?? ""
        #expect(line.hasPrefix("plan: 1. " + subject), "\(plan)")
        let shown = try ProgramRun.of("vmoon", ["apply", "--show", file], in: runs.folder)
        let words = shown.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(words.contains(line), "\(shown)")
    }

    /// A field that the API does not have, and what the refusal says of it.
    static let fields = [
        ("deploy('\(ubuntu)', { name = 'd', powerd_on = true })", #"did you mean "powered_on"?"#),
        (
            "deploy('\(ubuntu)', { name = 'd', placement = { datastore = 'datastore-11' } })",
            "vm_home_storage = { datastore"
        ),
        ("createLibrary{ name = 'x' }", "storage_backings"),
    ]

    @Test(arguments: fields, ["rest", "api", "jsonrpc"])
    func `a field that is unknown or missing is refused before anything is sent`(
        _ row: (call: String, message: String),
        _ dialect: String
    ) throws {
        let runs = try Runs()
        for options in [["--dry-run"], []] {
            let run = try runs.vmoon(options + ["--api", dialect, "-e", row.call])
            #expect(run.status == 64 && run.error.contains(row.message), "\(run)")
        }
        let asked = try runs.simulator.requests().compactMap { $0["operation"]?.string }
        #expect(asked.allSatisfy { $0.hasSuffix("Session") }, "\(asked)")
    }

    @Test func `the plan says what is deleted with a machine`() throws {
        let runs = try Runs()
        let run = try runs.vmoon([
            "--dry-run", "-e", "deleteVM 'vm-110' setPower('vm-109', 'stop')",
        ])
        let line = run.error.split(separator: "\n").first ?? ""
        #expect(line.contains("vm rhel-9-patching (vm-110)"), "\(run)")
        #expect(line.contains("it is the check-out of item rhel-9 ("), "\(run)")
    }

    @Test func `a machine whose tools do not run cannot be asked to shut down`() throws {
        let runs = try Runs("--tools-time", "1h")
        _ = try runs.vmoon(["-e", "setPower('vm-110', 'start')"])
        let plan = try runs.vmoon(["--dry-run", "-e", "shutdownGuest('vm-110')"])
        #expect(plan.error.contains("would be refused: the tools in vm-110 do not run"), "\(plan)")
        let real = try runs.vmoon(["-e", "shutdownGuest('vm-110')"])
        #expect(real.status == 69 && real.error.contains("service_unavailable"), "\(real)")
    }

    @Test func `a machine that takes hardware while it runs is not refused`() throws {
        let runs = try Runs()
        var state = try runs.simulator.state()
        var machines = state["machines"]?.array ?? []
        for index in machines.indices where machines[index]["vm"] == "vm-109" {
            machines[index]["hot_add"] = ["cpu"]
        }
        state["machines"] = .array(machines)
        try runs.simulator.admin("PUT", "/sim/state", state)
        let call = "setHardware('vm-109', { cpu_count = 4 })"
        let plan = try runs.vmoon(["--dry-run", "-e", call])
        #expect(!plan.error.contains("refused") && plan.error.contains("count 4"), "\(plan)")
        let real = try runs.vmoon(["-e", call + " print(getHardware('vm-109').cpu_count)"])
        #expect(real.lines == ["4"], "\(real)")
        let memory = "setHardware('vm-109', { memory_size_MiB = 8192 })"
        #expect(try runs.vmoon(["--dry-run", "-e", memory]).error.contains("vm-109 is on"))
    }

    @Test(arguments: changes, ["rest", "api"])
    func `the plan says what the vCenter does`(
        _ change: (text: String, refusal: String?),
        _ dialect: String
    )
        throws
    {
        let runs = try Runs()
        let plan = try runs.vmoon(["--dry-run", "--api", dialect, "-e", change.text])
        #expect(plan.status == 0, "\(plan)")
        let last = plan.error.split(separator: "\n").last ?? ""
        let isRefused = last.contains("would be refused")
        #expect(isRefused == (change.refusal != nil), "\(last)")
        if let refusal = change.refusal { #expect(last.contains(refusal), "\(last)") }
        let real = try runs.vmoon(["--api", dialect, "-e", change.text])
        #expect((real.status == 0) == !isRefused, "\(real)")
    }
}
