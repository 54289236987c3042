import JSON
import Support
import Testing

/// Waiting for machines: until it is so, until it is too late, and not at all in a dry run.
@Suite struct GuestWaitTests {
    @Test(arguments: ["rest", "api", "jsonrpc"])
    func `tools come up after the machine, and the address after the tools`(_ dialect: String)
        throws
    {
        let runs = try Runs("--tools-time", "400ms", "--address-time", "400ms")
        let run = try runs.script(
            """
            setPower("vm-110", "start")
            print(getGuest("vm-110"), getTools("vm-110").run_state)
            print(waitForGuest("vm-110", { address = false }).ip_address)
            print(waitForGuest("vm-110").ip_address)
            """,
            ["--api", dialect]
        )
        #expect(run.lines == ["nil\tNOT_RUNNING", "nil", "10.0.0.111"], "\(run)")
    }

    /// A wait that ends with an error: its kind, and what its message and data say.
    static let tooLate: [(call: String, message: String, data: String)] = [
        (
            "waitForPower, 'vm-109', 'POWERED_OFF', { timeout = 0.3 }",
            "it is POWERED_ON after 300ms", "POWERED_ON"
        ),
        (
            "waitForGuest, 'vm-110', { timeout = '300ms' }",
            "its tools do not run after 300ms", "NOT_RUNNING"
        ),
        (
            "waitForGuest, 'vm-110', { timeout = '300ms', tools = false }",
            "its tools do not run after 300ms", "NOT_RUNNING"
        ),
    ]

    @Test(arguments: tooLate) func `too late is an error with the last value`(
        _ row: (call: String, message: String, data: String)
    ) throws {
        let run = try Runs().script(
            "local _, e = pcall(\(row.call)) print(e.kind, e.message, e.data, e.exit_code)"
        )
        #expect(run.lines == ["timeout\t\(row.message)\t\(row.data)\t69"], "\(run)")
    }

    @Test(arguments: [
        ("getPower", "waitForPower, 'vm-109', 'POWERED_OFF', { timeout = '400ms' }"),
        ("getTools", "waitForGuest, 'vm-109', { timeout = '400ms' }"),
        ("getGuest", "waitForGuest, 'vm-109', { timeout = '400ms' }"),
    ])
    func `an answer that comes too late is not waited for`(_ operation: String, _ call: String)
        throws
    {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": .string(operation)], "times": .null, "do": "delay", "ms": 9000,
        ])
        let run = try runs.script(
            "local t = time.now() local _, e = pcall(\(call))"
                + " print(e.kind, e.message, time.now() - t < 4)"
        )
        #expect(run.lines == ["timeout\tit has not answered after 400ms\ttrue"], "\(run)")
    }

    @Test func `another task goes on meanwhile, and a wait can be cancelled`() throws {
        let run = try Runs().script(
            """
            local task = spawn(waitForPower, "vm-109", "POWERED_OFF")
            sleep(0.1)
            shutdownGuest("vm-109")
            print(task:join())
            local other = spawn(waitForPower, "vm-109", "POWERED_ON")
            sleep(0.1)
            other:cancel()
            print(select(2, pcall(other.join, other)).kind)
            """
        )
        #expect(run.lines == ["POWERED_OFF", "cancelled"], "\(run)")
    }

    static let misuses: [(call: String, message: String)] = [
        (
            "waitForPower('vm-109', 'OFF')",
            "state must be one of POWERED_ON, POWERED_OFF, SUSPENDED"
        ),
        ("waitForPower('vm-109', 'POWERED_ON', { timeout = 'soon' })", "options.timeout: "),
        ("waitForPower('vm-109', 'POWERED_ON', { timout = 1 })", "did you mean timeout?"),
        ("waitForGuest('vm-109', { tools = 1 })", "options.tools must be true or false"),
        ("waitForGuest()", "vm must be a machine's identifier"),
        ("setHardware('vm-110', {})", "spec must be a table with cpu_count"),
        ("setHardware('vm-110', { cpus = 2 })", "spec: there is no field \"cpus\""),
        ("setHardware('vm-110', { cpu_count = 1.5 })", "spec.cpu_count must be a whole number"),
        ("attachTag('vm-109', 'test')", "tag must be \"category/tag\""),
        ("attachTag('x-109', 'stage/test')", "object must be an item, an identifier such as vm-42"),
        ("publish('l', { subscriptions = 's' })", "options.subscriptions must be a list"),
        ("sync('l', { subscriptions = {} })", "there is no option \"subscriptions\""),
        ("deleteLibrary()", "library is missing"),
    ]

    @Test(arguments: misuses) func `a misuse is refused before anything is sent`(
        _ row: (call: String, message: String)
    ) throws {
        let runs = try Runs()
        let run = try runs.vmoon(["-e", row.call])
        #expect(run.status == 64 && run.error.contains(row.message), "\(run)")
        let asked = try runs.simulator.requests().compactMap { $0["operation"]?.string }
        #expect(asked.allSatisfy { $0.hasSuffix("Session") }, "\(asked)")
    }

    @Test func `a dry run does not wait for what is only planned`() throws {
        let runs = try Runs()
        let run = try runs.vmoon([
            "--dry-run", "-e",
            """
            local vm = deploy("\(PolicyTests.ubuntu)", { name = "d", powered_on = true,
              placement = { folder = "group-v3", resource_pool = "resgroup-8" } })
            print(waitForPower(vm, "POWERED_ON"), type(waitForGuest(vm).ip_address))
            shutdownGuest("vm-109")
            print(waitForPower("vm-109", "POWERED_OFF"))
            setHardware("vm-109", { cpu_count = 4 })
            setPower("vm-110", "start")
            print(type(waitForGuest("vm-110").host_name))
            """,
        ])
        #expect(
            run.status == 0 && run.lines == ["POWERED_ON\tstring", "POWERED_OFF", "string"],
            "\(run)"
        )
        #expect(
            run.error.contains("setHardware vm jump-host (vm-109), part cpu, count 4"),
            "\(run)"
        )
        #expect(!run.error.contains("would be refused"), "\(run)")
    }

    @Test func `a machine that takes no more processors while it runs keeps those it has`() throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local ok, e = pcall(setHardware, "vm-109", { cpu_count = 4, memory_size_MiB = 8192 })
            print(e.kind, e.operation, getHardware("vm-109").memory_size_MiB)
            setHardware("vm-110", { memory_size_MiB = 8192 })
            print(getHardware("vm-110").cpu_count, getHardware("vm-110").memory_size_MiB)
            """
        )
        #expect(
            run.lines == ["not_allowed_in_current_state\tsetHardware\t4096", "2\t8192"],
            "\(run)"
        )
        // Only what was asked for was sent: one part each.
        let sent = try runs.simulator.requests().filter { $0["operation"] == "setHardware" }
        #expect(sent.count == 2)
    }
}
