import Foundation
import JSON
import Support
import Testing
import VSphere

/// The reads that tell, for each everyday change, whether it happened when its answer was lost.
@Suite struct VerbDoubtTests {
    static let golden = "00000000-0000-4000-a11b-000000000001"
    static let staging = "00000000-0000-4000-a11b-000000000002"
    static let ovf = "00000000-0000-4000-a17e-000000000004"
    static let backing =
        "storage_backings = { { type = 'DATASTORE', datastore_id = 'datastore-11' } }"

    struct Row: Sendable, CustomTestStringConvertible {
        let operation: String
        let call: String
        /// The operation in the journal, where the function is several.
        var recorded: String?
        /// The Lua that runs before it.
        var before = ""
        /// Why nobody can know, in the words of the journal; nil where a look settles it.
        var unknown: String?
        /// A Lua expression that is true once it is done.
        var holds = "true"
        var testDescription: String { call }
    }

    static let again: [(set: String, other: String)] = [
        ("setHardware('vm-110', { cpu_count = 2 })", "setHardware('vm-110', { cpu_count = 8 })"),
        (
            "setHardware('vm-110', { memory_size_MiB = 4096 })",
            "setHardware('vm-110', { memory_size_MiB = 8192 })"
        ),
        ("updateItem('\(ovf)', { name = 'photon-ova' })", "updateItem('\(ovf)', { name = 'x' })"),
        ("attachTag('vm-110', 'stage/test')", "detachTag('vm-110', 'stage/test')"),
    ]

    /// A request that changes nothing, and comes late, would undo what was set meanwhile.
    @Test(arguments: again)
    func `what is so already is not sent, and told as done`(
        _ row: (set: String, other: String)
    ) throws {
        let runs = try Runs()
        func run(_ code: String) throws -> ProgramRun {
            try runs.script("step('it', function() \(code) end)", [])
        }
        #expect(try run(row.set).status == 0)
        let operation = String(row.set.prefix { $0 != "(" })
        func sent() throws -> Int {
            try runs.simulator.requests().count { $0["operation"]?.string == operation }
        }
        let before = try sent()
        let twice = try run(row.set)
        #expect(twice.status == 0, "\(twice.error)")
        #expect(try sent() == before)
        let list = try ProgramRun.of("vmoon", ["runs", "--json"], in: runs.folder)
        let latest = try JSONValue(parsing: list.output).array?.first
        #expect(latest?["changes"]?["done"] == 1, "\(list.output)")
        // And what is not so is sent.
        #expect(try run(row.other).status == 0)
        let between = try sent()
        #expect(try run(row.set).status == 0)
        #expect(try sent() == between + 1)
    }

    static let nothingTells = "nothing in the vCenter tells it afterwards"

    static let rows = [
        Row(
            operation: "shutdownGuest",
            call: "shutdownGuest('vm-109')",
            holds: "getPower('vm-109').state == 'POWERED_OFF'"
        ),
        Row(operation: "rebootGuest", call: "rebootGuest('vm-109')", unknown: nothingTells),
        Row(
            operation: "customize",
            call: "customize('vm-110', { name = 'linux' })",
            unknown: nothingTells
        ),
        Row(
            operation: "setHardware",
            call: "setHardware('vm-110', { cpu_count = 4, memory_size_MiB = 8192 })",
            holds: "getHardware('vm-110').memory_size_MiB == 8192"
        ),
        Row(
            operation: "updateItem",
            call: "updateItem('\(ovf)', { name = 'other', description = 'd' })",
            holds: "getItem('\(ovf)').name == 'other'"
        ),
        Row(
            operation: "createLibrary",
            call: "return createLibrary{ name = 'n-{op}', \(backing) }",
            holds: "getLibrary(made).name:match '^n%-%x+$'"
        ),
        Row(
            operation: "createLibrary",
            call: "return createLibrary{ name = 'n', \(backing) }",
            unknown: "has the name n now: it may be the one"
        ),
        Row(
            operation: "deployOVF",
            call: """
                return deployOVF('\(ovf)', { deployment_spec = { name = 'p-{op}', accept_all_EULA = true },
                  target = { resource_pool_id = 'resgroup-8' } })
                """,
            holds: "getVM(made).name:match '^p%-%x+$'"
        ),
        Row(
            operation: "deleteLibrary",
            call: "deleteLibrary('\(staging)')",
            holds: "not pcall(getLibrary, '\(staging)')"
        ),
        Row(operation: "publish", call: "publish('\(golden)')", unknown: nothingTells),
        Row(
            operation: "publish",
            call: "publish('\(ovf)')",
            recorded: "publishItem",
            unknown: nothingTells
        ),
        Row(
            operation: "sync",
            call: "sync(follower)",
            before: """
                follower = createLibrary{ name = 'f', type = 'SUBSCRIBED', \(backing),
                  subscription_info = { authentication_method = 'NONE',
                    subscription_url = getLibrary('\(golden)').publish_info.publish_url } }
                """,
            unknown: nothingTells
        ),
        Row(
            operation: "attachTag",
            call: "attachTag('vm-109', 'stage/test')",
            holds: "listTags('vm-109')[1] == 'stage/test'"
        ),
        Row(
            operation: "detachTag",
            call: "detachTag('vm-109', 'stage/test')",
            before: "attachTag('vm-109', 'stage/test')",
            holds: "#listTags('vm-109') == 0"
        ),
    ]

