import Foundation
import JSON
import Support
import Testing

/// What `vmoon doctor --mask` gives away, and what it does not.
@Suite struct DoctorMaskTests {
    let bench = DoctorBench()

    /// Names that tell, each kind of them.
    static let names = [
        "Gringotts Vault", "zauberstab-werkstatt", "Öl & Käse/2", "quidditch\"pokal", "NIMBUS",
        "snape", "vm-template", "com.vmware.vapi",
    ]

    /// An inventory in which everything has a telling name.
    private func rename(_ simulator: SimulatorProcess) throws -> (secrets: [String], user: String) {
        var state = try simulator.state()
        var secrets: [String] = []
        var count = 0
        func name(_ kind: String) -> String {
            count += 1
            let name = "\(Self.names[count % Self.names.count]) \(kind) \(4000 + count)"
            secrets.append(name)
            return name
        }
        for (place, library) in (state["libraries"]?.array ?? []).enumerated() {
            var library = library
            library["name"] = .string(name("lib"))
            library["description"] = .string(name("about"))
            library["items"] = .array(
                (library["items"]?.array ?? []).map { item in
                    var item = item
                    item["name"] = .string(name("item"))
                    item["changes"] = .array(
                        (item["changes"]?.array ?? []).map { change in
                            var change = change
                            change["message"] = .string(name("reason"))
                            change["user"] = .string("HOGWARTS\\dumbledore")
                            return change
                        }
                    )
                    return item
                }
            )
            var libraries = state["libraries"]?.array ?? []
            libraries[place] = library
            state["libraries"] = .array(libraries)
        }
        for list in ["machines", "placements"] {
            state[list] = .array(
                (state[list]?.array ?? []).map { object in
                    var object = object
                    if object["name"] != nil { object["name"] = .string(name("thing")) }
                    return object
                }
            )
        }
        let user = "mcgonagall@hogwarts.example"
        state["users"] = .array((state["users"]?.array ?? []) + [["name": .string(user)]])
        try simulator.admin("PUT", "/sim/state", state)
        let after = try simulator.state()
        return (
            secrets + identifiers(in: after) + ["HOGWARTS\\dumbledore", "dumbledore", user], user
        )
    }

