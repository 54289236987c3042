import Foundation
import JSON
import Support
import Testing

/// `vmoon snapshot`, and runs on what it wrote.
@Suite struct SnapshotTests {
    let folder = TestFolder()
    static let two = "\(projectRoot)/Tests/Twins/two-vcenters.json"

    private func take(
        _ simulator: SimulatorProcess,
        _ name: String = "vc.json",
        _ options: [String] = [],
        user: String? = nil
    ) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["snapshot", name] + options,
            environment: [
                "VMOON_VCENTER": simulator.url, "VMOON_USER": user ?? simulator.user,
                "VMOON_PASSWORD": simulator.password, "VMOON_CA_FILE": simulator.caFile ?? "",
            ],
            in: folder
        )
    }

    private func document(_ name: String = "vc.json") throws -> JSONValue {
        try JSONValue(parsing: String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8))
    }

    @Test func `it reads only, logs out, says how much, and nobody else may read the file`() throws
    {
        let simulator = try SimulatorProcess()
        let run = try take(simulator)
        #expect(run.status == 0, "\(run)")
        #expect(run.output == "")
        #expect(
            run.error == "vmoon: vc.json: 4 libraries, 7 items, 10 machines, 16 places, 4 tags\n"
        )
        let attributes = try FileManager.default.attributesOfItem(
            atPath: "\(folder.path)/vc.json"
        )
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let applied = try simulator.requests().filter { $0["applied"] == true }
        #expect(
            applied.compactMap { $0["operation"]?.string } == ["createSession", "deleteSession"]
        )
        #expect(try simulator.admin("GET", "/sim/sessions")["open"] == 0)
        // The file may be written again, and is the same.
        let first = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/vc.json"))
        #expect(try take(simulator).status == 0)
        let second = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/vc.json"))
        #expect(first == second)
    }

    @Test func `what it must not write to it does not`() throws {
        let simulator = try SimulatorProcess()
        try folder.write("mine", to: "notes.txt")
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/there",
            withIntermediateDirectories: true
        )
        for (name, status) in [("-", 64), ("there", 73), ("notes.txt", 73), ("no/where.json", 73)] {
            let run = try take(simulator, name)
            #expect(run.status == Int32(status), "\(name): \(run)")
        }
        #expect(try String(contentsOfFile: "\(folder.path)/notes.txt", encoding: .utf8) == "mine")
        // A vCenter that does not answer leaves no half of a file.
        try simulator.add(fault: [
            "match": ["operation": "getTools"], "do": "html_503", "times": 999,
        ])
        let run = try take(simulator, "half.json", ["--timeout", "500ms"])
        #expect(run.status == 69, "\(run)")
        #expect(run.error.contains("half.json is not written"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/half.json"))
    }

    @Test func `one library may be wanted, and one that is not there is told`() throws {
        let simulator = try SimulatorProcess()
        #expect(try take(simulator, "vc.json", ["--library", "edge"]).status == 0)
        let names = try document()["libraries"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["edge", "edge"])
        #expect(try document()["placements"]?.array?.count == 16)
        let run = try take(simulator, "no.json", ["--library", "goldn"])
        #expect(run.status == 66, "\(run)")
        #expect(run.error.contains("did you mean golden?"))
    }

    @Test func `what the account may not read is listed, told, and refused by the twin`() throws {
        let simulator = try SimulatorProcess()
        _ = try simulator.admin(
            "POST",
            "/sim/users",
            ["name": "reader", "privileges": ["System.Read"]]
        )
        try simulator.add(
            fault: [
                "match": ["operation": "listChanges"], "do": "error", "kind": "unauthorized",
                "times": 3,
            ]
        )
        let run = try take(simulator, user: "reader")
        #expect(run.status == 0, "\(run)")
        #expect(run.error.contains("not read: listChanges of 3 objects: unauthorized: "))
        #expect(run.error.contains("a twin refuses that too"))
        let refused = try document()["refused"]?.array ?? []
        let changes = try #require(refused.first { $0["operation"] == "listChanges" })
        let item = try #require(changes["of"]?.array?.first?.string)
        #expect(changes["of"]?.array?.count == 3)
        let twin = try ProgramRun.of(
            "vmoon",
            ["--sim", "--inventory", "vc.json", "-e", "print(pcall(listChanges, \"\(item)\"))"],
            in: folder
        )
        #expect(twin.output.contains("false\t"), "\(twin)")
        #expect(twin.output.contains("unauthorized"))
    }

    /// A list has what its reader may not look at.
    @Test func `what may not be read is in the lists of the twin all the same`() throws {
        let simulator = try SimulatorProcess()
        for operation in ["getItem", "getLibrary"] {
            try simulator.add(
                fault: [
                    "match": ["operation": .string(operation)], "do": "error",
                    "kind": "unauthorized", "skip": 1, "times": 1,
                ]
            )
        }
        let run = try take(simulator)
        #expect(run.status == 0, "\(run)")
        let refused = try document()["refused"]?.array ?? []
        func id(_ operation: String) throws -> String {
            let entry = refused.first { $0["operation"]?.string == operation }
            return try #require(entry?["of"]?.array?.first?.string, "\(refused)")
        }
        let (item, library) = (try id("getItem"), try id("getLibrary"))
        let state = try simulator.state()
        let libraries = state["libraries"]?.array ?? []
        let count = libraries.reduce(0) { $0 + ($1["items"]?.array?.count ?? 0) }
        let script = """
            local n, seen = 0, {}
            for _, l in ipairs(listLibraries()) do
              seen[l] = true
              for _, i in ipairs(listItems(l)) do n = n + 1 seen[i] = true end
            end
            print(#listLibraries(), n, seen["\(item)"], seen["\(library)"])
            for _, read in ipairs{ { getItem, "\(item)" }, { getLibrary, "\(library)" } } do
              print(select(2, pcall(read[1], read[2])).kind)
            end
            """
        let twin = try ProgramRun.of(
            "vmoon",
            ["--sim", "--inventory", "vc.json", "-e", script],
            in: folder
        )
        #expect(
            twin.output
                == "\(libraries.count)\t\(count)\ttrue\ttrue\nunauthorized\nunauthorized\n",
            "\(twin)"
        )
    }

    @Test func `a list that is too long is read in parts, to the same end`() throws {
        let simulator = try SimulatorProcess(arguments: [
            "--inventory", Self.two, "--vcenter", "vc2.corp.test:8443",
        ])
        #expect(try take(simulator, "whole.json").status == 0)
        for operation in ["listVMs", "listFolders", "listHosts", "listResourcePools"] {
            try simulator.add(
                fault: [
                    "match": ["operation": .string(operation)], "do": "error",
                    "kind": "unable_to_allocate_resource", "times": operation == "listVMs" ? 2 : 1,
                ]
            )
        }
        let run = try take(simulator, "parts.json")
        #expect(run.status == 0, "\(run)")
        for part in ["machines", "placements"] {
            func sorted(_ name: String) throws -> [String] {
                (try document(name)[part]?.array ?? []).map { JSONEncoder().encode($0) }.sorted()
            }
            #expect(try sorted("parts.json") == (try sorted("whole.json")), "\(part)")
        }
        #expect(try document("parts.json")["refused"] == nil)
    }

    @Test func `each vCenter that a script names gets its part of an inventory`() throws {
        let script = try folder.write(
            """
            local a <close> = session{ vcenter = "vc1.corp.test" }
            local b <close> = session{ vcenter = "vc2.corp.test:8443" }
            print(#a:listLibraries(), #b:listLibraries())
            local item = assert(a:item("golden/ubuntu-22.04"))
            """,
            to: "both.lua"
        )
        let run = try ProgramRun.of("vmoon", ["--sim", "--inventory", Self.two, script])
        // The name is there twice, spelled in two ways: vCenter takes them for one.
        #expect(run.output == "4\t1\n", "\(run)")
        #expect(run.error.contains("ambiguous"))
        let other = try ProgramRun.of(
            "vmoon",
            ["--sim", "--inventory", Self.two, "-e", "session{ vcenter = 'vc3.corp.test' }"]
        )
        #expect(other.status != 0)
        #expect(
            other.error.contains(
                "vcenters: has no vc3.corp.test; there are vc1.corp.test, vc2.corp.test:8443"
            )
        )
    }

    @Test func `the main job runs on a twin as on its original`() throws {
        let job = """
            local vc <close> = session{ vcenter = "vc2.corp.test:8443" }
            local it = assert(vc:item("golden/ubuntu-22.04"))
            local vm = it:checkOut{ name = "p-{op}", placement = { folder = "group-v3" } }
            print(it:getCheckOut(vm).user, it:checkIn(vm, "patched"))
            print(it:rollback("2", "bad patch"), #it:listChanges())
            """
        let run = try ProgramRun.of("vmoon", ["--sim", "--inventory", Self.two, "-e", job])
        #expect(run.status == 0, "\(run)")
        #expect(run.output == "VSPHERE.LOCAL\\operator\t3\n4\t4\n")
    }

    @Test func `a test takes an inventory from its file, or from the command line`() throws {
        let simulator = try SimulatorProcess()
        #expect(try take(simulator, "mine.json", ["--mask"]).status == 0)
        try folder.write(
            """
            test("loaded", function()
              sim.load("mine.json")
              assert.falsy(item "golden/ubuntu-22.04")
              assert.equal(4, #listLibraries())
              assert.equal(1, #sim.requests{ operation = "listLibraries" })
              sim.reset()
              assert.truthy(item "golden/ubuntu-22.04")
            end)
            test("one of several", function()
              sim.vcenter("vc2.corp.test:8443").load("\(Self.two)")
              local vc <close> = session{ vcenter = "vc2.corp.test:8443" }
              assert.equal(1, #vc:listLibraries())
              assert.error(function() sim.load("\(Self.two)") end, "one of them must be named")
              assert.error(function() sim.load("nowhere.json") end, "nowhere.json")
            end)
            """,
            to: "load_test.lua"
        )
        let run = try ProgramRun.of("vmoon", ["test", "load_test.lua"], in: folder)
        #expect(run.status == 0, "\(run.output)\(run.error)")
        try folder.write(
            "test(\"begun\", function() assert.falsy(item 'golden/ubuntu-22.04') sim.reset() "
                + "assert.falsy(item 'golden/ubuntu-22.04') end)",
            to: "begin_test.lua"
        )
        let begun = try ProgramRun.of(
            "vmoon",
            ["test", "--inventory", "mine.json", "begin_test.lua"],
            in: folder
        )
        #expect(begun.status == 0, "\(begun.output)\(begun.error)")
        #expect(try ProgramRun.of("vmoon", ["test", "begin_test.lua"], in: folder).status == 1)
        try folder.write(
            "test('named', function() local vc <close> = session{ vcenter = 'vc2.corp.test:8443' } "
                + "assert.equal(1, #vc:listLibraries()) end)",
            to: "part_test.lua"
        )
        let part = try ProgramRun.of(
            "vmoon",
            ["test", "--inventory", Self.two, "part_test.lua"],
            in: folder
        )
        #expect(part.status == 0, "\(part.output)\(part.error)")
    }

    @Test func `an inventory without simulators, or that is not there, is refused`() throws {
        let without = try ProgramRun.of("vmoon", ["--inventory", Self.two, "-e", "print(1)"])
        #expect(without.status == 64, "\(without)")
        for words in [
            ["--sim", "--inventory", "no.json", "-e", ""], ["test", "--inventory", "no.json", "x"],
        ] {
            let missing = try ProgramRun.of("vmoon", words)
            #expect(missing.status == 66, "\(missing)")
        }
    }

    @Test func `a signal ends it, logs out, and leaves no file`() throws {
        let simulator = try SimulatorProcess(arguments: ["--latency", "100ms"])
        let run = try ProgramRun.shell(
            """
            "$VMOON" snapshot vc.json & pid=$!
            until curl -sk "$VMOON_VCENTER/sim/requests" | grep -q listLibraries; do sleep 0.05; done
            kill -TERM $pid; wait $pid; echo $?; ls
            """,
            environment: [
                "VMOON": try SimulatorProcess.program("vmoon"), "VMOON_VCENTER": simulator.url,
                "VMOON_USER": simulator.user, "VMOON_PASSWORD": simulator.password,
                "VMOON_CA_FILE": simulator.caFile ?? "",
            ],
            in: folder
        )
        #expect(run.lines.first == "143", "\(run)")
        #expect(!run.lines.contains("vc.json"))
        #expect(try simulator.admin("GET", "/sim/sessions")["open"] == 0)
    }
}
