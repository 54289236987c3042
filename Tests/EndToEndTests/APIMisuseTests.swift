import JSON
import Support
import Testing

/// Wrong calls of the whole API, each with all that a person is told: what, why, what to try.
struct APIMisuseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        /// Behind the place in the script; `AT` is the address of the vCenter.
        let says: String
        let hint: String?
        let status: Int32

        var testDescription: String { code }

        init(_ code: String, _ says: String, try hint: String? = nil, status: Int32 = 64) {
            self.code = code
            self.says = says
            self.hint = hint
            self.status = status
        }

        var text: String {
            "vmoon: (command line):1: \(says)\n" + (hint.map { "  try: \($0)\n" } ?? "")
        }
    }

    static let rows = [
        Row(
            "api.vcenter.vm.list{}",
            "api.vcenter.vm.list: usage: there is no list in api.vcenter.vm",
            try: "did you mean api.vcenter.VM.list?"
        ),
        Row(
            "api.vcenter.netwrok.list()",
            "api.vcenter.netwrok.list: usage: there is no netwrok in api.vcenter",
            try: "did you mean network?"
        ),
        Row(
            "api.vcentre.network.list()",
            "api.vcentre.network.list: usage: there is no vcentre in api",
            try: "did you mean vcenter?"
        ),
        Row(
            "api.vcenter.network.lst()",
            "api.vcenter.network.lst: usage: there is no lst in api.vcenter.network",
            try: "did you mean list?"
        ),
        Row(
            "api.vcenter.vm.frobnicate{ vm = 'vm-109' }",
            "api.vcenter.vm.frobnicate: usage: there is no frobnicate in api.vcenter.vm",
            try:
                "api.vcenter.vm has compute, console, data_sets, evc_mode, guest, hardware, library_item, power, storage, tools"
        ),
        Row(
            "api.vcenter.network()",
            "api.vcenter.network: usage: it is a service, and only operations are called",
            try: "it has list"
        ),
        Row(
            "api.cis()",
            "api.cis: usage: it is a package, and only operations are called",
            try: "it has session, tagging, tasks"
        ),
        Row(
            "api()",
            "api: usage: it is the whole API, and only operations are called",
            try: "it has appliance, cis, content, esx, vapi, vcenter"
        ),
        Row(
            "api.vcenter.network.list.list()",
            "api.vcenter.network.list.list: usage: list is an operation: nothing is in it",
            try: "call api.vcenter.network.list"
        ),
        Row(
            "api['']()",
            "api: usage: it is the whole API, and only operations are called",
            try: "it has appliance, cis, content, esx, vapi, vcenter"
        ),
        Row(
            "api.vcenter.network.list('prod')",
            "api.vcenter.network.list: usage: takes one table of parameters by name, got a string",
            try: #"see help "api.vcenter.network.list""#
        ),
        Row(
            "api.vcenter.network.list({}, {})",
            "api.vcenter.network.list: usage: takes one table of parameters by name",
            try: #"see help "api.vcenter.network.list""#
        ),
        Row(
            "api.vcenter.network.list(item 'golden/rhel-9')",
            "api.vcenter.network.list: usage: takes one table of parameters by name",
            try: #"see help "api.vcenter.network.list""#
        ),
        Row(
            "api.vcenter.network.list{ 'prod' }",
            "api.vcenter.network.list: usage: takes one table of parameters by name, got a list",
            try: #"see help "api.vcenter.network.list""#
        ),
        Row(
            "api.vcenter.network.list{ filter = { names = 'prod' } }",
            "api.vcenter.network.list: usage: filter.names: a list expected, got a string",
            try: "write { … } around it"
        ),
        Row(
            "api.vcenter.network.list{ filter = { names = { 'prod', 7 } } }",
            "api.vcenter.network.list: usage: filter.names[2]: a string expected, got an integer",
            try: #"see help "api.vcenter.network.list""#
        ),
        Row(
            "api.vcenter.network.list{ filter = { names = { 'prod', 'prod' } } }",
            #"api.vcenter.network.list: usage: filter.names[2]: "prod" is there twice, and once is enough"#,
            try: #"see help "api.vcenter.network.list""#
        ),
        Row(
            "api.vcenter.network.list{ filter = { nams = { 'prod' } } }",
            "api.vcenter.network.list: usage: filter.nams: no such field",
            try: #"did you mean "names"?"#
        ),
        Row(
            "api.vcenter.network.list{ filter = { types = { 'STANDARD' } } }",
            #"api.vcenter.network.list: usage: filter.types[1]: "STANDARD" is none of its values"#,
            try: #"did you mean "STANDARD_PORTGROUP"?"#
        ),
        Row(
            "api.vcenter.VM.get()",
            "api.vcenter.VM.get: usage: vm: missing, an identifier expected",
            try: #"see help "api.vcenter.VM.get""#
        ),
        Row(
            "api.vcenter.VM.get('vm-109')",
            "api.vcenter.VM.get: usage: takes one table of parameters by name, got a string",
            try: #"see help "api.vcenter.VM.get""#
        ),
        Row(
            "api.vcenter.VM.get{ vm = '' }",
            "api.vcenter.VM.get: usage: vm: an identifier must not be empty",
            try: #"see help "api.vcenter.VM.get""#
        ),
        Row(
            "api.vcenter.VM.get{ vm = 1 }",
            "api.vcenter.VM.get: usage: vm: an identifier expected, got an integer",
            try: #"see help "api.vcenter.VM.get""#
        ),
        Row(
            "api.vcenter.VM.get{ VM = 'vm-1' }",
            "api.vcenter.VM.get: usage: VM: no such parameter",
            try: #"did you mean "vm"?"#
        ),
        Row(
            "api.vcenter.VM.get{ vm = function() end }",
            "usage: api.vcenter.VM.get: argument 1: vm is a function"
        ),
        Row(
            "api.vcenter.VM.get{ vm = session() }",
            "api.vcenter.VM.get: usage: vm: an identifier expected, got a host object",
            try: #"see help "api.vcenter.VM.get""#
        ),
        Row(
            "api.vcenter.VM.clone{ spec = { name = 'x' } }",
            "api.vcenter.VM.clone: usage: spec.source: missing, an identifier expected",
            try: #"see help "api.vcenter.VM.clone""#
        ),
        Row(
            "api.vcenter.VM.clone{ spec = { source = 'vm-109', name = 'x', placement = { fold = 'group-v3' } } }",
            "api.vcenter.VM.clone: usage: spec.placement.fold: no such field",
            try: #"did you mean "folder"?"#
        ),
        Row(
            "api.vcenter.vm.power.start{ vm = 'vm-109', force = true }",
            "api.vcenter.vm.power.start: usage: force: no such parameter",
            try: "it takes vm"
        ),
        Row(
            "api.vcenter.vm.hardware.cpu.update{ vm = 'vm-109', spec = { count = '4' } }",
            "api.vcenter.vm.hardware.cpu.update: usage: spec.count: an integer expected, got a string",
            try: #"see help "api.vcenter.vm.hardware.cpu.update""#
        ),
        Row(
            "api.vcenter.vm.hardware.cpu.update{ vm = 'vm-109', spec = { count = 4.5 } }",
            "api.vcenter.vm.hardware.cpu.update: usage: spec.count: an integer expected, got 4.5",
            try: #"see help "api.vcenter.vm.hardware.cpu.update""#
        ),
        Row(
            "api.vcenter.vm.hardware.cpu.update{ vm = 'vm-109', spec = { hot_add_enabled = 'yes' } }",
            "api.vcenter.vm.hardware.cpu.update: usage: spec.hot_add_enabled: a boolean expected, got a string",
            try: #"see help "api.vcenter.vm.hardware.cpu.update""#
        ),
        Row(
            "api.vcenter.vm.hardware.ethernet.create{ vm = 'vm-109', spec = { backing = { type = 'STANDARD_PORTGROUP', distributed_port = '1' } } }",
            #"api.vcenter.vm.hardware.ethernet.create: usage: spec.backing.network: missing, where type is "STANDARD_PORTGROUP""#,
            try: #"see help "api.vcenter.vm.hardware.ethernet.create""#
        ),
        Row(
            "api.vcenter.vm.hardware.disk.create{ vm = 'vm-109', spec = { backing = { type = 'VMDK_FILE' } } }",
            #"api.vcenter.vm.hardware.disk.create: usage: spec.backing.vmdk_file: missing, where type is "VMDK_FILE""#,
            try: #"see help "api.vcenter.vm.hardware.disk.create""#
        ),
        Row(
            "api.cis.tagging.category.create{ create_spec = { name = 'c', description = '', cardinality = 'ONE', associable_types = {} } }",
            #"api.cis.tagging.category.create: usage: create_spec.cardinality: "ONE" is none of its values"#,
            try: "it takes MULTIPLE, SINGLE"
        ),
        Row(
            "api.cis.tagging.category.create{ create_spec = { name = 'c', description = '', cardinality = 'single', associable_types = {} } }",
            #"api.cis.tagging.category.create: usage: create_spec.cardinality: "single" is none of its values"#,
            try: #"did you mean "SINGLE"?"#
        ),
        Row(
            "api.cis.tagging.category.create{ create_spec = { name = 'c', description = '', cardinality = 'SINGLE' } }",
            "api.cis.tagging.category.create: usage: create_spec.associable_types: missing, a list expected",
            try: #"see help "api.cis.tagging.category.create""#
        ),
        Row(
            "api.cis.tagging.tag_association.attach{ tag_id = 't', object_id = 'vm-109' }",
            "api.cis.tagging.tag_association.attach: usage: object_id: a table expected, got a string",
            try: "it takes id, type"
        ),
        Row(
            "api.cis.tagging.tag_association.attach{ tag_id = 't', object_id = { id = 'vm-109' } }",
            "api.cis.tagging.tag_association.attach: usage: object_id.type: missing, a string expected",
            try: #"see help "api.cis.tagging.tag_association.attach""#
        ),
        Row(
            "api.vcenter.compute.policies.create{ spec = { name = 'c' } }",
            "api.vcenter.compute.policies.create: usage: spec.@class: missing, the name of a structure expected",
            try: "it takes vcenter.compute.policies.create_spec"
        ),
        Row(
            "api.vcenter.compute.policies.create{ spec = { ['@class'] = 'vcenter.compute.policy', name = 'c' } }",
            #"api.vcenter.compute.policies.create: usage: spec.@class: there is no structure "vcenter.compute.policy""#,
            try: #"see help "api.vcenter.compute.policies.create""#
        ),
        Row(
            "api.appliance.update.pending.install{ version = '1', user_data = { 'a' } }",
            "api.appliance.update.pending.install: usage: user_data: a table of keys and values expected, got a list",
            try: #"see help "api.appliance.update.pending.install""#
        ),
        Row(
            "api.appliance.update.pending.install{ version = '1', user_data = { a = 1 } }",
            "api.appliance.update.pending.install: usage: user_data.a: a string expected, got an integer",
            try: #"see help "api.appliance.update.pending.install""#
        ),
        Row(
            "api.appliance.recovery.backup.job.create{ piece = {} }",
            "api.appliance.recovery.backup.job.create: usage: piece.location: missing, a string expected",
            try: #"see help "api.appliance.recovery.backup.job.create""#
        ),
        Row(
            "api.appliance.logging.forwarding.set{ cfg_list = { host = 'h' } }",
            "api.appliance.logging.forwarding.set: usage: cfg_list: a list expected, got a table with names",
            try: "write { … } around it"
        ),
        Row(
            #"api.vcenter.certificate_management.vcenter.tls_csr.create{ spec = { common_name = '\xff' } }"#,
            "api.vcenter.certificate_management.vcenter.tls_csr.create: usage: spec.common_name: the text is not valid UTF-8",
            try: #"see help "api.vcenter.certificate_management.vcenter.tls_csr.create""#
        ),
        Row(
            "local vc = session() vc:close() vc.api.vcenter.VM.list()",
            "api.vcenter.VM.list: usage: this session was closed",
            try: "session() opens a new one"
        ),
        Row(
            "api.appliance.networking.dns.domains.list()",
            "api.appliance.networking.dns.domains.list at AT: no_such_route: Cannot find service 'com.vmware.appliance.networking.dns.domains'.",
            try: "this vCenter is 8.0.3.00000; is its service running?",
            status: 78
        ),
        Row(
            "api.vcenter.storage.policies.VM.list{ policy = 'p' }",
            "api.vcenter.storage.policies.VM.list (policy p) at AT: no_such_route: Cannot find service 'com.vmware.vcenter.storage.policies.VM'.",
            try:
                "it is there since vSphere API 6.7, and this vCenter is 8.0.3.00000; is its service running?",
            status: 78
        ),
        Row(
            "api.appliance.recovery.backup.system_name.archive.list{ system_name = 's', filter_spec = { start_timestamp = 'yesterday' } }",
            #"api.appliance.recovery.backup.system_name.archive.list: usage: filter_spec.start_timestamp: a time such as "2026-11-21T10:11:12.345Z" expected, got "yesterday""#,
            try: #"see help "api.appliance.recovery.backup.system_name.archive.list""#
        ),
    ]

    @Test func `a wrong call is refused with what is wrong, and only what fits is sent`() throws {
        let runs = try Runs()
        let address = String(runs.simulator.url.dropFirst("https://".count))
        for row in Self.rows {
            let run = try runs.vmoon(["-e", row.code])
            #expect(run.status == row.status, "\(row.code): \(run.error)")
            #expect(run.error.replacing(address, with: "AT") == row.text, "\(row.code)")
        }
        let calls = try runs.simulator.requests().filter { $0["path"] == "/api" }
        // Of these the vCenter has no service; each is explained by its release.
        let unknown = Self.rows.count { $0.status == 78 }
        #expect(calls.count == 2 * unknown && unknown > 1)
    }

    @Test func `the release is asked for once, and not told where it is not known`() throws {
        let runs = try Runs()
        let call = "pcall(function() api.appliance.networking.dns.domains.list() end)"
        let all = """
            for _, e in ipairs{ select(2, \(call)), select(2, \(call)) } do print(e.hint) end
            parallel({ n = 8 }, function() \(call) end)
            local ok, e = pcall(function() api.appliance.networking.dns.domains.add{ domain = "t" } end)
            print(e.hint, e.outcome)
            """
        let hint = "this vCenter is 8.0.3.00000; is its service running?"
        let run = try runs.script(all)
        #expect(run.lines == [hint, hint, "\(hint)\trejected"], "\(run)")
        func asked(_ runs: Runs) throws -> Int {
            try runs.simulator.requests().count { $0["operation"] == "getRelease" }
        }
        #expect(try asked(runs) == 1)
        let silent = try Runs()
        try silent.simulator.add(fault: [
            "match": ["operation": "getRelease"], "do": "status", "status": 503, "times": .null,
        ])
        let other = try silent.script(all)
        let less = "this vCenter may be too old; is its service running?"
        #expect(other.lines == [less, less, "\(less)\trejected"], "\(other)")
        #expect(try asked(silent) == 1)
    }
}
