import JSON
import Support
import Testing

/// The journal has no password, and a specification takes one as a secret.
@Suite struct JournalSecretTests {
    private static let password = "hunter2-Pw.4711"

    private static let library = """
        name = "NAME", type = "TYPE", description = "d",
        storage_backings = { { type = "DATASTORE", datastore_id = listDatastores()[1].datastore } }
        """

    /// A change with a password in it; PW stands for the password.
    static let changes = [
        #"createLibrary{ \#(library), publish_info = { authentication_method = "BASIC","#
            + #" published = true, user_name = "vcsp", password = PW } }"#,
        #"createLibrary{ \#(library), subscription_info = { authentication_method = "BASIC","#
            + #" user_name = "vcsp", password = PW, subscription_url = "https://h/x" } }"#,
        #"api.content.LocalLibrary.create{ create_spec = { name = "a", type = "LOCAL", publish_info"#
            + #" = { authentication_method = "BASIC", published = true, user_name = "vcsp","#
            + #" password = PW } } }"#,
        #"request{ method = "POST", path = "/vcenter/thing", body = { a = PW, password = PW } }"#,
        #"customize("vm-110", { spec = { interfaces = {}, global_DNS_settings = {},"#
            + #" configuration_spec = { windows_config = { sysprep = { gui_unattended = {"#
            + #" auto_logon = false, auto_logon_count = 0, time_zone = 4, password = PW } } } } } })"#,
        #"updateItem(item "golden/ubuntu-22.04", { description = PW })"#,
    ]

    @Test(arguments: changes, [false, true])
    func `no password is in the journal, in a plan or in a message`(
        _ change: String,
        _ isObject: Bool
    ) throws {
        guard isObject || !change.contains("a = PW") && !change.contains("description = PW") else {
            return
        }
        let runs = try Runs()
        let file = try runs.folder.write(Self.password + "\n", to: "pw")
        let text = change.replacing("NAME", with: "L-{op}").replacing(
            "TYPE",
            with: change.contains("subscription") ? "SUBSCRIBED" : "LOCAL"
        )
        .replacing("PW", with: isObject ? "pw" : "'\(Self.password)'")
        let script = try runs.folder.write(
            "local pw = secret.file '\(file)' print(pcall(function() return \(text) end))",
            to: "script.lua"
        )
        let log = runs.folder.path + "/log"
        for options in [["--dry-run", "--plan-out", runs.folder.path + "/plan"], []] {
            let run = try runs.vmoon(
                options + ["--log-level", "trace", "--log-file", log, script]
            )
            #expect(run.status == 0, "\(run.error)")
            #expect(!(run.output + run.error).contains(Self.password))
            #expect(!(run.output + run.error).contains("cannot be sent"), "\(run.output)")
        }
        let found = try ProgramRun.shell(
            "grep -rlaF -e '\(Self.password)' . | grep -v -e script.lua -e /pw",
            in: runs.folder
        )
        #expect(found.output == "")
    }

    /// The journal has `***` there: the request is made of what the script gave.
    @Test func `a password reaches the vCenter, also where the name carries the mark`() throws {
        let runs = try Runs()
        let file = try runs.folder.write(Self.password + "\n", to: "pw")
        let text = Self.changes[0].replacing("NAME", with: "L-{op}")
            .replacing("TYPE", with: "LOCAL").replacing("PW", with: "secret.file '\(file)'")
        let run = try runs.script("print(\(text))")
        #expect(run.status == 0, "\(run.error)")
        let sent = try runs.simulator.requests().filter {
            $0["operation"]?.string == "createLibrary"
        }
        let bodies = sent.map { JSONEncoder().encode($0["body"] ?? .null) }
        #expect(bodies.count == 1 && bodies[0].contains(Self.password), "\(bodies)")
    }

    @Test func `a change with a password is settled and resumed without it`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "createLibrary"], "do": "reset_after_apply",
        ])
        let file = try runs.folder.write(Self.password + "\n", to: "pw")
        let text = Self.changes[0].replacing("NAME", with: "L-{op}")
            .replacing("TYPE", with: "LOCAL").replacing("PW", with: "secret.file '\(file)'")
        let script = try runs.folder.write(
            "step('one', function() \(text) if not io.open 'flag' then error 'later' end end)",
            to: "script.lua"
        )
        let first = try runs.vmoon(["--settle", "20s", script])
        #expect(first.status == 1, "\(first.error)")
        _ = try runs.folder.write("", to: "flag")
        let again = try ProgramRun.of(
            "vmoon",
            ["resume"] + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(again.status == 0, "\(again.error)")
        let count = try runs.simulator.requests().count {
            $0["operation"]?.string == "createLibrary"
        }
        #expect(count == 1)
    }

    @Test(arguments: [
        #"api.vcenter.vm.power.start{ vm = pw }"#, #"getVM(pw)"#, #"deleteVM(pw)"#,
        #"deploy(item "golden/ubuntu-22.04", { name = pw })"#,
        #"request{ path = "/vcenter/vm", query = { names = pw } }"#,
    ])
    func `a secret names no object`(_ call: String) throws {
        let runs = try Runs()
        let file = try runs.folder.write(Self.password + "\n", to: "pw")
        let script = "local pw = secret.file '\(file)' print(pcall(function() \(call) end)) \(call)"
        for options in [[], ["--dry-run"]] {
            let run = try runs.script(script, options)
            #expect(run.status == 64, "\(run.error)")
            #expect(run.error.contains("a secret cannot name an object"), "\(run.error)")
            #expect(!(run.output + run.error).contains(Self.password))
        }
    }
}
