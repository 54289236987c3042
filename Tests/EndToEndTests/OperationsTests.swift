import Bindings
import JSON
import Support
import Testing
import VSphere

/// Every operation with its result and with its errors, as Lua programs see them.
@Suite struct OperationsTests {
    static let variants = [
        ["rest", "seed"], ["rest", "spec"], ["api", "seed"], ["api", "spec"], ["jsonrpc", "spec"],
    ]

    /// The functions that are one operation of vCenter's each.
    private var operations: [FunctionSpec] {
        let others = [
            "session", "close", "item", "latest", "previous", "request", "waitForPower",
            "waitForGuest", "placement", "items",
        ]
        return FunctionSpec.all.filter { spec in
            spec.receivers.contains(.session) && spec.isGlobal && !others.contains(spec.name)
        }
    }

    @Test func `every operation gives the same Lua values in every dialect and status table`()
        throws
    {
        var outputs: Set<[String]> = []
        for variant in Self.variants {
            let runs = try Runs("--statuses", variant[1])
            let run = try runs.vmoon([
                "--api", variant[0], projectRoot + "/Tests/Lua/operations.lua",
            ])
            #expect(run.status == 0, "\(variant): \(run.error)")
            #expect(run.lines.last == "done")
            outputs.insert(run.lines)
            let used = Set(try runs.simulator.requests().compactMap { $0["operation"]?.string })
            let unused = operations.map(\.name).filter { !used.contains($0) }
            #expect(unused.isEmpty, "no request of \(unused)")
        }
        #expect(outputs.count == 1, "\(outputs)")
    }

    /// `operation kind` for every declared error, and the two that every call may have.
    private var declared: [String] {
        operations.flatMap { spec in
            let own = spec.errors.filter { !Self.ownKinds.contains($0) }
            let kinds = ["unauthenticated", "unauthorized"] + own
            // A busy server is asked again, and stays busy: nothing may come behind it.
            let sorted =
                kinds.filter { $0 != "service_unavailable" }
                + kinds.filter { $0 == "service_unavailable" }
            return sorted.map { "\(spec.name) \($0)" }
        }
    }

    /// Kinds that this side makes.
    private static let ownKinds = ["conflict", "unknown_outcome", "journal"]

    private func fault(_ row: String) -> JSONValue {
        let words = row.split(separator: " ").map(String.init)
        // The session is renewed once, and refused again.
        let times: JSONValue =
            words[1] == "unauthenticated" ? 2 : words[1] == "service_unavailable" ? .null : 1
        return [
            "match": ["operation": .string(words[0])], "do": "error",
            "kind": .string(words[1]), "times": times,
        ]
    }

    /// Whether nobody can know what a change did that ended so.
    private func isDoubtful(_ row: String) -> Bool {
        row.hasSuffix(" error") && isChanging(row)
    }

    private func isChanging(_ row: String) -> Bool {
        Operation.named(String(row.prefix { $0 != " " }))?.isChanging == true
    }

    @Test(arguments: variants)
    func `every declared error of every operation has its kind`(_ variant: [String]) throws {
        let runs = try Runs("--statuses", variant[1])
        let script = projectRoot + "/Tests/Lua/errors.lua"
        let options =
            [
                "--api", variant[0], "--timeout", "1500ms", "--settle", "500ms", "--resend", "0",
            ] + (variant[0] == "jsonrpc" ? ["-e", "no_status = true"] : [])
        let states = try runs.vmoon(options + [script])
        #expect(states.status == 0 && states.lines.last == "done", "\(states.error)")
        let rows = declared
        let certain = rows.filter { !isDoubtful($0) }
        var lines: [String] = []
        // A refused change is looked at: its reads must not fail meanwhile.
        for isChanging in [false, true] {
            let some = certain.filter { self.isChanging($0) == isChanging }
            for row in some { try runs.simulator.add(fault: fault(row)) }
            let run = try runs.vmoon(options + [script] + some)
            #expect(run.status == 0 && run.lines.last == "done", "\(run.error)")
            try runs.simulator.admin("DELETE", "/sim/faults")
            lines += run.lines
        }
        // A change in doubt keeps its item from others until it is settled: each has a journal of its own.
        for row in rows where isDoubtful(row) {
            try runs.simulator.add(fault: fault(row))
            let run = try ProgramRun.of(
                "vmoon",
                runs.connection + options + [script, row],
                environment: ["VMOON_PASSWORD": runs.simulator.password]
            )
            // The run says so although the program caught the error.
            #expect(run.status == 80 && run.lines.last == "done", "\(run.error)")
            try runs.simulator.admin("DELETE", "/sim/faults")
            lines += run.lines
        }
        let missing = Set(rows).subtracting(lines)
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test(arguments: ["rest", "api"])
    func `an item has its own name, and each slash may end the library's`(_ api: String) throws {
        let runs = try Runs()
        var state = try runs.simulator.state()
        var libraries = state["libraries"]?.array ?? []
        for index in libraries.indices {
            if libraries[index]["name"] == "golden" { libraries[index]["name"] = "team/linux" }
            if libraries[index]["name"] == "staging" { libraries[index]["name"] = "Team" }
        }
        state["libraries"] = .array(libraries)
        try runs.simulator.admin("PUT", "/sim/state", state)
        let run = try runs.script(
            """
            print(item("team/linux/RHEL-9").name, item("TEAM/UBUNTU-22.04").name)
            print(item("edge/EDGE-gateway") == nil)
            """,
            ["--api", api]
        )
        #expect(run.lines == ["rhel-9\tubuntu-22.04"])
        #expect(run.error.contains("2 items are called \"edge/EDGE-gateway\": "))
        for (path, reason) in [
            ("team/linux/gone", "there is no item \"team/linux/gone\""),
            ("team/gone", "there is no item \"team/gone\""),
            ("gone/x", "there is no library \"gone\""),
        ] {
            let missing = try runs.script("print(select(2, item('\(path)')))", ["--api", api])
            #expect(missing.output.contains(reason), "\(missing.output)\(missing.error)")
        }
    }

    @Test func `a machine that must be off is not switched off by whoever follows the hint`()
        throws
    {
        let run = try Runs().script(
            """
            local vm = listVMs()[1].vm
            pcall(setPower, vm, "start")
            print(select(2, pcall(deleteVM, vm)).hint)
            """
        )
        #expect(
            run.lines == [
                "the virtual machine must be off: shutdownGuest(vm), then "
                    + "waitForPower(vm, \"POWERED_OFF\")"
            ],
            "\(run.error)"
        )
    }
}
