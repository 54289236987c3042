/// The power state of virtual machines.
enum PowerRoutes {
    private static let service = "com.vmware.vcenter.vm.power"
    private static let path = "vcenter/vm/{vm}/power"

    static let routes: [Route] =
        [
            Route(.getPower, service, "get", "GET", path) { call, inventory throws(VAPIError) in
                let power = try inventory.machine(call.parameters[0]).power
                return .structure(
                    "com.vmware.vcenter.vm.power.info",
                    [
                        .init("state", .string(power.rawValue)),
                        .init("clean_power_off", .optional(power == .off ? .boolean(true) : nil)),
                    ]
                )
            }
        ] + Inventory.PowerAction.allCases.map(change)

    /// Makes the route of an action: `/rest` has a path for each, `/api` the usual parameter.
    private static func change(_ action: Inventory.PowerAction) -> Route {
        Route(
            .setPower,
            service,
            action.rawValue,
            rest: .init(method: "POST", path: "/rest/\(path)/\(action.rawValue)"),
            api: .init(method: "POST", path: "/api/\(path)", action: action.rawValue),
            body: .inventory { call, inventory throws(VAPIError) in
                try inventory.power(action, call.parameters[0])
                return .void
            }
        )
    }
}
