/// Versions of VM template items.
enum VersionRoutes {
    private static let service = "com.vmware.vcenter.vm_template.library_items.versions"
    private static let all = "vcenter/vm-template/library-items/{template_library_item}/versions"
    private static let one = all + "/{version}"

    static let routes: [Route] = [
        Route(.listVersions, service, "list", "GET", all) { call, inventory throws(VAPIError) in
            .list(
                try inventory.template(call.parameters[0]).versions.map { version in
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.versions.summary",
                        [
                            .init("version", .string(version.id)),
                            .init("vm_template", .string(version.template)),
                        ]
                    )
                }
            )
        },

        Route(.getVersion, service, "get", "GET", one) { call, inventory throws(VAPIError) in
            let found = try inventory.version(call.parameters[1], of: call.parameters[0])
            return .structure(
                "com.vmware.vcenter.vm_template.library_items.versions.info",
                [.init("vm_template", .string(found.template))]
            )
        },

        Route(
            .rollback,
            service,
            "rollback",
            "POST",
            one,
            action: "rollback",
            takes: [.currentlyRequired("spec", .structure(.rollback))]
        ) { call, inventory throws(VAPIError) in
            .string(
                try inventory.rollback(
                    call.parameters[0],
                    to: call.parameters[1],
                    message: try call.required("message"),
                    by: call.requester
                )
            )
        },

        Route(.deleteVersion, service, "delete", "DELETE", one) {
            call,
            inventory throws(VAPIError) in
            try inventory.deleteVersion(call.parameters[1], of: call.parameters[0])
            return .void
        },
    ]
}
