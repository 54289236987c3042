import JSON
import Support
import Testing

/// TLS as curl sees it.
struct CertificateTests {
    private func curl(_ simulator: SimulatorProcess, _ words: String...) throws -> Command {
        try Command(["curl", "--silent", "--show-error", "--max-time", "20"] + words)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `the throw-away authority makes the server trusted, and only then`(host: String) throws {
        let simulator = try SimulatorProcess()
        let url = simulator.url.replacing("127.0.0.1", with: host) + "/sim/sessions"
        let ca = try #require(simulator.caFile)
        #expect(try curl(simulator, "--cacert", ca, url).output == "{\"open\":0}\n")
        #expect(try curl(simulator, url).code == 60)
    }

    @Test(arguments: [
        ("wrong-host", "no alternative certificate subject name"), ("expired", "expired"),
    ])
    func `a bad certificate is refused for the reason its name says`(
        kind: String,
        reason: String
    ) throws {
        let simulator = try SimulatorProcess(arguments: ["--certificate", kind])
        let run = try curl(
            simulator,
            "--cacert",
            try #require(simulator.caFile),
            simulator.url + "/sim/sessions"
        )
        #expect(run.code == 60)
        #expect(run.output.contains(reason), "\(run.output)")
    }

    @Test func `a reset goes past TLS`() throws {
        let simulator = try SimulatorProcess()
        try simulator.add(fault: ["do": "reset_before_apply"])
        let run = try curl(
            simulator,
            "--cacert",
            try #require(simulator.caFile),
            simulator.url + "/api/session"
        )
        #expect(run.output.contains("reset by peer"), "\(run.code) \(run.output)")
    }

    @Test func `the authority may only speak for localhost, and its key is gone`() throws {
        let simulator = try SimulatorProcess()
        let ca = try #require(simulator.caFile)
        let text = try Command(["openssl", "x509", "-in", ca, "-noout", "-text"]).output
        #expect(text.contains("X509v3 Name Constraints: critical"))
        #expect(text.contains("DNS:localhost"))
        let folder = ca.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let files = try Command(["ls", folder]).output.split(separator: "\n")
        #expect(files == ["ca.pem", "expired.pem", "server.key", "valid.pem", "wrong-host.pem"])
        let mode = try Command(["stat", "-c", "%a", folder + "/server.key"]).output
        #expect(mode == "600\n")
    }

    @Test func `simulators that start at once on an empty cache agree on one authority`()
        async throws
    {
        let folder = TemporaryFolder()
        let files = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<6 {
                group.addTask { [path = folder.path] in
                    try SimulatorProcess(environment: ["XDG_CACHE_HOME": path]).caFile
                }
            }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(files.count == 1)
        #expect(files.first??.hasPrefix(folder.path) == true)
    }

    @Test func `a service without HOME has the home folder that the system knows`() throws {
        // Its standard input is empty, so with --with-parent it ends once it is ready.
        let run = try Command([
            "env", "-u", "HOME", "-u", "XDG_CACHE_HOME",
            try SimulatorProcess.program("vmoon-sim"), "--quiet", "--with-parent",
        ])
        #expect(run.output.contains(#""ca_file":"/"#), "\(run.output)")
    }

    @Test func `a broken set is replaced`() throws {
        let folder = TemporaryFolder()
        let variables = ["XDG_CACHE_HOME": folder.path]
        let first = try #require(SimulatorProcess(environment: variables).caFile)
        let chain = first.replacing("ca.pem", with: "valid.pem")
        #expect(try Command(["cp", "/dev/null", chain]).code == 0)
        let second = try SimulatorProcess(environment: variables)
        #expect(second.caFile != first)
        #expect(
            try curl(
                second,
                "--cacert",
                second.caFile ?? "",
                second.url + "/sim/sessions"
            ).code == 0
        )
    }

    @Test func `a set that was made while the clock was ahead is replaced`() throws {
        let folder = TemporaryFolder()
        let variables = ["XDG_CACHE_HOME": folder.path]
        let first = try #require(SimulatorProcess(environment: variables).caFile)
        let made = try Command([
            "bash", "-ec",
            """
            cd '\(folder.path)'
            touch index; echo 01 >serial
            printf '%s\n' '[ca]' default_ca=d '[d]' database=index serial=serial new_certs_dir=. \
              policy=p default_md=sha256 '[p]' commonName=supplied >c.cnf
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out r -subj /CN=x
            openssl ca -batch -selfsign -keyfile k -in r -out '\(first)' -notext -config c.cnf \
              -startdate 20900101000000Z -enddate 20910101000000Z
            """,
        ])
        #expect(made.code == 0, "\(made.output)")
        let second = try SimulatorProcess(environment: variables)
        #expect(second.caFile != first)
    }

    @Test func `a certificate of one's own is served with --cert and --key`() throws {
        let folder = TemporaryFolder()
        let (chain, key) = (folder.path + "/own.pem", folder.path + "/own.key")
        let made = try Command([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", key, "-out", chain, "-days", "2", "-subj", "/CN=own",
            "-addext", "subjectAltName=IP:127.0.0.1",
        ])
        #expect(made.code == 0, "\(made.output)")
        let simulator = try SimulatorProcess(arguments: ["--cert", chain, "--key", key])
        #expect(simulator.caFile == nil)
        #expect(
            try curl(simulator, "--cacert", chain, simulator.url + "/sim/sessions").code == 0
        )
    }

    @Test func `the cURL lines of the API pages work as they are printed`() throws {
        let simulator = try SimulatorProcess()
        let trust = ["--silent", "--cacert", try #require(simulator.caFile)]
        let login = try Command(
            ["curl"] + trust + [
                "-X", "POST", "-u", "\(simulator.user):\(simulator.password)",
                "\(simulator.url)/rest/com/vmware/cis/session",
            ]
        )
        let session = login.output.dropFirst(#"{"value":""#.count).dropLast(2)
        // curl -H "vmware-api-session-id: …" https://{api_host}/rest/vcenter/vm-template/…
        let item = "\(simulator.url)/rest/vcenter/vm-template/library-items/"
        let found = try Command(
            ["curl"] + trust + [
                "-H", "vmware-api-session-id: \(session)",
                item + "00000000-0000-4000-a17e-000000000002/check-outs/vm-110",
            ]
        )
        #expect(found.output.hasPrefix(#"{"value":{"time":"20"#))
        #expect(found.output.hasSuffix(#"Z","user":"VSPHERE.LOCAL\\alice"}}"#))
        let rolledBack = try Command(
            ["curl"] + trust + [
                "-X", "POST", "-H", "vmware-api-session-id: \(session)",
                "-H", "Content-Type: application/json", "-d", #"{"spec":{"message":"string"}}"#,
                item + "00000000-0000-4000-a17e-000000000001/versions/1?action=rollback",
            ]
        )
        #expect(rolledBack.output == #"{"value":"3"}"#)
    }
}
