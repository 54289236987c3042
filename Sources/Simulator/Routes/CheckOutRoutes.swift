/// Check-outs of VM template items.
enum CheckOutRoutes {
    private static let service = "com.vmware.vcenter.vm_template.library_items.check_outs"
    private static let all = "vcenter/vm-template/library-items/{template_library_item}/check-outs"
    private static let one = all + "/{vm}"

    static let routes: [Route] = [
        Route(
            .checkOut,
            service,
            "check_out",
            "POST",
            all,
            action: "check-out",
            takes: [.currentlyRequired("spec", .structure(.checkOut))]
        ) { call, inventory throws(VAPIError) in
            .string(
                try inventory.checkOut(call.parameters[0], .init(call), by: call.requester)
            )
        },

        Route(
            .checkIn,
            service,
            "check_in",
            "POST",
            one,
            action: "check-in",
            takes: [.currentlyRequired("spec", .structure(.checkIn))]
        ) { call, inventory throws(VAPIError) in
            .string(
                try inventory.checkIn(
                    call.parameters[1],
                    to: call.parameters[0],
                    message: try call.required("message"),
                    by: call.requester
                )
            )
        },

        Route(.listCheckOuts, service, "list", "GET", all) { call, inventory throws(VAPIError) in
            .list(
                try inventory.template(call.parameters[0]).checkOuts.map { checkOut in
                    .structure(
                        "com.vmware.vcenter.vm_template.library_items.check_outs.summary",
                        [.init("vm", .string(checkOut.vm))]
                    )
                }
            )
        },

        Route(.getCheckOut, service, "get", "GET", one) { call, inventory throws(VAPIError) in
            let found = try inventory.checkOut(of: call.parameters[1], from: call.parameters[0])
            return .structure(
                "com.vmware.vcenter.vm_template.library_items.check_outs.info",
                [.init("time", .time(found.time)), .init("user", .string(found.user))]
            )
        },

        Route(.deleteCheckOut, service, "delete", "DELETE", one) {
            call,
            inventory throws(VAPIError) in
            try inventory.deleteCheckOut(of: call.parameters[1], from: call.parameters[0])
            return .void
        },
    ]
}