    /// The identifiers in a document.
    private func identifiers(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text):
            let pattern =
                /(vm|host|group-[a-z]|domain-c|resgroup|datastore|datacenter|network)-?[0-9]+/
            let isUUID = text.count == 36 && text.filter { $0 == "-" }.count == 4
            return isUUID || text.wholeMatch(of: pattern) != nil ? [text] : []
        case .array(let elements): return elements.flatMap(identifiers)
        case .object(let members): return members.flatMap { identifiers(in: $0.value) }
        default: return []
        }
    }

    /// The spellings in which a text may stand somewhere.
    private func spellings(_ text: String) -> Set<String> {
        let plain = [text, text.lowercased(), text.uppercased()]
        let encoded = plain.flatMap { text -> [String] in
            let percent =
                text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
            let path = text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? text
            let json = String(JSONEncoder().encode(.string(text)).dropFirst().dropLast())
            let again = String(JSONEncoder().encode(.string(json)).dropFirst().dropLast())
            let ascii = text.unicodeScalars.map { scalar in
                scalar.isASCII ? String(scalar) : String(format: "\\u%04x", scalar.value)
            }.joined()
            let base64 = Data(text.utf8).base64EncodedString().filter { $0 != "=" }
            return [text, percent, path, json, again, ascii, base64]
        }
        return Set(encoded)
    }

    @Test(arguments: ["rest,api", "rest", "api"])
    func `a masked recording has no name in any spelling, and plays`(_ dialects: String) throws {
        let simulator = try SimulatorProcess(arguments: ["--dialects", dialects])
        let (secrets, user) = try rename(simulator)
        let file = bench.folder.path + "/kept.jsonl"
        let options = [
            "--vcenter", simulator.url, "--user", user, "--ca-file", simulator.caFile ?? "",
            "--mask",
        ]
        let environment = ["VMOON_PASSWORD": simulator.password]
        let first = try bench.vmoon(options + ["--record", file], environment)
        #expect(first.status == 0, "\(first)")
        try simulator.expectOnlyReads()
        let kept = try bench.read("kept.jsonl")
        #expect(kept.split(separator: "\n").count > 40)
        let pair = Data("\(user):\(simulator.password)".utf8).base64EncodedString()
        let port = simulator.url.split(separator: ":").last ?? ""
        let others = [
            "127.0.0.1", simulator.caFile ?? "?", bench.folder.path, simulator.password, pair,
            "mcgonagall", "hogwarts.example", "hogwarts",
        ]
        let json = try bench.vmoon(options + ["--json"], environment)
        for (name, text) in [("cassette", kept), ("report", first.output), ("JSON", json.output)] {
            for secret in secrets + others {
                for spelling in spellings(secret) where text.contains(spelling) {
                    Issue.record("\(name) has \(secret) as \(spelling)")
                }
            }
        }
        #expect(kept.contains(":\(port)"), "what is no name stays")
        // It plays, without a vCenter, and says the same of what is inside.
        #expect(simulator.terminate() == 0)
        let again = try bench.vmoon(["--replay", file])
        #expect(again.status == 0, "\(again)")
        for topic in ["/rest", "/api", "answers", "rights", "libraries"] {
            func line(_ run: ProgramRun) -> String? {
                run.lines.first { $0.contains("   \(topic)  ") }
            }
            #expect(line(again) != nil && line(again) == line(first), "\(first)\n\(again)")
        }
    }

    @Test func `what is wrong is told without names too`() throws {
        let simulator = try SimulatorProcess(arguments: ["--certificate", "wrong-host"])
        let run = try bench.vmoon(
            [
                "--vcenter", simulator.url, "--user", "snape@hogwarts.example", "--ca-file",
                simulator.caFile ?? "", "--mask",
            ],
            ["VMOON_PASSWORD": "x"]
        )
        #expect(run.status == 1)
        #expect(run.output.contains("wrong  TLS"))
        for name in ["127.0.0.1", "elsewhere", "snape", "hogwarts", "sha256//"] {
            #expect(!run.output.contains(name), "\(name) in \(run.output)")
        }
        let refused = try SimulatorProcess()
        let other = try bench.vmoon(
            [
                "--vcenter", refused.url, "--user", "snape@hogwarts.example", "--ca-file",
                refused.caFile ?? "", "--mask", "--password-file", "/nowhere/hogwarts/secret",
            ]
        )
        #expect(other.output.contains("wrong  password"), "\(other)")
        for name in ["127.0.0.1", "snape", "hogwarts"] {
            #expect(!other.output.contains(name), "\(name) in \(other.output)")
        }
    }

    @Test func `a run that is stopped keeps what it has asked, masked`() throws {
        let simulator = try SimulatorProcess()
        try simulator.add(fault: [
            "match": ["operation": "listVMs"], "times": .null, "do": "delay", "ms": 20_000,
        ])
        let stops = try bench.folder.write(
            "p=$PPID; (sleep 1; kill -INT $p) >/dev/null 2>&1 & echo \(simulator.password)",
            to: "stops.sh"
        )
        let run = try bench.vmoon([
            "--vcenter", simulator.url, "--user", simulator.user, "--insecure",
            "--password-command", "sh \(stops)", "--mask", "--record",
            bench.folder.path + "/stopped",
        ])
        #expect(run.signal == SIGINT, "\(run)")
        let text = try bench.read("stopped")
        #expect(text.hasPrefix("{\"vmoon_cassette\""))
        #expect(text.contains("/session") && !text.contains("127.0.0.1"), "\(text)")
        #expect(try simulator.admin("GET", "/sim/sessions")["open"] == 0)
    }

    @Test func `a recording that is not masked plays as well`() throws {
        let simulator = try SimulatorProcess()
        let file = bench.folder.path + "/plain.jsonl"
        let first = try bench.look(at: simulator, ["--record", file])
        #expect(first.run.status == 0, "\(first.run)")
        let kept = try bench.read("plain.jsonl")
        #expect(kept.contains("golden") && !kept.contains(simulator.password))
        let again = try bench.look(["--replay", file], [:])
        #expect(again["libraries"]?.text == first["libraries"]?.text)
        #expect(again["answers"]?.text == first["answers"]?.text)
    }

    @Test func `a recording of one dialect plays with the same option`() throws {
        let simulator = try SimulatorProcess()
        let file = bench.folder.path + "/api.jsonl"
        let first = try bench.look(at: simulator, ["--api", "api", "--mask", "--record", file])
        #expect(first.run.status == 0, "\(first.run)")
        let again = try bench.look(["--replay", file, "--api", "api"], [:])
        #expect(again.run.status == 0, "\(again.run)")
        #expect(again["/api"]?.text == first["/api"]?.text)
    }

    static let recordings = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Recordings")

    /// Masked recordings of vCenters, each beside what is said of it; whoever sends one adds a test.
    @Test func `the recordings that we were given say what they said`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.recordings.path)
        let names = files.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }.sorted()
        #expect(!names.isEmpty)
        let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"
        for name in names {
            let file = Self.recordings.appendingPathComponent(name)
            let run = try bench.vmoon(["--replay", file.path + ".jsonl"])
            // What is said of this machine is another matter.
            let shown = run.lines.drop { $0.hasPrefix("this machine") || $0.hasPrefix("  ") }
                .map { $0 + "\n" }.joined()
            let golden = file.path + ".txt"
            let known = try? String(contentsOfFile: golden, encoding: .utf8)
            #expect(known == shown, "\(name)")
            if isRecording { try shown.write(toFile: golden, atomically: true, encoding: .utf8) }
        }
        #expect(!isRecording, "RECORD_GOLDEN must not stay on")
    }

    @Test func `a file that is no recording is not replaced`() throws {
        let simulator = try SimulatorProcess()
        let file = try bench.folder.write("precious", to: "precious.txt")
        let run = try bench.vmoon(
            ["--vcenter", simulator.url, "--user", "u", "--mask", "--record", file],
            ["VMOON_PASSWORD": "x"]
        )
        #expect(run.status == 78, "\(run)")
        #expect(try bench.read("precious.txt") == "precious")
        #expect(try simulator.requests().isEmpty)
    }

    @Test func `a password in an address is refused`() throws {
        let run = try bench.vmoon(["https://me:s3cr3t-w0rd@vc.example"])
        #expect(run.status == 64)
        #expect(run.error.contains("use --password-file") && !run.error.contains("s3cr3t"))
    }
}