    private func fault(_ operation: String, _ action: String, ms: Int? = nil) -> JSONValue {
        var fault: JSONValue = [
            "match": ["operation": .string(operation)], "do": .string(action), "times": 1,
        ]
        if let ms { fault["ms"] = .integer(ms) }
        return fault
    }

    @Test(arguments: rows, ["rest", "api", "jsonrpc"])
    func `a lost answer is settled by what tells, or is honestly unknown`(
        _ row: Row,
        _ dialect: String
    ) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: fault(row.operation, "reset_after_apply"))
        let run = try runs.script(
            """
            \(row.before)
            local made = (function() \(row.call) end)()
            assert(\(row.holds), "it does not hold")
            print "settled"
            """,
            ["--api", dialect, "--settle", "2s"]
        )
        guard let unknown = row.unknown else {
            #expect(run.status == 0 && run.lines == ["settled"], "\(run)")
            return
        }
        #expect(run.status == 80, "\(run)")
        let told = run.error.replacing("\n", with: " ")
        #expect(told.contains(unknown) && told.contains(": \(row.operation)"), "\(run)")
        // It was sent once, however long it was looked for.
        let sent = try runs.simulator.requests().count { $0["operation"] == .string(row.operation) }
        #expect(sent == 1)
    }

    @Test func `every change has a row above, or is settled elsewhere`() {
        let elsewhere = [
            "checkOut", "checkIn", "deleteCheckOut", "deleteVersion", "rollback", "createTemplate",
            "deploy", "deleteItem", "deleteVM", "setPower", "cancelTask",
        ]
        // Two of one kind each.
        let twins = ["createSubscribedLibrary", "deleteSubscribedLibrary", "syncItem"]
        let named = Set(Self.rows.map { $0.recorded ?? $0.operation } + elsewhere + twins)
        let missing = VSphere.Operation.all.filter(\.isChanging).map(\.name).filter {
            !named.contains($0)
        }
        #expect(missing.isEmpty)
    }

    @Test func `the page says what tells as the operations do`() throws {
        let page = try String(contentsOfFile: projectRoot + "/docs/machines.md", encoding: .utf8)
        let table = page.components(separatedBy: "| change | what tells |")[1]
        var told: [String: Bool] = [:]
        for line in table.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 2, cells[0].hasPrefix("`") else { continue }
            for name in cells[0].split(separator: ",") {
                let bare = name.trimmingCharacters(in: .init(charactersIn: " `"))
                told[bare] = !cells[1].hasPrefix("nothing")
            }
        }
        for (name, tells) in told {
            let effect = try #require(VSphere.Operation.named(name)?.effect, "\(name)")
            #expect((effect.kind(action: nil) != nil) == tells, "\(name)")
        }
        for row in Self.rows { #expect(told[row.operation] != nil, "\(row.operation)") }
    }

    @Test func `a step that goes on makes none of its changes again, however many a verb is`()
        throws
    {
        let runs = try Runs()
        let flag = try runs.folder.write("", to: "flag")
        let script = try runs.folder.write(
            """
            step("prepare", function()
              setHardware("vm-110", { cpu_count = 4, memory_size_MiB = 8192 })
              attachTag("vm-110", "stage/test")
              local file = io.open(arg[1])
              if file then file:close() error("stopped") end
              local made = createLibrary{ name = "l-{op}", \(Self.backing) }
              print(getHardware("vm-110").cpu_count, getLibrary(made).name:match "^l%-" )
            end)
            """,
            to: "steps.lua"
        )
        let first = try runs.vmoon([script, flag])
        #expect(first.status == 1 && first.error.contains("stopped"), "\(first)")
        _ = try ProgramRun.shell("rm '\(flag)'")
        let second = try ProgramRun.of(
            "vmoon",
            ["resume"] + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(second.status == 0 && second.lines == ["4\tl-"], "\(second)")
        let asked = try runs.simulator.requests().compactMap { $0["operation"]?.string }
        #expect(asked.count { $0 == "setHardware" } == 2)
        #expect(asked.count { $0 == "attachTag" } == 1)
        #expect(asked.count { $0 == "createLibrary" } == 1)
    }

    @Test func `what happens late is found by reconcile, and keeps its machine until then`() throws
    {
        let runs = try Runs()
        try runs.simulator.add(fault: fault("attachTag", "late_apply", ms: 600))
        let run = try runs.vmoon([
            "--settle", "100ms", "--resend", "0", "-e", "attachTag('vm-109', 'stage/test')",
        ])
        #expect(run.status == 80 && run.error.contains("it has not happened so far"), "\(run)")
        let blocked = try runs.vmoon(["-e", "shutdownGuest('vm-109')"])
        #expect(blocked.error.contains("an earlier attachTag") || blocked.status == 0, "\(blocked)")
        var found = try runs.vmoon(["-e", "print(#listTags('vm-109'))"])
        while found.lines != ["1"] { found = try runs.vmoon(["-e", "print(#listTags('vm-109'))"]) }
        let reconciled = try ProgramRun.of(
            "vmoon",
            ["reconcile"] + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(reconciled.status == 0, "\(reconciled)")
        let after = try runs.vmoon(["-e", "rebootGuest('vm-109') print 'free'"])
        #expect(after.lines == ["free"] || blocked.status == 0, "\(after)")
    }
}
