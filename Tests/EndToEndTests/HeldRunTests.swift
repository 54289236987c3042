import Foundation
import JSON
import Support
import Testing

/// Runs that are held to a plan, through the built program.
@Suite struct HeldRunTests {
    static let (ubuntu, rhel, place) = (HeldRuns.ubuntu, HeldRuns.rhel, HeldRuns.place)

    static let patch = """
        local it = item "golden/ubuntu-22.04"
        local vm = it:checkOut{ name = "patch-1", \(place) }
        setPower(vm, "start")
        setPower(vm, "stop")
        local new = it:checkIn(vm, "patched on " .. vm)
        rollback("\(ubuntu)", "2", "back from " .. new)
        deploy(it, { name = "made-" .. new, \(place), hardware_customization = { cpu_update = { num_cpus = 2^1 } } })
        setPower("vm-109", "stop")
        deleteVM("vm-109")
        print(new)
        """

    @Test(arguments: ["rest", "api"]) func `where nothing has moved it does exactly the plan`(
        _ dialect: String
    ) throws {
        let free = try HeldRuns(Self.patch, try Runs())
        let plain = try free.runs.vmoon(["--api", dialect, free.script])
        #expect(plain.status == 0, "\(plain)")
        let held = try HeldRuns(planning: Self.patch, dialect: dialect)
        let run = try held.apply(["--api", dialect])
        #expect(run.status == 0 && run.output == plain.output, "\(run)")
        #expect(run.error == "", "nothing is left: \(run.error)")
        let (done, wanted) = (try held.changes(), try free.changes())
        #expect(done == wanted)
        #expect(done.count == 8)
    }

    /// A change, what somebody else does after it was planned, and what is said.
    static let moves: [(text: String, other: String, words: [String])] = [
        (
            "rollback('\(ubuntu)', '1', 'bad')", "rollback('\(ubuntu)', '1', 'theirs')",
            [
                #"version 3 was made since, by VSPHERE.LOCAL\alice at 20"#,
                "Z: theirs; version 1 is gone",
            ]
        ),
        (
            "checkIn('\(rhel)', 'vm-110', 'mine')", "checkIn('\(rhel)', 'vm-110', 'theirs')",
            ["version 3 was made since, by", "vm-110 is checked out of it no longer"]
        ),
        (
            "checkOut('\(ubuntu)', { name = 'x', \(place) })", "deleteVersion('\(ubuntu)', '1')",
            ["not as planned: version 1 is gone"]
        ),
        (
            "deleteVersion('\(ubuntu)', '1')", "rollback('\(ubuntu)', '1', 'm')",
            ["version 3 was made since"]
        ),
        (
            "deleteItem('\(ubuntu)')", "rollback('\(ubuntu)', '1', 'm')",
            ["version 3 was made since"]
        ),
        (
            "checkOut('\(ubuntu)', { name = 'x', \(place) })",
            "checkOut('\(ubuntu)', { name = 'theirs', \(place) })",
            [#"vm-111 (theirs) is checked out by VSPHERE.LOCAL\alice since 20"#]
        ),
        (
            "deleteCheckOut('\(rhel)', 'vm-110')", "setPower('vm-110', 'start')",
            ["vm-110 is on now, and was off"]
        ),
        (
            "checkIn('\(rhel)', 'vm-110', 'm')", "setPower('vm-110', 'start')",
            ["vm-110 is on now, and was off"]
        ),
        (
            "deleteVM('vm-110')", "setPower('vm-110', 'start')", ["vm-110 is on now, and was off"]
        ),
        (
            "setPower('vm-109', 'stop')", "setPower('vm-109', 'stop')",
            ["vm-109 is off now, and was on"]
        ),
        (
            "setPower('vm-109', 'reset')", "setPower('vm-109', 'suspend')",
            ["vm-109 is suspended now, and was on"]
        ),
        (
            "setPower('vm-109', 'reset')", "setPower('vm-109', 'stop') deleteVM('vm-109')",
            ["vm-109 is gone"]
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', \(place) })",
            "deploy('\(ubuntu)', { name = 'd', \(place) })", ["its name is taken by vm-111"]
        ),
        (
            "deploy('\(ubuntu)', { name = 'd', \(place) })", "rollback('\(ubuntu)', '1', 'm')",
            ["version 3 was made since, by"]
        ),
        (
            "checkOut('\(ubuntu)', { name = 'x', \(place) })",
            "deploy('\(ubuntu)', { name = 'x', \(place) })", ["its name is taken by vm-111"]
        ),
        (
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = findLibraries{ name = 'golden' }[1], \(place) }",
            "createTemplate{ source_vm = 'vm-109', name = 'n', library = findLibraries{ name = 'golden' }[1], \(place) }",
            ["its name is taken by 0000"]
        ),
        (
            "updateItem('\(ubuntu)', { name = 'n' })", "updateItem('\(rhel)', { name = 'n' })",
            ["its name is taken by \(rhel)"]
        ),
    ]

