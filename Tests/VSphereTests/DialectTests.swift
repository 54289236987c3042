import Buffers
import JSON
import Testing
import Transport

@testable import VSphere

@Suite struct DialectTests {
    /// A call and the request it must become: method, path, body.
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: Operation
        /// The arguments as a JSON array.
        let arguments: String
        let rest: String
        let api: String

        init(_ operation: Operation, _ arguments: String, rest: String, api: String) {
            self.operation = operation
            self.arguments = arguments
            self.rest = rest
            self.api = api
        }

        var testDescription: String { "\(operation.name) \(arguments)" }
    }

    static let templates = "/vcenter/vm-template/library-items"
    static let library = "/com/vmware/content/library"

    static let cases: [Case] = [
        // Check-outs.
        Case(
            .getCheckOut,
            #"["I","vm-12"]"#,
            rest: "GET /rest\(templates)/I/check-outs/vm-12",
            api: "GET /api\(templates)/I/check-outs/vm-12"
        ),
        Case(
            .getCheckOut,
            #"["../../session?x=#%2f é","vm-12:5f3c"]"#,
            rest:
                "GET /rest\(templates)/..%2F..%2Fsession%3Fx%3D%23%252f%20%C3%A9/check-outs/vm-12:5f3c",
            api:
                "GET /api\(templates)/..%2F..%2Fsession%3Fx%3D%23%252f%20%C3%A9/check-outs/vm-12:5f3c"
        ),
        Case(
            .listCheckOuts,
            #"["I"]"#,
            rest: "GET /rest\(templates)/I/check-outs",
            api: "GET /api\(templates)/I/check-outs"
        ),
        Case(
            .checkOut,
            #"["I",{"name":"n","placement":{"folder":"group-v1","host":"host-1"},"powered_on":false}]"#,
            rest:
                #"POST /rest\#(templates)/I/check-outs?action=check-out {"spec":{"name":"n","placement":{"folder":"group-v1","host":"host-1"},"powered_on":false}}"#,
            api:
                #"POST /api\#(templates)/I/check-outs?action=check-out {"name":"n","placement":{"folder":"group-v1","host":"host-1"},"powered_on":false}"#
        ),
        Case(
            .checkOut,
            #"["I",{}]"#,
            rest: #"POST /rest\#(templates)/I/check-outs?action=check-out {"spec":{}}"#,
            api: #"POST /api\#(templates)/I/check-outs?action=check-out {}"#
        ),
        Case(
            .checkIn,
            #"["I","vm-1","say \"hi\"\n"]"#,
            rest:
                #"POST /rest\#(templates)/I/check-outs/vm-1?action=check-in {"spec":{"message":"say \"hi\"\n"}}"#,
            api:
                #"POST /api\#(templates)/I/check-outs/vm-1?action=check-in {"message":"say \"hi\"\n"}"#
        ),
        Case(
            .deleteCheckOut,
            #"["I","vm-1"]"#,
            rest: "DELETE /rest\(templates)/I/check-outs/vm-1",
            api: "DELETE /api\(templates)/I/check-outs/vm-1"
        ),
        // Versions.
        Case(
            .listVersions,
            #"["I"]"#,
            rest: "GET /rest\(templates)/I/versions",
            api: "GET /api\(templates)/I/versions"
        ),
        Case(
            .getVersion,
            #"["I","2"]"#,
            rest: "GET /rest\(templates)/I/versions/2",
            api: "GET /api\(templates)/I/versions/2"
        ),
        Case(
            .deleteVersion,
            #"["I","2"]"#,
            rest: "DELETE /rest\(templates)/I/versions/2",
            api: "DELETE /api\(templates)/I/versions/2"
        ),
        Case(
            .rollback,
            #"["I","1","bad patch"]"#,
            rest:
                #"POST /rest\#(templates)/I/versions/1?action=rollback {"spec":{"message":"bad patch"}}"#,
            api: #"POST /api\#(templates)/I/versions/1?action=rollback {"message":"bad patch"}"#
        ),
        // Templates.
        Case(
            .getTemplate,
            #"["I"]"#,
            rest: "GET /rest\(templates)/I",
            api: "GET /api\(templates)/I"
        ),
        Case(
            .createTemplate,
            #"[{"source_vm":"vm-1","name":"n","library":"L","disk_storage_overrides":{"2000":{"datastore":"d"}}}]"#,
            rest:
                #"POST /rest\#(templates) {"spec":{"source_vm":"vm-1","name":"n","library":"L","disk_storage_overrides":[{"key":"2000","value":{"datastore":"d"}}]}}"#,
            api:
                #"POST /api\#(templates) {"source_vm":"vm-1","name":"n","library":"L","disk_storage_overrides":{"2000":{"datastore":"d"}}}"#
        ),
        Case(
            .deploy,
            #"["I",{"name":"n","hardware_customization":{"nics":{"4000":{"network":"net-1"}},"disks_to_remove":[]}}]"#,
            rest:
                #"POST /rest\#(templates)/I?action=deploy {"spec":{"name":"n","hardware_customization":{"nics":[{"key":"4000","value":{"network":"net-1"}}],"disks_to_remove":[]}}}"#,
            api:
                #"POST /api\#(templates)/I?action=deploy {"name":"n","hardware_customization":{"nics":{"4000":{"network":"net-1"}},"disks_to_remove":[]}}"#
        ),
        // What Lua makes of 64 * 2^30 is a whole number of bytes all the same.
        Case(
            .deploy,
            #"["I",{"name":"n","hardware_customization":{"cpu_update":{"num_cpus":8.0},"disks_to_update":{"2000":{"capacity":6.8719476736e10}}}}]"#,
            rest:
                #"POST /rest\#(templates)/I?action=deploy {"spec":{"name":"n","hardware_customization":{"cpu_update":{"num_cpus":8},"disks_to_update":[{"key":"2000","value":{"capacity":68719476736}}]}}}"#,
            api:
                #"POST /api\#(templates)/I?action=deploy {"name":"n","hardware_customization":{"cpu_update":{"num_cpus":8},"disks_to_update":{"2000":{"capacity":68719476736}}}}"#
        ),
        // History: no `com/vmware` and no `id:` on `/rest`.
        Case(
            .listChanges,
            #"["I"]"#,
            rest: "GET /rest/content/library/item/I/changes",
            api: "GET /api/content/library/item/I/changes"
        ),
        Case(
            .getChange,
            #"["I","2"]"#,
            rest: "GET /rest/content/library/item/I/changes/2",
            api: "GET /api/content/library/item/I/changes/2"
        ),
        // Libraries: `~action` and `id:` on `/rest`.
        Case(.listLibraries, "[]", rest: "GET /rest\(library)", api: "GET /api/content/library"),
        Case(
            .getLibrary,
            #"["L"]"#,
            rest: "GET /rest\(library)/id:L",
            api: "GET /api/content/library/L"
        ),
        Case(
            .findLibraries,
            #"[{"name":"golden"}]"#,
            rest: #"POST /rest\#(library)?~action=find {"spec":{"name":"golden"}}"#,
            api: #"POST /api/content/library?action=find {"name":"golden"}"#
        ),
        Case(
            .listItems,
            #"["L&x=1"]"#,
            rest: "GET /rest\(library)/item?library_id=L%26x%3D1",
            api: "GET /api/content/library/item?library_id=L%26x%3D1"
        ),
        Case(
            .getItem,
            #"["I"]"#,
            rest: "GET /rest\(library)/item/id:I",
            api: "GET /api/content/library/item/I"
        ),
        Case(
            .findItems,
            #"[{"name":"ubuntu","cached":true}]"#,
            rest:
                #"POST /rest\#(library)/item?~action=find {"spec":{"name":"ubuntu","cached":true}}"#,
            api: #"POST /api/content/library/item?action=find {"name":"ubuntu","cached":true}"#
        ),
        Case(
            .deleteItem,
            #"["I"]"#,
            rest: "DELETE /rest\(library)/item/id:I",
            api: "DELETE /api/content/library/item/I"
        ),
        // Machines.
        Case(.listVMs, "[]", rest: "GET /rest/vcenter/vm", api: "GET /api/vcenter/vm"),
        Case(
            .listVMs,
            #"[{"names":["a","b c"],"power_states":"POWERED_ON"}]"#,
            rest:
                "GET /rest/vcenter/vm?filter.names=a&filter.names=b%20c&filter.power_states=POWERED_ON",
            api: "GET /api/vcenter/vm?names=a&names=b%20c&power_states=POWERED_ON"
        ),
        Case(
            .getVM,
            #"["vm-1"]"#,
            rest: "GET /rest/vcenter/vm/vm-1",
            api: "GET /api/vcenter/vm/vm-1"
        ),
        Case(
            .deleteVM,
            #"["vm-1"]"#,
            rest: "DELETE /rest/vcenter/vm/vm-1",
            api: "DELETE /api/vcenter/vm/vm-1"
        ),
        Case(
            .getPower,
            #"["vm-1"]"#,
            rest: "GET /rest/vcenter/vm/vm-1/power",
            api: "GET /api/vcenter/vm/vm-1/power"
        ),
        Case(
            .setPower,
            #"["vm-1","start"]"#,
            rest: "POST /rest/vcenter/vm/vm-1/power/start",
            api: "POST /api/vcenter/vm/vm-1/power?action=start"
        ),
        Case(
            .getVMItem,
            #"["vm-1"]"#,
            rest: "GET /rest/vcenter/vm/vm-1/library-item",
            api: "GET /api/vcenter/vm/vm-1/library-item"
        ),
        // What runs in machines, and their hardware.
        Case(
            .getTools,
            #"["vm-1"]"#,
            rest: #"GET /rest/vcenter/vm/vm-1/tools"#,
            api: #"GET /api/vcenter/vm/vm-1/tools"#
        ),
        Case(
            .getGuest,
            #"["vm-1"]"#,
            rest: #"GET /rest/vcenter/vm/vm-1/guest/identity"#,
            api: #"GET /api/vcenter/vm/vm-1/guest/identity"#
        ),
        Case(
            .shutdownGuest,
            #"["vm-1"]"#,
            rest: #"POST /rest/vcenter/vm/vm-1/guest/power?action=shutdown"#,
            api: #"POST /api/vcenter/vm/vm-1/guest/power?action=shutdown"#
        ),
        Case(
            .rebootGuest,
            #"["vm-1"]"#,
            rest: #"POST /rest/vcenter/vm/vm-1/guest/power?action=reboot"#,
            api: #"POST /api/vcenter/vm/vm-1/guest/power?action=reboot"#
        ),
        Case(
            .getCPU,
            #"["vm-1"]"#,
            rest: #"GET /rest/vcenter/vm/vm-1/hardware/cpu"#,
            api: #"GET /api/vcenter/vm/vm-1/hardware/cpu"#
        ),
        Case(
            .getMemory,
            #"["vm-1"]"#,
            rest: #"GET /rest/vcenter/vm/vm-1/hardware/memory"#,
            api: #"GET /api/vcenter/vm/vm-1/hardware/memory"#
        ),
        Case(
            .setHardware,
            #"["vm-1","cpu",{"count":4}]"#,
            rest: #"PATCH /rest/vcenter/vm/vm-1/hardware/cpu {"spec":{"count":4}}"#,
            api: #"PATCH /api/vcenter/vm/vm-1/hardware/cpu {"count":4}"#
        ),
        Case(
            .setHardware,
            #"["vm-1","memory",{"size_MiB":8192}]"#,
            rest: #"PATCH /rest/vcenter/vm/vm-1/hardware/memory {"spec":{"size_MiB":8192}}"#,
            api: #"PATCH /api/vcenter/vm/vm-1/hardware/memory {"size_MiB":8192}"#
        ),
        Case(
            .listCustomizationSpecs,
            #"[{"names":["a"]}]"#,
            rest: #"GET /rest/vcenter/guest/customization-specs?filter.names=a"#,
            api: #"GET /api/vcenter/guest/customization-specs?names=a"#
        ),
        Case(
            .getCustomizationSpec,
            #"["a b"]"#,
            rest: #"GET /rest/vcenter/guest/customization-specs/a%20b"#,
            api: #"GET /api/vcenter/guest/customization-specs/a%20b"#
        ),
        Case(
            .customize,
            #"["vm-1",{"name":"linux"}]"#,
            rest: #"PUT /rest/vcenter/vm/vm-1/guest/customization {"spec":{"name":"linux"}}"#,
            api: #"PUT /api/vcenter/vm/vm-1/guest/customization {"name":"linux"}"#
        ),
        // Libraries that are made, changed and followed.
        Case(
            .createLibrary,
            #"[{"name":"n","storage_backings":[]}]"#,
            rest:
                #"POST /rest/com/vmware/content/local-library {"create_spec":{"name":"n","storage_backings":[]}}"#,
            api: #"POST /api/content/local-library {"name":"n","storage_backings":[]}"#
        ),
        Case(
            .createSubscribedLibrary,
            #"[{"name":"n","storage_backings":[]}]"#,
            rest:
                #"POST /rest/com/vmware/content/subscribed-library {"create_spec":{"name":"n","storage_backings":[]}}"#,
            api: #"POST /api/content/subscribed-library {"name":"n","storage_backings":[]}"#
        ),
        Case(
            .deleteLibrary,
            #"["L"]"#,
            rest: #"DELETE /rest/com/vmware/content/local-library/id:L"#,
            api: #"DELETE /api/content/local-library/L"#
        ),
        Case(
            .deleteSubscribedLibrary,
            #"["L"]"#,
            rest: #"DELETE /rest/com/vmware/content/subscribed-library/id:L"#,
            api: #"DELETE /api/content/subscribed-library/L"#
        ),
        Case(
            .updateItem,
            #"["I",{"name":"n"}]"#,
            rest: #"PATCH /rest/com/vmware/content/library/item/id:I {"update_spec":{"name":"n"}}"#,
            api: #"PATCH /api/content/library/item/I {"name":"n"}"#
        ),
        Case(
            .listSubscriptions,
            #"["L"]"#,
            rest: #"GET /rest/com/vmware/content/library/id:L/subscriptions"#,
            api: #"GET /api/content/library/L/subscriptions"#
        ),
        Case(
            .publish,
            #"["L",{}]"#,
            rest: #"POST /rest/com/vmware/content/local-library/id:L?~action=publish {}"#,
            api: #"POST /api/content/local-library/L?action=publish {}"#
        ),
        Case(
            .publishItem,
            #"["I",{"force_sync_content":true,"subscriptions":[{"subscription":"S"}]}]"#,
            rest:
                #"POST /rest/com/vmware/content/library/item/id:I?~action=publish {"force_sync_content":true,"subscriptions":[{"subscription":"S"}]}"#,
            api:
                #"POST /api/content/library/item/I?action=publish {"force_sync_content":true,"subscriptions":[{"subscription":"S"}]}"#
        ),
        Case(
            .sync,
            #"["L"]"#,
            rest: #"POST /rest/com/vmware/content/subscribed-library/id:L?~action=sync"#,
            api: #"POST /api/content/subscribed-library/L?action=sync"#
        ),
        Case(
            .syncItem,
            #"["I",{"force_sync_content":true}]"#,
            rest:
                #"POST /rest/com/vmware/content/library/subscribed-item/id:I?~action=sync {"force_sync_content":true}"#,
            api:
                #"POST /api/content/library/subscribed-item/I?action=sync {"force_sync_content":true}"#
        ),
        // Packages.
        Case(
            .deployOVF,
            #"["I",{"deployment_spec":{"name":"n","accept_all_EULA":true,"network_mappings":{"a":"b"}},"target":{"resource_pool_id":"r"}}]"#,
            rest:
                #"POST /rest/com/vmware/vcenter/ovf/library-item/id:I?~action=deploy {"deployment_spec":{"name":"n","accept_all_EULA":true,"network_mappings":[{"key":"a","value":"b"}]},"target":{"resource_pool_id":"r"}}"#,
            api:
                #"POST /api/vcenter/ovf/library-item/I?action=deploy {"deployment_spec":{"name":"n","accept_all_EULA":true,"network_mappings":{"a":"b"}},"target":{"resource_pool_id":"r"}}"#
        ),
        // Tags: their object is a field of the body in both dialects.
        Case(
            .listTagCategories,
            #"[]"#,
            rest: #"GET /rest/com/vmware/cis/tagging/category"#,
            api: #"GET /api/cis/tagging/category"#
        ),
        Case(
            .getTagCategory,
            #"["C"]"#,
            rest: #"GET /rest/com/vmware/cis/tagging/category/id:C"#,
            api: #"GET /api/cis/tagging/category/C"#
        ),
        Case(
            .listCategoryTags,
            #"["C"]"#,
            rest: #"POST /rest/com/vmware/cis/tagging/tag/id:C?~action=list-tags-for-category"#,
            api: #"POST /api/cis/tagging/tag/C?action=list-tags-for-category"#
        ),
        Case(
            .getTag,
            #"["urn:T:1"]"#,
            rest: #"GET /rest/com/vmware/cis/tagging/tag/id:urn:T:1"#,
            api: #"GET /api/cis/tagging/tag/urn:T:1"#
        ),
        Case(
            .listTags,
            #"[{"object_id":{"type":"VirtualMachine","id":"vm-1"}}]"#,
            rest:
                #"POST /rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags {"object_id":{"type":"VirtualMachine","id":"vm-1"}}"#,
            api:
                #"POST /api/cis/tagging/tag-association?action=list-attached-tags {"object_id":{"type":"VirtualMachine","id":"vm-1"}}"#
        ),
        Case(
            .attachTag,
            #"["T",{"object_id":{"type":"VirtualMachine","id":"vm-1"}}]"#,
            rest:
                #"POST /rest/com/vmware/cis/tagging/tag-association/id:T?~action=attach {"object_id":{"type":"VirtualMachine","id":"vm-1"}}"#,
            api:
                #"POST /api/cis/tagging/tag-association/T?action=attach {"object_id":{"type":"VirtualMachine","id":"vm-1"}}"#
        ),
        Case(
            .detachTag,
            #"["T",{"object_id":{"type":"VirtualMachine","id":"vm-1"}}]"#,
            rest:
                #"POST /rest/com/vmware/cis/tagging/tag-association/id:T?~action=detach {"object_id":{"type":"VirtualMachine","id":"vm-1"}}"#,
            api:
                #"POST /api/cis/tagging/tag-association/T?action=detach {"object_id":{"type":"VirtualMachine","id":"vm-1"}}"#
        ),
        // Placements.
        Case(
            .listFolders,
            #"[{"type":"VIRTUAL_MACHINE","datacenters":["datacenter-1"]}]"#,
            rest:
                "GET /rest/vcenter/folder?filter.type=VIRTUAL_MACHINE&filter.datacenters=datacenter-1",
            api: "GET /api/vcenter/folder?type=VIRTUAL_MACHINE&datacenters=datacenter-1"
        ),
        Case(
            .listResourcePools,
            "[]",
            rest: "GET /rest/vcenter/resource-pool",
            api: "GET /api/vcenter/resource-pool"
        ),
        Case(
            .listClusters,
            "[]",
            rest: "GET /rest/vcenter/cluster",
            api: "GET /api/vcenter/cluster"
        ),
        Case(.listHosts, "[]", rest: "GET /rest/vcenter/host", api: "GET /api/vcenter/host"),
        Case(
            .listDatastores,
            "[]",
            rest: "GET /rest/vcenter/datastore",
            api: "GET /api/vcenter/datastore"
        ),
        Case(
            .listDatacenters,
            "[]",
            rest: "GET /rest/vcenter/datacenter",
            api: "GET /api/vcenter/datacenter"
        ),
        Case(
            .listNetworks,
            "[]",
            rest: "GET /rest/vcenter/network",
            api: "GET /api/vcenter/network"
        ),
        // Tasks.
        Case(
            .getTask,
            #"["T",{"return_all":true}]"#,
            rest: "GET /rest/cis/tasks/T?spec.return_all=true",
            api: "GET /api/cis/tasks/T?return_all=true"
        ),
        Case(
            .listTasks,
            #"[{"tasks":["T"]}]"#,
            rest: "GET /rest/cis/tasks?filter_spec.tasks=T",
            api: "GET /api/cis/tasks?tasks=T"
        ),
        Case(
            .cancelTask,
            #"["T"]"#,
            rest: "POST /rest/cis/tasks/T?action=cancel",
            api: "POST /api/cis/tasks/T?action=cancel"
        ),
    ]

    @Test(arguments: cases)
    func `a call becomes the request its dialect wants`(row: Case) throws {
        let arguments = try JSONText.value(row.arguments)
        let call = try Call(row.operation, Array(arguments.elements))
        for dialect in Dialect.allCases {
            let url = ByteBuffer()
            call.appendPath(in: dialect, to: url)
            let body = call.body(in: dialect).map { " " + $0.text } ?? ""
            let line = "\(row.operation.method.rawValue) \(url.text)\(body)"
            #expect(line == (dialect == .rest ? row.rest : row.api))
        }
    }

    @Test func `every operation has a row in the table above, a name of its own and a use`() {
        let named = Set(Self.cases.map(\.operation.name))
        #expect(Operation.all.map(\.name).filter { !named.contains($0) } == [])
        #expect(Set(Operation.all.map(\.name)).count == Operation.all.count)
        for operation in Operation.all {
            #expect(Operation.named(operation.name) === operation)
        }
        #expect(Operation.named("format") == nil)
    }

    @Test func `only what changes something counts as a change`() {
        #expect(
            Operation.all.filter(\.isChanging).map(\.name) == [
                "checkOut", "checkIn", "deleteCheckOut", "deleteVersion", "rollback",
                "createTemplate", "deploy", "deployOVF", "createLibrary", "createSubscribedLibrary",
                "deleteLibrary", "deleteSubscribedLibrary", "deleteItem", "updateItem", "publish",
                "publishItem", "sync", "syncItem", "deleteVM", "setPower", "shutdownGuest",
                "rebootGuest", "setHardware", "customize", "attachTag", "detachTag", "cancelTask",
            ]
        )
    }

    @Test func `the session service has a place of its own in each dialect`() {
        let lines = Dialect.allCases.flatMap { dialect in
            Dialect.SessionRequest.allCases.map { request in
                let (method, path) = dialect.session(request)
                return "\(method.rawValue) \(path)"
            }
        }
        #expect(
            lines == [
                "POST /rest/com/vmware/cis/session",
                "POST /rest/com/vmware/cis/session?~action=get",
                "DELETE /rest/com/vmware/cis/session",
                "POST /api/session", "GET /api/session", "DELETE /api/session",
            ]
        )
    }
}
