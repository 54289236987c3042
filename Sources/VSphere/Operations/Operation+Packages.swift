internal import Transport

/// OVF packages in content libraries.
extension Operation {
    /// Makes a virtual machine of an OVF item.
    ///
    /// Source: OVF Library Item, Deploy. A deployment that failed is an answer too, which says so.
    public static let deployOVF = Operation(
        "deployOVF",
        .post,
        "/library-item/{item}",
        in: .ovf,
        action: .named("deploy"),
        as: .init("vcenter.ovf.library_item.deploy", "ovf_library_item_id", RemoteName.fields),
        [
            .item,
            .init(
                "spec",
                .specification(
                    .record([
                        .required("deployment_spec", .deploymentSpec),
                        .required(
                            "target",
                            .record([
                                .required("resource_pool_id", .identifier),
                                .optional("folder_id", .identifier),
                                .optional("host_id", .identifier),
                            ])
                        ),
                    ]),
                    as: nil
                )
            ),
        ],
        returns: .identifier,
        reportedBy: Report(
            shape: .record([
                .required("succeeded", .boolean),
                .optional(
                    "resource_id",
                    .record([.required("type", .string), .required("id", .identifier)])
                ),
                .optional("error", .record([.required("errors", .list(.record([])))])),
            ]),
            success: "succeeded",
            result: ["resource_id", "id"]
        ),
        effect: .init(.deploy, needs: [.itemType("ovf"), .places, .freeName]),
        privilege: "VApp.Import on the resource pool and the folder"
    )

    static let packages = [deployOVF]
}

extension Shape {
    fileprivate static let deploymentSpec = Shape.record([
        .required("accept_all_EULA", .boolean), .optional("name", .string),
        .optional("annotation", .string), .optional("default_datastore_id", .identifier),
        .optional("network_mappings", .map(.identifier)),
        .optional("storage_mappings", .map(.record([]))),
        .optional("subnet_mappings", .map(.identifier)),
        .optional("storage_provisioning", .string), .optional("flags", .list(.string)),
    ])
}
