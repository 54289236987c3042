extension FunctionSpec {
    /// The functions that `vmoon test` adds, with which tests are written.
    ///
    /// Other commands do not have them.
    ///
    /// Their examples are whole test files.
    public static let testing: [FunctionSpec] = [test, run] + assertions + simulators

    private static let test = FunctionSpec(
        "test",
        "Names a test; each runs against a fresh simulator.",
        [
            Parameter("name", "string", "what it shows, as a sentence"),
            Parameter("fn", "fun()", "the test: it fails where an error leaves it"),
        ],
        returns: nothing,
        errors: ["usage"],
        example: """
            test("the latest version is 2", function()
              assert.equal("2", item("golden/ubuntu-22.04"):latest())
            end)
            """,
        body: nil
    )

    private static let run = FunctionSpec(
        "run",
        "Runs a script as an operator would, against the simulators of the test.",
        [
            Parameter("script", "string", "the file; one without a leading / lies beside the test"),
            Parameter("...", "string", "its arguments", isOptional: true),
            Parameter(
                "options",
                "{options: string[]?, stdin: string?, timeout: number?}",
                "options of vmoon, such as { \"--dry-run\" }; what it reads; seconds until it is killed (60)",
                isOptional: true
            ),
        ],
        returns: Result(
            "{code: integer, stdout: string, stderr: string}",
            "how it ended, and what it wrote"
        ),
        errors: ["usage", "timeout"],
        example: """
            test("a script that is not there ends with 66", function()
              assert.equal(66, run("missing.lua", "web-1", { options = { "--dry-run" } }).code)
            end)
            """,
        body: nil
    )

    private static let nothing = Result("nil", "nothing")
    private static let got = Parameter("got", "any", "what there is")
    private static let note = Parameter(
        "note",
        "string",
        "stands in front of the message",
        isOptional: true
    )

    private static let assertions: [FunctionSpec] = [
        assertion(
            "equal",
            "Fails unless two values are equal, as == says.",
            [Parameter("expected", "any", "what there should be"), got, note],
            "assert.equal(\"2\", item(\"golden/ubuntu-22.04\"):latest())"
        ),
        assertion(
            "same",
            "Fails unless two values are the same: tables with the same fields, however deep.",
            [Parameter("expected", "any", "what there should be"), got, note],
            "assert.same({ vm_template = \"vm-102\" }, getVersion(item \"golden/ubuntu-22.04\", \"2\"))"
        ),
        assertion(
            "truthy",
            "Fails for nil and false.",
            [got, note],
            "assert.truthy(item \"golden/ubuntu-22.04\")"
        ),
        assertion(
            "falsy",
            "Fails unless it is nil or false.",
            [got, note],
            "assert.falsy(item \"golden/nothing\")"
        ),
        assertion(
            "matches",
            "Fails unless a text has a pattern of Lua's in it.",
            [Parameter("pattern", "string", "as string.find takes it"), got, note],
            "assert.matches(\"^%d+$\", item(\"golden/ubuntu-22.04\"):latest())"
        ),
        assertion(
            "contains",
            "Fails unless a text has another one in it, or a table a value.",
            [Parameter("part", "any", "what should be in it, as it stands"), got, note],
            "assert.contains(\"ubuntu\", item(\"golden/ubuntu-22.04\").name)"
        ),
        assertion(
            "error",
            "Fails unless a function raises an error.",
            [
                Parameter("fn", "fun()", "the function"),
                Parameter(
                    "expected",
                    "string|table",
                    "a part of its message, or fields that the error must have",
                    isOptional: true
                ),
                note,
            ],
            "assert.error(function() getVM(\"vm-0\") end, { kind = \"not_found\" })",
            returns: Result("any", "the error")
        ),
    ]

    private static let simulators: [FunctionSpec] = [
        simulator(
            "sim.fault",
            "Makes the simulator fail.",
            [
                Parameter(
                    "fault",
                    "table",
                    "effect: what it does, such as html_503; operation: to which; times, skip and more "
                        + "as vmoon-sim takes them; or a list of such tables"
                )
            ],
            nothing,
            """
            sim.fault{ operation = "getCheckOut", effect = "error", kind = "resource_busy" }
            local held = item "golden/rhel-9"
            assert.error(function() held:getCheckOut("vm-110") end, { kind = "resource_busy" })
            """
        ),
        simulator(
            "sim.stub",
            "Makes the simulator answer an operation of vc.api.",
            [
                Parameter(
                    "stub",
                    "table",
                    "service and operation, such as \"cis.tagging.tag\" and \"list\"; result, checked by what the "
                        + "operation gives, or error and message, such as \"not_found\". A list of results (and of "
                        + "{ error = … }) has one for each call, the last one for all that follow"
                )
            ],
            nothing,
            """
            sim.stub{ service = "vcenter.network", operation = "list",
              result = { { network = "network-1", name = "prod", type = "STANDARD_PORTGROUP" } } }
            assert.equal("prod", listNetworks()[1].name)
            """
        ),
        simulator(
            "sim.role",
            "Gives a user of the simulator a role: the privileges it has, on every object.",
            [
                Parameter(
                    "privileges",
                    "string[]",
                    "such as { \"System.Read\" }; all of them where there are none",
                    isOptional: true
                ),
                Parameter(
                    "user",
                    "string",
                    "whose, such as reader@vsphere.local; the one that tests log in as",
                    isOptional: true
                ),
            ],
            nothing,
            """
            sim.role{ "System.Read" }
            local ubuntu = item "golden/ubuntu-22.04"
            assert.error(function() ubuntu:rollback("1", "no") end, { kind = "unauthorized" })
            """
        ),
        simulator(
            "sim.clock",
            "Puts the simulator's clock forward: sessions age, time stamps move.",
            [Parameter("seconds", "number", "how far, from 0")],
            Result("string", "its time now"),
            "assert.truthy(sim.clock(3600) > time.format(time.now()))"
        ),
        simulator(
            "sim.requests",
            "Lists the requests that the simulator has seen, in order.",
            [
                Parameter(
                    "filter",
                    RequestFilter.type,
                    "fields that must be so, such as operation, method, status, applied",
                    isOptional: true
                )
            ],
            Result(
                "table[]",
                "n, method, path, query, headers, body, status, operation, applied; arguments of vc.api"
            ),
            """
            item("golden/ubuntu-22.04"):rollback("1", "bad patch")
            assert.equal(1, #sim.requests{ operation = "rollback" })
            """
        ),
        simulator(
            "sim.state",
            "Reads the simulator's whole inventory.",
            [],
            Result(
                "table",
                "libraries, users, machines and placements, as vmoon-sim --inventory reads them"
            ),
            "assert.equal(\"golden\", sim.state().libraries[1].name)"
        ),
        simulator(
            "sim.reset",
            "Replaces the simulator's inventory, and forgets its faults, stubs and requests.",
            [
                Parameter(
                    "state",
                    "table",
                    "the inventory; what it started with where there is none",
                    isOptional: true
                )
            ],
            nothing,
            """
            sim.reset{ libraries = { { name = "mine", type = "LOCAL" } } }
            assert.falsy(item "golden/ubuntu-22.04")
            """
        ),
        simulator(
            "sim.load",
            "Replaces the simulator's inventory by that of a file, and forgets its faults, stubs and requests.",
            [
                Parameter(
                    "file",
                    "string",
                    "as vmoon snapshot writes it; one without a leading / lies beside the test. Of one with several "
                        + "vCenters, sim.vcenter(name).load takes its part"
                )
            ],
            nothing,
            """
            local path = os.tmpname()
            local file <close> = assert(io.open(path, "w"))
            file:write('{"libraries":[{"name":"mine"}]}'):flush()
            sim.load(path)
            os.remove(path)
            assert.equal("mine", getLibrary(listLibraries()[1]).name)
            """
        ),
        simulator(
            "sim.vcenter",
            "Gives the same functions for the simulator that stands for another vCenter.",
            [Parameter("name", "string", "the vCenter, as scripts name it")],
            Result("table", "fault, stub, role, clock, requests, state, reset and load"),
            """
            local other = sim.vcenter "b.example.com"
            local vc <close> = session{ vcenter = "b.example.com" }
            assert.equal(1, #other.requests{ operation = "createSession" })
            """
        ),
    ]

    private static func assertion(
        _ name: String,
        _ summary: String,
        _ parameters: [Parameter],
        _ example: String,
        returns result: Result = Result("any", "what there is")
    ) -> FunctionSpec {
        FunctionSpec(
            "assert.\(name)",
            summary,
            parameters,
            returns: result,
            errors: [],
            example: Self.example(of: example),
            body: nil
        )
    }

    private static func simulator(
        _ name: String,
        _ summary: String,
        _ parameters: [Parameter],
        _ result: Result,
        _ example: String
    ) -> FunctionSpec {
        FunctionSpec(
            name,
            summary,
            parameters,
            returns: result,
            errors: ["usage"],
            example: Self.example(of: example),
            body: nil
        )
    }

    /// Makes a complete test of some lines.
    private static func example(of lines: String) -> String {
        let body = lines.split(separator: "\n").map { "  \($0)\n" }.joined()
        return "test(\"it works\", function()\n\(body)end)"
    }
}
