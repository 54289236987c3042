import Foundation
import JSON
import Support
import Testing

@testable import Simulator

/// The program from outside: options, state, certificates, time.
struct ProgramTests {
    @Test(arguments: [
        (["--bogus"], "unknown option --bogus"), (["word"], "unexpected word word"),
        (["--user"], "--user needs NAME"), (["--http=1"], "--http takes no value"),
        (["--listen", "1234"], "\"1234\" is no HOST:PORT"),
        (["--listen", "0.0.0.0:0"], "0.0.0.0 is no loopback address; --listen-anywhere allows it"),
        (["--admin", "0.0.0.0:0"], "0.0.0.0 is no loopback address; --listen-anywhere allows it"),
        (["--statuses", "x"], "--statuses: \"x\" is none of seed, spec"),
        (["--dialects", "soap"], "\"soap\" is none of rest, api and rest,api"),
        (["--latency", "5"], "\"5\" is no duration such as 250ms, 30s or 1h30m"),
        (["--max-sessions", "0"], "\"0\" is no positive number"),
        (["--cert", "x"], "--cert and --key go together"),
        (["--completions", "tcsh"], "--completions: \"tcsh\" is none of bash, zsh, fish"),
        (["--release", "8"], "--release: \"8\" is no VERSION-BUILD such as 7.0.3.00400-19234570"),
        (["--certificate", "good"], "is none of valid, wrong-host, expired"),
    ])
    func `a bad option is one line that says which and why`(words: [String], reason: String) {
        let error = #expect(throws: ProgramError.self) { _ = try OptionParser.parse(words) }
        #expect(error?.code == 64)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        (["--bogus"], 64, "vmoon-sim: unknown option --bogus\n"),
        (["--fault", "{"], 64, "vmoon-sim: --fault: "),
        (
            ["--inventory", "/nowhere"], 66,
            "vmoon-sim: cannot read /nowhere: No such file or directory\n"
        ),
        (
            ["--cert", "/nowhere", "--key", "/nowhere"], 78,
            "vmoon-sim: cannot read /nowhere: No such"
        ),
        (
            ["--state", "/nowhere/x"], 78,
            "vmoon-sim: cannot write the state to /nowhere/x: No such"
        ),
        (
            ["--listen", "no-such-host.invalid:0", "--listen-anywhere", "--http"], 69,
            "vmoon-sim: cannot listen on no-such-host.invalid:0: there is no such host\n"
        ),
        (
            ["--listen", "127.0.0.1:1", "--listen-anywhere", "--listen", "192.0.2.1:1", "--http"],
            69, "vmoon-sim: cannot listen on 192.0.2.1:1: Cannot assign requested address\n"
        ),
        (["--version"], 0, "vmoon-sim "), (["--help"], 0, "usage: vmoon-sim [options]\n"),
    ])
    func `the program ends with a code and a line`(words: [String], code: Int32, text: String)
        throws
    {
        let run = try Command([try SimulatorProcess.program("vmoon-sim")] + words)
        #expect(run.code == code)
        #expect(run.output.hasPrefix(text), "\(run.output)")
    }

    @Test func `an address in use is said in the system's words, and certificates in ours`() throws
    {
        let first = try SimulatorProcess(arguments: ["--http"])
        let program = try SimulatorProcess.program("vmoon-sim")
        let address = String(first.url.dropFirst("http://".count))
        let second = try Command([program, "--http", "--listen", address])
        #expect(
            second.output == "vmoon-sim: cannot listen on \(address): Address already in use\n"
        )
        let folder = TemporaryFolder()
        let (one, two) = (folder.path + "/one", folder.path + "/two")
        for path in [one, two] {
            let made = try Command([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-keyout", path + ".key",
                "-out", path + ".pem",
            ])
            #expect(made.code == 0)
        }
        for (chain, key, says) in [
            ("/etc/passwd", one + ".key", "/etc/passwd holds no certificate in PEM"),
            (one + ".pem", "/etc/passwd", "/etc/passwd holds no private key in PEM"),
            (one + ".pem", two + ".key", "is not that of the certificate in \(one).pem\n"),
        ] {
            let run = try Command([program, "--cert", chain, "--key", key])
            #expect(run.code == 78 && run.output.contains(says), "\(run.output)")
        }
    }

    @Test(arguments: ["SIGTERM", "SIGKILL"])
    func `a state file keeps changes across restarts, however the program ends`(signal: String)
        throws
    {
        let folder = TemporaryFolder()
        let options = ["--state", folder.path + "/state.json"]
        do {
            let client = try WireClient(.rest, arguments: options)
            let path = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))"
            #expect(
                try client.value("POST", "\(path)/versions/1?action=rollback", ["message": "m"])
                    == "3"
            )
            if signal == "SIGTERM" { #expect(client.simulator.terminate() == 0) }
        }
        let client = try WireClient(.rest, arguments: options)
        let path = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))"
        let versions = try client.value("GET", "\(path)/versions").array?.map { $0["version"] }
        #expect(versions == ["2", "3"])
    }

    @Test func `a state file is one program's at a time`() throws {
        let folder = TemporaryFolder()
        let state = folder.path + "/state.json"
        let options = ["--state", state, "--http"]
        let program = try SimulatorProcess.program("vmoon-sim")
        let first = try SimulatorProcess(arguments: options)
        let second = try Command([program] + options)
        #expect(second.code == 75)
        #expect(second.output == "vmoon-sim: another vmoon-sim keeps its state in \(state)\n")
        #expect(first.terminate() == 0)
        _ = try SimulatorProcess(arguments: options)
    }

    @Test(arguments: [("-s", "is a symbolic link"), ("", "has another name too")])
    func `a state file by another name is refused`(option: String, reason: String) throws {
        let folder = TemporaryFolder()
        let (state, link) = (folder.path + "/state.json", folder.path + "/link.json")
        let first = try SimulatorProcess(arguments: ["--state", state, "--http"])
        _ = try Command([
            "/bin/sh", "-c", "echo '{\"libraries\":[]}' >>\(state); ln \(option) \(state) \(link)",
        ])
        let second = try Command([
            try SimulatorProcess.program("vmoon-sim"), "--state", link, "--http",
        ])
        #expect(second.code == 78 && second.output.contains(reason), "\(second.output)")
        #expect(first.terminate() == 0)
    }

    @Test func `an inventory that cannot be is refused when the program starts`() throws {
        let folder = TemporaryFolder()
        let file = folder.path + "/inventory.json"
        let text = #"{"libraries":[{"name":"a","items":[{"name":"b","versions":["1","1"]}]}]}"#
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let run = try Command([
            try SimulatorProcess.program("vmoon-sim"), "--inventory", file, "--http",
        ])
        #expect(run.code == 66)
        #expect(
            run.output
                == "vmoon-sim: \(file): libraries[0].items[0].versions[1].version: stands twice in the item\n"
        )
    }

    @Test func `the inventory that is read out can be put back, and given to another`() throws {
        let client = try WireClient(.api)
        let item = try client.item("ubuntu-22.04")
        let before = try client.simulator.state()
        let path = "\(WireClient.templates)/\(item)"
        _ = try client.value("POST", "\(path)/versions/1?action=rollback", ["message": "m"])
        #expect(try client.simulator.state() != before)
        try client.simulator.admin("PUT", "/sim/state", before)
        #expect(try client.simulator.state() == before)
        #expect(try client.value("GET", "\(path)/versions").array?.count == 2)
    }

    @Test func `a clone takes its time and blocks nobody, a refusal comes at once`() throws {
        let client = try WireClient(.api, arguments: ["--clone-time", "3s"])
        let path = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))/check-outs"
        let refused = "\(WireClient.templates)/\(try client.item("rhel-9"))/check-outs"
        let spec: JSONValue = ["name": "a", "placement": ["folder": "group-v3"]]
        let start = ContinuousClock.now
        try client.connection.send(
            PlainConnection.request(
                "POST",
                "/api\(path)?action=check-out",
                headers: ["vmware-api-session-id: \(client.session)"],
                body: JSONEncoder().encode(spec)
            )
        )
        let other = try client.simulator.connect()
        let header = ["vmware-api-session-id: \(client.session)"]
        #expect(try other.exchange("GET", "/api\(path)", headers: header).text == "[]")
        let refusal = try other.exchange(
            "POST",
            "/api\(refused)?action=check-out",
            headers: header,
            body: JSONEncoder().encode(spec)
        )
        #expect(refusal.status == 500)
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(try client.connection.readAnswer().status == 200)
        #expect(ContinuousClock.now - start >= .seconds(3))
        #expect(try other.exchange("GET", "/api\(path)", headers: header).text != "[]")
    }

    @Test func `latency holds for every answer of the API`() throws {
        let client = try WireClient(.api, arguments: ["--latency", "60ms"])
        let start = ContinuousClock.now
        _ = try client.send("GET", "/vcenter/vm")
        #expect(ContinuousClock.now - start >= .milliseconds(60))
    }
}
