/// The appliance that a vCenter is.
enum ApplianceRoutes {
    static let routes = [
        Route(
            .getRelease,
            "com.vmware.appliance.system.version",
            "get",
            "GET",
            "appliance/system/version"
        ) { call, _ in
            // Summary and day of a patch: empty, as where none was installed.
            let fields: [DataValue.Field] = [
                .init("version", .string(call.release.version)),
                .init("product", .string("VMware vCenter Server")),
                .init("build", .string(call.release.build)),
                .init(
                    "type",
                    .string("vCenter Server with an embedded Platform Services Controller")
                ),
                .init("summary", .string("")), .init("releasedate", .string("")),
                .init("install_time", .string("2025-01-01T00:00:00.000Z")),
                .init("name", .optional(nil)),
            ]
            return .structure("com.vmware.appliance.system.version.version_struct", fields)
        }
    ]
}

/// A release of vCenter, as its appliance tells it.
struct ApplianceRelease: Sendable, Equatable {
    var version = "8.0.3.00000"
    var build = "24022515"
}