    @Test(arguments: moves, ["rest", "api"])
    func `a change whose object has moved is a conflict that says what moved`(
        _ row: (text: String, other: String, words: [String]),
        _ dialect: String
    ) throws {
        let held = try HeldRuns(planning: row.text, dialect: dialect)
        try held.interfere(row.other)
        let run = try held.apply(["--api", dialect])
        #expect(run.status == 81, "\(run)")
        #expect(run.error.contains(": conflict: not as planned: "), "\(run.error)")
        for words in row.words { #expect(run.error.contains(words), "\(run.error)") }
        #expect(run.error.contains("planned, and not done: 1. "), "\(run.error)")
        #expect(try held.changes() == [], "nothing was sent")
    }

    @Test func `a change that is not in the plan is refused and nothing of it is sent`() throws {
        let held = try HeldRuns(
            planning: """
                setPower("vm-109", "stop")
                if os.getenv "MORE" then deleteVM("vm-109") end
                """
        )
        let run = try held.apply([], ["MORE": "1"])
        #expect(run.status == 77, "\(run)")
        #expect(run.error.contains("forbidden_by_policy: it is not in the plan"), "\(run.error)")
        #expect(run.error.contains("no deleteVM is planned"), "\(run.error)")
        #expect(try held.changes().count == 1)
    }

    @Test func `for a change that is not in the plan nothing is read either`() throws {
        let held = try HeldRuns(planning: "if os.getenv 'MORE' then deleteVM('vm-109') end")
        let run = try held.apply([], ["MORE": "1"])
        #expect(run.status == 77 && run.error.contains("no deleteVM is planned"), "\(run)")
        let requests = try held.runs.simulator.requests()
        #expect(requests.allSatisfy { $0["path"]?.string?.hasSuffix("/session") == true })
    }

    @Test func `a planned change is made once, and what was not done is listed`() throws {
        let held = try HeldRuns(
            planning: """
                if not os.getenv "FEWER" then setPower("vm-110", "start") end
                setPower("vm-109", os.getenv "ACTION" or "stop")
                if os.getenv "TWICE" then
                  setPower("vm-109", "start")
                  print(pcall(setPower, "vm-109", "stop"))
                end
                """
        )
        let other = try held.apply([], ["ACTION": "suspend"])
        #expect(other.status == 77)
        #expect(
            other.error.contains(#"change 2 has action "stop", and this call has action "suspend""#)
        )
        #expect(
            other.error.hasSuffix(
                "planned, and not done: 2. setPower vm jump-host (vm-109), action stop\n"
            )
        )
        try held.interfere("setPower('vm-110', 'stop')")
        #expect(try held.makePlan().status == 0)
        let fewer = try held.apply([], ["FEWER": "1"])
        #expect(fewer.status == 1, "\(fewer)")
        #expect(
            fewer.error
                == "vmoon: planned, and not done: 1. setPower vm rhel-9-patching (vm-110), action start\n"
        )
        #expect(try held.changes().count == 1)
    }

    @Test func `a plan is used once, by one run at a time`() throws {
        let held = try HeldRuns(
            planning: """
                if os.getenv "EMPTY" then return end
                setPower("vm-110", "start")
                if os.getenv "WAIT" then print "under way" io.flush() sleep(60) end
                """
        )
        // A run that changes nothing leaves the plan unused.
        #expect(try held.apply([], ["EMPTY": "1"]).status == 1)
        let waiting = try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "apply"] + held.runs.connection + [held.plan],
            environment: [
                "VMOON_PASSWORD": held.runs.simulator.password, "WAIT": "1",
                "VMOON_STATE_DIR": held.runs.folder.path + "/state",
            ],
            in: held.runs.folder.path
        )
        #expect(waiting.wait(within: .seconds(60)) { waiting.output.contains("under way") })
        let beside = try held.apply()
        #expect(
            beside.status == 75 && beside.error.contains("another run is held to this plan now"),
            "\(beside)"
        )
        waiting.signal(SIGTERM)
        _ = waiting.end()
        try held.interfere("setPower('vm-110', 'stop')")
        let again = try held.apply()
        #expect(
            again.status == 81 && again.error.contains("the plan was used: the run "),
            "\(again)"
        )
        #expect(try held.changes().isEmpty)
    }

    @Test func `tasks at once have no order, and each has its own planned change`() throws {
        let held = try HeldRuns(
            planning: """
                local list = { 1, 2, 3, 4, 5, 6 }
                if os.getenv "BACKWARDS" then table.sort(list, function(a, b) return a > b end) end
                local made = parallel(list, function(n)
                  local vm = deploy("\(Self.ubuntu)", { name = "d-" .. n, \(Self.place) })
                  setPower(vm, "start")
                  return vm
                end)
                for place, n in ipairs(list) do print(n, made[place]) end
                """
        )
        let run = try held.apply([], ["BACKWARDS": "1"])
        #expect(run.status == 0 && run.error == "", "\(run)")
        #expect(try held.changes().count == 12)
    }

    @Test func `a change before the one that it was planned after is a conflict`() throws {
        let held = try HeldRuns(
            planning: """
                local function purge() deleteVersion("\(Self.ubuntu)", "1") end
                local function out() checkOut("\(Self.ubuntu)", { name = "x", \(Self.place) }) end
                if os.getenv "BACKWARDS" then out() else purge() out() end
                """
        )
        let run = try held.apply([], ["BACKWARDS": "1"])
        #expect(run.status == 81, "\(run)")
        #expect(run.error.contains("it was planned after change 1 of the plan, which has not"))
        #expect(try held.changes() == [])
    }

    @Test func `what was read of a planned object is any text, but names no object`() throws {
        let text = """
            local vm = deploy("\(Self.ubuntu)", { name = "d", \(Self.place) })
            local name = getVM(vm).name
            exec{ "echo", name, safe = true }
            pcall(http.get, "http://127.0.0.1:1/" .. name)
            if arg[1] == "text" then rollback("\(Self.ubuntu)", "1", "after " .. name)
            else deleteVM(name == "d" and "vm-110" or name) end
            """
        let held = try HeldRuns(planning: text, ["text"])
        let run = try held.apply()
        #expect(run.status == 0 && run.error == "", "\(run)")
        let other = try HeldRuns(planning: text, ["object"])
        let refused = try other.apply()
        #expect(refused.status == 77, "\(refused)")
        #expect(
            refused.error.contains(#"has vm "<planned 2: getVM>", and this call has vm "vm-110""#)
        )
    }

    @Test func `a change that the server refuses may be tried again`() throws {
        let held = try HeldRuns(
            planning: """
                local ok, e = pcall(setPower, "vm-109", "stop")
                if not ok then print(e.kind) setPower("vm-109", "stop") end
                """
        )
        try held.runs.simulator.add(fault: [
            "match": ["operation": "setPower"], "times": 1, "do": "error", "kind": "resource_busy",
        ])
        let run = try held.apply()
        #expect(run.status == 0 && run.output == "resource_busy\n" && run.error == "", "\(run)")
    }

    @Test func `a planned refusal is made and refused by the server`() throws {
        let held = try HeldRuns(planning: "print(pcall(rollback, '\(Self.ubuntu)', '2', 'm'))")
        let run = try held.apply()
        #expect(run.status == 0 && run.output.hasPrefix("false\t"), "\(run)")
        #expect(run.error == "" && !run.output.contains("plan"), "\(run)")
    }

    /// A change that is planned as refused, how it ends, and what makes it possible.
    static let mended: [(call: String, kind: String, other: String)] = [
        (
            "updateItem, '\(ubuntu)', { name = 'rhel-9' }", "already_exists",
            "updateItem('\(rhel)', { name = 'other' })"
        ),
        (
            "attachTag, 'vm-111', 'stage/test'", "invalid_argument",
            "deploy('\(ubuntu)', { name = 'd', \(place) })"
        ),
        (
            "publish, findLibraries{ name = 'golden' }[1], { subscriptions = { 's-9' } }",
            "invalid_argument", ""
        ),
        ("publish, item 'staging/ubuntu-22.04'", "not_allowed_in_current_state", ""),
        ("sync, findLibraries{ name = 'golden' }[1]", "invalid_element_type", ""),
        ("deploy, '\(VerbDoubtTests.ovf)', { name = 'd', \(place) }", "invalid_argument", ""),
    ]

    @Test(arguments: mended.indices, ["rest", "api"])
    func `a refusal of a name, tag or library stays planned until its reason is gone`(
        _ index: Int,
        _ dialect: String
    ) throws {
        let row = Self.mended[index]
        let held = try HeldRuns(
            planning: "local ok, e = pcall(\(row.call)) print(ok, e and e.kind)",
            dialect: dialect
        )
        let asPlanned = try held.apply(["--api", dialect])
        #expect(asPlanned.status == 0 && asPlanned.output == "false\t\(row.kind)\n", "\(asPlanned)")
        guard !row.other.isEmpty else { return }
        try held.interfere(row.other)
        let run = try held.apply(["--api", dialect])
        #expect(run.output == "false\tconflict\n", "\(run)")
    }

    @Test func `a planned refusal that would be none any more is a conflict`() throws {
        let held = try HeldRuns(
            planning: """
                local ok, e = pcall(createTemplate, { source_vm = "vm-111", name = "n",
                    library = findLibraries{ name = "golden" }[1], \(Self.place) })
                print(ok, e.kind)
                """
        )
        let asPlanned = try held.apply()
        #expect(asPlanned.status == 0 && asPlanned.output == "false\tnot_found\n", "\(asPlanned)")
        try held.interfere("deploy('\(Self.ubuntu)', { name = 'd', \(Self.place) })")
        let run = try held.apply()
        #expect(run.output == "false\tconflict\n", "\(run)")
        #expect(try held.changes() == [])
    }

    @Test func `a lost answer that is found by looking gives the placeholder its value`() throws {
        let held = try HeldRuns(
            planning: """
                local new = checkIn("\(Self.rhel)", "vm-110", "m")
                print(new, rollback("\(Self.rhel)", "2", "back from " .. new))
                """
        )
        try held.runs.simulator.add(fault: [
            "match": ["operation": "checkIn"], "times": 1, "do": "reset_after_apply",
        ])
        let run = try held.apply()
        #expect(run.status == 0 && run.output == "3\t4\n" && run.error == "", "\(run)")
    }

    @Test func `a plan for another vCenter is refused in words`() throws {
        let held = try HeldRuns(planning: "setPower('vm-109', 'stop')")
        let other = try HeldRuns("", try Runs())
        let elsewhere = try HeldRuns("setPower('vm-109', 'stop')", other.runs)
        let text = try ProgramRun.shell("cat p.json", in: held.runs.folder).output
        try elsewhere.runs.folder.write(text, to: "p.json", mode: 0o600)
        let run = try elsewhere.runs.vmoon(["--plan", elsewhere.plan, elsewhere.script])
        #expect(run.status == 77, "\(run)")
        #expect(run.error.contains("it is planned for 127.0.0.1:"), "\(run.error)")
        #expect(run.error.contains("and not for this vCenter"), "\(run.error)")
        #expect(try elsewhere.changes() == [])
    }
}
