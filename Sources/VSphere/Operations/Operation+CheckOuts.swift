internal import Transport

/// Check-outs of a VM template item. An item has at most one at a time.
extension Operation {
    /// The user and the time of a check-out.
    ///
    /// Source: Library Items Check Outs, Get.
    public static let getCheckOut = Operation(
        "getCheckOut",
        .get,
        "/vm-template/library-items/{item}/check-outs/{vm}",
        in: .vcenter,
        as: .init(
            "vcenter.vm_template.library_items.check_outs.get",
            "template_library_item",
            "vm"
        ),
        [.item, .vm],
        returns: .record([.required("time", .string), .required("user", .string)])
    )

    /// The virtual machines checked out of an item.
    ///
    /// Source: Library Items Check Outs, List.
    public static let listCheckOuts = Operation(
        "listCheckOuts",
        .get,
        "/vm-template/library-items/{item}/check-outs",
        in: .vcenter,
        as: .init("vcenter.vm_template.library_items.check_outs.list", "template_library_item"),
        [.item],
        returns: .list(.record([.required("vm", .identifier)]))
    )

    /// Clones the latest version to a machine that can be worked on.
    ///
    /// Source: … Check Outs, Check Out.
    public static let checkOut = Operation(
        "checkOut",
        .post,
        "/vm-template/library-items/{item}/check-outs",
        in: .vcenter,
        action: .named("check-out"),
        as: .init(
            "vcenter.vm_template.library_items.check_outs.check_out",
            "template_library_item",
            "spec"
        ),
        [
            .item,
            .init(
                "spec",
                .specification(
                    .record([
                        .optional("name", .string), .optional("placement", .placement),
                        .optional("powered_on", .boolean),
                    ])
                )
            ),
        ],
        returns: .identifier,
        effect: .init(.checkOut, needs: [.places, .noCheckOut, .freeName], does: [.clones]),
        privilege: "ContentLibrary.CheckOutTemplate on the item"
    )

    /// Makes a checked-out machine the latest version.
    ///
    /// Source: … Check Outs, Check In.
    public static let checkIn = Operation(
        "checkIn",
        .post,
        "/vm-template/library-items/{item}/check-outs/{vm}",
        in: .vcenter,
        action: .named("check-in"),
        as: .init(
            "vcenter.vm_template.library_items.check_outs.check_in",
            "template_library_item",
            "vm",
            "spec.message"
        ),
        [.item, .vm, .message],
        returns: .identifier,
        effect: .init(
            .checkIn,
            needs: [.checkedOut, .machineOff],
            does: [.replacesLatest, .purgesOthers]
        ),
        privilege: "ContentLibrary.CheckInTemplate on the item"
    )

    /// Discards a check-out and deletes its machine.
    ///
    /// Source: … Check Outs, Delete.
    public static let deleteCheckOut = Operation(
        "deleteCheckOut",
        .delete,
        "/vm-template/library-items/{item}/check-outs/{vm}",
        in: .vcenter,
        as: .init(
            "vcenter.vm_template.library_items.check_outs.delete",
            "template_library_item",
            "vm"
        ),
        [.item, .vm],
        returns: .void,
        effect: .init(
            .deleteCheckOut,
            needs: [.checkedOut, .machineOff],
            does: [.deletesCheckOut]
        ),
        privilege: "VirtualMachine.Inventory.Delete on the virtual machine"
    )

    static let checkOuts = [getCheckOut, listCheckOuts, checkOut, checkIn, deleteCheckOut]
}

extension Shape {
    /// The placement of a machine.
    static let placement = Shape.record([
        .optional("folder", .identifier), .optional("resource_pool", .identifier),
        .optional("host", .identifier), .optional("cluster", .identifier),
    ])
}
