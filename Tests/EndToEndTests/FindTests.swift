import JSON
import Support
import Testing

/// Identifiers by names and paths, on an inventory whose names are hard: two datacenters, clusters whose root pools are
/// all called `Resources`, folders of the same name.
@Suite struct FindTests {
    private static let inventory: String = {
        func place(
            _ kind: String,
            _ id: String,
            _ name: String,
            _ parents: [(String, String)],
            type: String? = nil
        )
            -> String
        {
            let held = parents.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
            let type = type.map { ",\"type\":\"\($0)\"" } ?? ""
            return
                "{\"kind\":\"\(kind)\",\"id\":\"\(id)\",\"name\":\"\(name)\",\"parents\":{\(held)}\(type)}"
        }
        var places: [String] = []
        for (dc, number) in [("DC0", 1), ("DC1", 2)] {
            let center = [("datacenter", "datacenter-\(number)")]
            places.append(place("datacenter", "datacenter-\(number)", dc, []))
            for (name, type) in [("vm", "VIRTUAL_MACHINE"), ("host", "HOST")] {
                places.append(place("folder", "group-\(name)\(number)", name, center, type: type))
            }
            places.append(
                place(
                    "folder",
                    "group-p\(number)",
                    "prod",
                    center + [("folder", "group-vm\(number)")],
                    type: "VIRTUAL_MACHINE"
                )
            )
            for side in ["east", "west"] {
                let name = number == 1 ? side : "\(side)-2"
                let cluster = "domain-c\(number)\(side)"
                let inside = center + [("cluster", cluster)]
                places.append(
                    place("cluster", cluster, name, center + [("folder", "group-host\(number)")])
                )
                places.append(
                    place("resource_pool", "resgroup-\(number)\(side)", "Resources", inside)
                )
                places.append(
                    place(
                        "resource_pool",
                        "resgroup-g\(number)\(side)",
                        "gold",
                        inside + [("resource_pool", "resgroup-\(number)\(side)")]
                    )
                )
                places.append(place("host", "host-\(number)\(side)", "esx.\(name)", inside))
            }
            places.append(place("datastore", "datastore-\(number)", "fast", center, type: "VMFS"))
            places.append(place("network", "network-\(number)", "VM Network", center))
        }
        return "[" + places.joined(separator: ",") + "]"
    }()

    /// A simulator with that inventory beside the usual libraries.
    private static func runs() throws -> Runs {
        let folder = TestFolder()
        let usual = try SimulatorProcess()
        var state = try usual.state()
        state["placements"] = try JSONValue(parsing: inventory)
        state["machines"] = .array([])
        let file = try folder.write(JSONEncoder().encode(state), to: "inventory.json")
        return try Runs("--inventory", file)
    }

    @Test func `every place is found by its name or path`() throws {
        let runs = try Self.runs()
        let cases: [(String, String)] = [
            ("find.datacenter 'DC0'", "datacenter-1"),
            ("find.folder 'DC0/vm/prod'", "group-p1"), ("find.folder '/DC1/vm/prod'", "group-p2"),
            ("find.folder 'DC1/prod'", "group-p2"), ("find.folder 'group-p1'", "group-p1"),
            ("find.cluster 'east'", "domain-c1east"),
            ("find.cluster 'DC1/host/east-2'", "domain-c2east"),
            ("find.resourcePool 'east/gold'", "resgroup-g1east"),
            ("find.resourcePool 'west/Resources/gold'", "resgroup-g1west"),
            ("find.resourcePool 'west/Resources'", "resgroup-1west"),
            ("find.resourcePool 'west-2'", "resgroup-2west"),
            ("find.resourcePool 'DC0/host/west/gold'", "resgroup-g1west"),
            ("find.host 'east/esx.east'", "host-1east"), ("find.host 'esx.west-2'", "host-2west"),
            ("find.datastore 'DC1/fast'", "datastore-2"),
            ("find.network 'DC0/VM Network'", "network-1"), ("#find.library 'golden'", "36"),
            ("find.folder '<planned 1: x>'", "<planned 1: x>"),
        ]
        let text = cases.map { "print((\($0.0)))" }.joined(separator: "\n")
        for dialect in ["rest", "api", "jsonrpc"] {
            let run = try runs.script(text, ["--api", dialect])
            #expect(run.output == cases.map { $0.1 + "\n" }.joined(), "\(dialect): \(run.error)")
            let bound = try runs.script(
                "local vc <close> = session()\n" + text.replacing("find.", with: "vc.find."),
                ["--api", dialect]
            )
            #expect(bound.output == run.output, "\(dialect): \(bound.error)")
        }
    }

