import JSON
import Support
import Testing

/// A vCenter whose texts hold escape sequences, line breaks, bidirectional controls and Lua.
@Suite struct HostileTests {
    static let name =
        "x\u{1B}]0;owned\u{07}\u{1B}[2J\nvmoon: error: forged\r\u{202E}gpj\u{9B}31m\u{7F}"
    static let code = "'..(print('run by the vCenter') or '')..'\"]]os.exit(99)--"

    private static var inventory: JSONValue {
        [
            "libraries": [
                [
                    "id": "a11b-1", "name": .string("golden" + code),
                    "items": [
                        [
                            "id": "a17e-1", "name": .string(name), "versions": ["1", "2"],
                            "check_outs": [["vm": "vm-7", "user": .string(name + code)]],
                        ],
                        ["id": "a17e-2", "name": .string(name), "versions": ["1"]],
                        ["id": "a17e-3", "name": .string(code), "versions": ["1", "2"]],
                    ],
                ]
            ]
        ]
    }

    private func runs() throws -> Runs {
        let folder = TestFolder()
        let file = try folder.write(JSONEncoder().encode(Self.inventory), to: "inventory.json")
        return try Runs("--inventory", file)
    }

    /// What a terminal would obey; line feeds are looked at one by one.
    private func commands(in text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x0A, 0x09: false
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
                true
            default: false
            }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let script: String
        var options: [String] = []
        /// Something that must be there, escaped.
        let shows: String
        var testDescription: String { script }
    }

    static let rows: [Row] = [
        Row(script: "rollback('a17e-1', '1', 'm')", shows: #"since"#),
        Row(script: "local i = item('a17e-1') error(tostring(i))", shows: #"\x1B]0;owned"#),
        Row(
            script: """
                local l = getLibrary(listLibraries()[1])
                local i = getItem('a17e-1')
                item(l.name .. '/' .. i.name)
                """,
            shows: "ambiguous"
        ),
        Row(
            script:
                "local name = getItem('a17e-1').name error(select(2, item(name .. '/' .. name)))",
            shows: #"\x1B"#
        ),
        Row(
            script: "item('a17e-3'):rollback('1', 'm')",
            options: ["--dry-run"],
            shows: "run by the vCenter"
        ),
        Row(
            script: "item('a17e-2'):checkOut{ name = 'n', placement = { folder = 'group-v3' } }",
            options: ["--dry-run"],
            shows: #"\nvmoon: error: forged"#
        ),
        Row(script: "error(getItem('a17e-1').name)", shows: #"\x1B"#),
        Row(script: "getCheckOut(getItem('a17e-1').name, 'vm-1')", shows: #"\x1B"#),
        Row(script: "listVersions('fault')", shows: #"\x1B"#),
        Row(script: "listVMs()", shows: #"\x1B"#),
        Row(
            script:
                "local n = getItem('a17e-1').name log.warn(n, { [n] = n, user = getCheckOut('a17e-1', 'vm-7').user })",
            shows: #"\x1B"#
        ),
        Row(
            script: "local bar <close> = progress(2, getItem('a17e-1').name) bar:step(2)",
            shows: #"\x1B"#
        ),
        Row(
            script: "local n = getItem('a17e-1').name log.warn(n, { [n] = n })",
            options: ["--log-format", "json"],
            shows: "owned"
        ),
        Row(
            script: "listItems(listLibraries()[1])",
            options: ["--log-level", "trace"],
            shows: "DEBUG request"
        ),
    ]

    @Test(arguments: rows) func `nothing of it reaches standard error raw, or forges a line`(
        _ row: Row
    ) throws {
        let runs = try runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "listVersions", "path": "*fault*"], "do": "status",
            "status": 400, "times": .null,
            "body": [
                "type": "com.vmware.vapi.std.errors.error",
                "value": [
                    "messages": [["id": "x", "default_message": .string(Self.name), "args": []]]
                ],
            ],
        ])
        try runs.simulator.add(fault: [
            "match": ["operation": "listVMs"], "do": "status", "status": 502, "times": .null,
            "body": .string(Self.name), "content_type": "text/html",
        ])
        let run = try runs.script(row.script, row.options + ["--timeout", "1s"])
        #expect(run.error.contains(row.shows), "\(run.error)")
        #expect(commands(in: run.error).isEmpty, "\(run.error.debugDescription)")
        #expect(!run.error.contains("\nvmoon: error: forged"))
        #expect(!run.output.contains("run by the vCenter"))
        #expect(run.status != 99)
    }

    @Test func `what print shows on a terminal commands it nothing`() throws {
        let runs = try runs()
        let script = try runs.folder.write(
            """
            local vc = session()
            print(getItem("a17e-1").name, item "a17e-1", vc)
            print(getCheckOut("a17e-1", "vm-7").user)
            print(select(2, pcall(rollback, "a17e-1", "1", "m")))
            show(getItem("a17e-1"))
            show(listChanges("a17e-1"))
            show{ { name = getItem("a17e-1").name }, { name = getItem("a17e-3").name } }
            show(getItem("a17e-3").name)
            """,
            to: "script.lua"
        )
        let program = try SimulatorProcess.program("vmoon")
        let command = ([program] + runs.connection + ["--color", "never", script]).joined(
            separator: " "
        )
        let run = try ProgramRun.shell(
            "script -qec '\(command)' /dev/null",
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")
        // A terminal is sent a carriage return before each line feed.
        let shown = run.output.replacing("\r\n", with: "\n")
        #expect(commands(in: shown).isEmpty, "\(shown.debugDescription)")
        #expect(shown.contains(#"\x1B]0;owned"#))
    }
}
