internal import Transport

/// Versions of a VM template item: the latest, and at most one previous.
extension Operation {
    /// The live versions.
    ///
    /// Source: Library Items Versions, List.
    public static let listVersions = Operation(
        "listVersions",
        .get,
        "/vm-template/library-items/{item}/versions",
        in: .vcenter,
        as: .init("vcenter.vm_template.library_items.versions.list", "template_library_item"),
        [.item],
        returns: .list(
            .record([.required("version", .identifier), .required("vm_template", .identifier)])
        )
    )

    /// The template of one version.
    ///
    /// Source: Library Items Versions, Get.
    public static let getVersion = Operation(
        "getVersion",
        .get,
        "/vm-template/library-items/{item}/versions/{version}",
        in: .vcenter,
        as: .init(
            "vcenter.vm_template.library_items.versions.get",
            "template_library_item",
            "version"
        ),
        [.item, .version],
        returns: .record([.required("vm_template", .identifier)])
    )

    /// Deletes a version that is not the latest.
    ///
    /// Source: Library Items Versions, Delete.
    public static let deleteVersion = Operation(
        "deleteVersion",
        .delete,
        "/vm-template/library-items/{item}/versions/{version}",
        in: .vcenter,
        as: .init(
            "vcenter.vm_template.library_items.versions.delete",
            "template_library_item",
            "version"
        ),
        [.item, .version],
        returns: .void,
        effect: .init(.deleteVersion, needs: [.olderVersion], does: [.purgesVersion]),
        privilege: "ContentLibrary.DeleteLibraryItem on the item"
    )

    /// Makes the previous version the latest, under a new identifier.
    ///
    /// Source: … Versions, Rollback.
    public static let rollback = Operation(
        "rollback",
        .post,
        "/vm-template/library-items/{item}/versions/{version}",
        in: .vcenter,
        action: .named("rollback"),
        as: .init(
            "vcenter.vm_template.library_items.versions.rollback",
            "template_library_item",
            "version",
            "spec.message"
        ),
        [.item, .version, .message],
        returns: .identifier,
        effect: .init(
            .rollback,
            needs: [.noCheckOut, .olderVersion],
            does: [.goesBack, .replacesLatest, .purgesOthers]
        ),
        privilege: "ContentLibrary.CheckInTemplate on the item"
    )

    static let versions = [listVersions, getVersion, deleteVersion, rollback]
}
