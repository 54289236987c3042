@testable import VSphere

/// The requests of what is no library item: machines, libraries that are made, packages, tags, placements, tasks.
extension DialectTests {
    static let machineCases: [Case] = [
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
}