    @Test func `what is not there is told with what is near, and what is ambiguous with the paths`()
        throws
    {
        let runs = try Self.runs()
        let run = try runs.script(
            """
            local function show(...) print(select("#", ...), (...), select(2, ...).kind, select(2, ...).message, select(2, ...).hint) end
            show(find.folder "DC0/vm/prud")
            show(find.folder "DC0/hots/prod")
            show(find.resourcePool "east/glod")
            show(find.cluster "esat")
            show(find.vm "DC0/vm/prod/web")
            show(find.library "goldne")
            for _, fn in ipairs{ function() find.folder "prod" end, function() find.resourcePool "gold" end,
              function() find.library "edge" end } do
              local _, err = pcall(fn)
              print(err.kind, err.message:gsub("libraries are called \\"edge\\": .*", "libraries"))
            end
            print(pcall(find.folder, ""))
            print(pcall(find.folder, "//"))
            """
        )
        #expect(
            run.output == """
                2\tnil\tnot_found\tthere is no folder "prud" in DC0/vm\tdid you mean prod?
                2\tnil\tnot_found\tthere is no folder or the like "hots" in DC0\tdid you mean host?
                2\tnil\tnot_found\tthere is no resource pool "glod" in east\tdid you mean gold?
                2\tnil\tnot_found\tthere is no cluster "esat"\tdid you mean east?
                2\tnil\tnot_found\tthere is no machine "web" in DC0/vm/prod\tnil
                2\tnil\tnot_found\tthere is no library "goldne"\tdid you mean golden?
                ambiguous\t2 folders are called "prod": DC0/vm/prod (group-p1), DC1/vm/prod (group-p2)\t0
                ambiguous\t4 resource pools are called "gold": DC0/host/east/Resources/gold (resgroup-g1east), DC0/host/west/Resources/gold (resgroup-g1west), DC1/host/east-2/Resources/gold (resgroup-g2east), DC1/host/west-2/Resources/gold (resgroup-g2west)\t0
                ambiguous\t2 libraries\t1
                false\tfind.folder: usage: the name must be a string, and not empty
                false\tfind.folder: usage: a path needs a name

                """,
            "\(run.error)"
        )
    }

    @Test func `a placement is made of names`() throws {
        let runs = try Self.runs()
        let run = try runs.script(
            """
            local function text(p)
              local t = {}
              for _, k in ipairs{ "cluster", "host", "resource_pool", "folder", "datastore" } do t[#t + 1] = k .. "=" .. tostring(p[k]) end
              print(table.concat(t, " "))
            end
            text(placement{ folder = "DC0/vm/prod", resource_pool = "east/gold" })
            text(placement{ cluster = "west", resource_pool = "Resources", folder = "group-p1", host = "esx.west" })
            text(placement{ datacenter = "DC1", folder = "prod", datastore = "fast" })
            local vc <close> = session()
            text(vc:placement{ cluster = "east-2" })
            print(pcall(placement, { folder = "DC0/vm/prud" }))
            print(pcall(placement, { floder = "x" }))
            print(pcall(placement, {}))
            print(pcall(placement, { cluster = "east", resource_pool = "sliver" }))
            local it = assert(item "golden/debian-12")
            print(getVM(it:deploy{ name = "web-{op}", placement = placement{ folder = "DC0/vm/prod", resource_pool = "east" } }).power_state)
            """
        )
        #expect(
            run.output == """
                cluster=nil host=nil resource_pool=resgroup-g1east folder=group-p1 datastore=nil
                cluster=domain-c1west host=host-1west resource_pool=resgroup-1west folder=group-p1 datastore=nil
                cluster=nil host=nil resource_pool=nil folder=group-p2 datastore=datastore-2
                cluster=domain-c2east host=nil resource_pool=nil folder=nil datastore=nil
                false\tplacement: not_found: there is no folder "prud" in DC0/vm
                false\tplacement: usage: there is no option "floder"
                false\tplacement: usage: nothing is named
                false\tplacement: not_found: there is no resource pool "sliver" in east
                POWERED_OFF

                """,
            "\(run.error)"
        )
    }

    @Test func `items are found by a pattern and tell their path`() throws {
        let run = try Runs().script(
            """
            local function paths(...) local t = {} for _, it in ipairs(items(...)) do t[#t + 1] = it.path end print(table.concat(t, " ")) end
            paths "golden/*"
            paths("golden/*", { type = "vm-template" })
            paths "/*/ubuntu-22.04"
            paths "golden/rhel-?"
            paths "**ubuntu*"
            paths "nowhere/*"
            local it = items("golden/debian*")[1]
            print(it.name, it:latest(), it.id == item("golden/debian-12").id)
            print(item("golden/debian-12").path, item(it.id).path, it.nothing)
            local vc <close> = session()
            print(#vc:items "staging/*", vc:item("staging/ubuntu-22.04").path)
            print(pcall(items, "golden"))
            """
        )
        #expect(
            run.output == """
                golden/debian-12 golden/photon-ova golden/rhel-9 golden/ubuntu-22.04
                golden/debian-12 golden/rhel-9 golden/ubuntu-22.04
                golden/ubuntu-22.04 staging/ubuntu-22.04
                golden/rhel-9
                golden/ubuntu-22.04 staging/ubuntu-22.04

                debian-12\t1\ttrue
                golden/debian-12\tgolden/debian-12\tnil
                1\tstaging/ubuntu-22.04
                false\titems: usage: the pattern must be "library/name"

                """,
            "\(run.error)"
        )
    }

    @Test func `check knows find of a session`() throws {
        let folder = TestFolder()
        let script = try folder.write(
            """
            local vc <close> = session()
            print(vc.find.floder "x", find.vmm "y", vc.find.folder(1), vc:placement{ floder = "x" }, item("a/b").path)
            """,
            to: "a.lua"
        )
        let run = try ProgramRun.of("vmoon", ["check", script])
        for text in [
            "find has no floder; did you mean folder?", "find has no vmm; did you mean vm?",
            "find.folder: path must be a string, not an integer",
            "placement: there is no names.floder; did you mean folder?",
        ] { #expect(run.output.contains(text), "\(run.output)") }
        #expect(run.output.split(separator: "\n").count == 4)
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `names and paths are completed at the prompt`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("vc = session()")
        try terminal.wait { $0.last == "sim>" && $0.count > 4 }
        try terminal.type("vc.find.resou")
        try terminal.press("Tab")
        try terminal.wait { $0.contains("sim> vc.find.resourcePool") }
        for (line, completed) in [
            ("find.folder \"templ", "find.folder \"dc-1/vm/templates\""),
            ("vc.find.resourcePool \"bui", "vc.find.resourcePool \"cluster-1/build\""),
            ("placement{ host = \"esx-1", "placement{ host = \"cluster-1/esx-1.example.test\""),
            ("placement{ fol", "placement{ folder ="), ("vc:placem", "vc:placement"),
            (
                "deploy(\"x\", { placement = { folder = \"templ",
                "deploy(\"x\", { placement = { folder = \"group-v31\""
            ),
            ("listVMs{ power_states = { \"S", "listVMs{ power_states = { \"SUSPENDED\""),
            ("attachTag(\"vm-109\", \"stage/te", "attachTag(\"vm-109\", \"stage/test\""),
            ("customize(\"vm-110\", { name = \"lin", "customize(\"vm-110\", { name = \"linux\""),
            ("listTags(\"jump", "listTags(\"vm-109\""),
            ("find.library(\"gol", "find.library(\"golden\""),
            (
                "item(\"a/b\"):checkOut{ placement = { fol",
                "item(\"a/b\"):checkOut{ placement = { folder ="
            ),
        ] {
            try terminal.press("C-c")
            try terminal.type(line)
            try terminal.press("Tab")
            // What is asked for arrives later, and is added to the open menu.
            try terminal.wait { rows in
                if rows.contains("sim> " + completed) { return true }
                try terminal.press("Tab")
                return false
            }
        }
    }
}
