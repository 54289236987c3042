import JSON
import Support
import Testing

/// What is wrong is said at the start, in one line, before a script has done half of its work.
@Suite struct StartTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let options: [String]
        let status: Int32
        let word: String
        var testDescription: String { options.joined(separator: " ") }
    }

    static let rows: [Row] = [
        Row(options: ["--vcenter=ftp://x"], status: 64, word: "--vcenter: the address is refused"),
        Row(options: ["--vcenter", "http://"], status: 64, word: "--vcenter"),
        Row(options: ["--sim", "--vcenter=ftp://x"], status: 64, word: "--vcenter"),
        Row(
            options: ["--vcenter", "https://me@127.0.0.1:36635:bad"],
            status: 64,
            word: "--vcenter: the address is refused: it has more than one colon"
        ),
        Row(
            options: ["--vcenter", "https://me:hunter2@vc.invalid"],
            status: 64,
            word: "--vcenter: a password in it is refused: other users could read it"
        ),
        Row(options: ["--sim", "--vcenter=me:hunter2@vc"], status: 64, word: "a password in it"),
        Row(options: ["--vcenter=http://vc.invalid"], status: 64, word: "--vcenter: http:// to"),
        Row(options: ["--ca-file=/nope"], status: 78, word: "--ca-file: cannot read /nope"),
        Row(options: ["--ca-file=/"], status: 78, word: "--ca-file: cannot read /"),
    ]

    @Test(arguments: rows) func `a bad option ends a run that opens no session`(_ row: Row) throws {
        let run = try ProgramRun.of("vmoon", row.options + ["-e", "print 'begun'"])
        #expect(run.status == row.status && run.output == "")
        #expect(run.error.contains(row.word) && run.error.split(separator: "\n").count == 1)
    }

    @Test(arguments: ["vmoon", "vmoon-sim"])
    func `a program that is started without even a name is refused`(_ name: String) throws {
        let program = try SimulatorProcess.program(name)
        // What the kernel puts in its place is an empty one.
        let run = try ProgramRun.shell("(exec -a '' \(program) </dev/null) 2>&1")
        let line = "\(name): it was started without any arguments, its own name among them\n"
        #expect(run.status == 64 && run.output == line)
    }

    @Test(arguments: ["while true do end", "while true do pcall(error) end", "repeat until false"])
    func `a configuration that never ends is ended by the deadline`(_ text: String) throws {
        let folder = TestFolder()
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: folder)
        try folder.write(text, to: ".config/vmoon/config.lua", mode: 0o600)
        let run = try ProgramRun.of(
            "vmoon",
            ["--deadline", "100ms", "--profile", "a", "-e", "print 'begun'"],
            in: folder
        )
        #expect(run.status == 124 && run.output == "", "\(run.error)")
        #expect(
            run.error.contains("the deadline was reached in ") && run.error.contains("config.lua")
        )
    }

    @Test func `a configuration leaves the run its own deadline and signals`() throws {
        let folder = TestFolder()
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: folder)
        let text = "return { a = { vcenter = 'https://127.0.0.1:1', user = 'u' } }"
        try folder.write(text, to: ".config/vmoon/config.lua", mode: 0o600)
        let run = try ProgramRun.of(
            "vmoon",
            ["--deadline", "300ms", "--profile", "a", "-e", "print 'begun' while true do end"],
            in: folder
        )
        #expect(run.status == 124 && run.output == "begun\n", "\(run.error)")
    }

    @Test(arguments: ["", "mkdir -m 777 $STATE", "touch $STATE"])
    func `a run that reads warns once of a state folder that cannot be used`(
        _ preparation: String
    ) throws {
        let runs = try Runs()
        let state = preparation.isEmpty ? "/proc/x" : runs.folder.path + "/state"
        _ = try ProgramRun.shell(preparation, environment: ["STATE": state])
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + [
                "-e",
                "local vc <close> = session() listVMs() session():close() print(#listVMs() > 0)",
            ],
            environment: ["VMOON_PASSWORD": runs.simulator.password, "VMOON_STATE_DIR": state],
            in: runs.folder
        )
        #expect(run.status == 0 && run.output == "true\n", "\(run.error)")
        let warnings = run.error.split(separator: "\n")
        #expect(warnings.count == 1 && run.error.contains("warning: cannot"), "\(run.error)")
        #expect(run.error.contains(state) && run.error.contains("VMOON_STATE_DIR"))
    }

    @Test(arguments: [
        ("", "/state, which is not there", 1), ("mkdir -m 700 $STATE", "", 0),
        ("touch $STATE", "/state, which is no folder", 1), ("STATE=/proc/x", "/proc/x", 1),
    ])
    func `the list of runs says why it is empty, unless nothing has been changed yet`(
        _ preparation: String,
        _ says: String,
        _ warnings: Int
    ) throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = "STATE=$PWD/state; \(preparation)\nVMOON_STATE_DIR=$STATE \(vmoon) runs"
        let run = try ProgramRun.shell(line)
        #expect(run.status == 0 && run.output == "", "\(run)")
        #expect(run.error.split(separator: "\n").count == warnings)
        #expect(run.error.contains(says) && run.error.contains("VMOON_STATE_DIR") == (warnings > 0))
    }

    @Test func `a service without HOME has the home folder that the system knows`() throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = """
            home=$(getent passwd $(id -u) | cut -d: -f6)
            env -u HOME -u XDG_CONFIG_HOME \(vmoon) --profile none -e '' 2>&1 | grep -c "$home/.config/"
            env -u HOME \(vmoon) -e 'print(os.getenv "HOME")'
            """
        #expect(try ProgramRun.shell(line).output == "1\nnil\n")
    }

    @Test func `a run that opens no session has nothing to say of its state folder`() throws {
        let environment = ["VMOON_STATE_DIR": "/proc/x"]
        for options in [[], ["--sim"]] {
            let code = options.isEmpty ? "print(1)" : "print(#listVMs() > 0 and 1)"
            let run = try ProgramRun.of("vmoon", options + ["-e", code], environment: environment)
            #expect(run.output == "1\n" && run.error == "")
        }
    }

    static let misuses: [(code: String, status: Int32, word: String)] = [
        ("getVM(('x'):rep(3000000))", 64, "an identifier of 3000000 bytes, and 4096 are the most"),
        ("getVersion(('x'):rep(4097), '1')", 64, "item: an identifier of 4097 bytes"),
        ("getVM(('x'):rep(4096))", 66, "not_found"),
        ("json.decode(('['):rep(100000))", 76, "nested deeper than 64 levels"),
        ("json.decode(('['):rep(65) .. (']'):rep(65))", 76, "nested deeper than 64 levels"),
        ("json.decode('[' .. json.encode(('['):rep(100)))", 76, "malformed JSON"),
    ]

    @Test(arguments: misuses.indices) func `what is too large says so`(_ index: Int) throws {
        let test = Self.misuses[index]
        let run = try ProgramRun.of("vmoon", ["--sim", "-e", test.code])
        #expect(
            run.status == test.status && run.error.contains(test.word),
            "\(run.error.prefix(400))"
        )
        #expect(run.error.utf8.count < 1000)
    }

    @Test func `an answer that is too large says how much is allowed`() throws {
        let runs = try Runs()
        try runs.simulator.add(
            fault: ["match": ["operation": "listVMs"], "do": "oversize", "bytes": 5000]
        )
        let run = try runs.vmoon(["--max-answer", "1K", "-e", "listVMs()"])
        #expect(run.status == 76, "\(run.error)")
        #expect(run.error.contains("is larger than the 1024 bytes allowed"), "\(run.error)")
    }
}
