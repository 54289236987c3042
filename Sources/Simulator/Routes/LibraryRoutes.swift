internal import JSON

/// Content libraries.
enum LibraryRoutes {
    private static let service = "com.vmware.content.library"
    private static let localService = "com.vmware.content.local_library"
    private static let all = "content/library"
    private static let allLocal = "content/local-library"

    static let routes: [Route] = [
        Route(.listLibraries, service, "list", "GET", all) { _, inventory in
            .strings(inventory.libraryOrder)
        },

        Route(
            .getLibrary,
            service,
            "get",
            "GET",
            all + "/{library_id}"
        ) { call, inventory throws(VAPIError) in
            model(of: try inventory.library(call.parameters[0]), in: inventory)
        },

        Route(
            .findLibraries,
            service,
            "find",
            "POST",
            all,
            action: "find",
            takes: [.required("spec", .structure(.librarySearch))]
        ) { call, inventory throws(VAPIError) in
            let spec = call.spec
            if spec.isEmpty { throw .invalid("find.empty", "The spec names no field.") }
            let name = spec.text("name")?.lowercased()
            let type = spec.text("type")
            let backing = spec.structure("storage_backing")
            return .strings(
                inventory.libraryOrder.compactMap { inventory.libraries[$0] }.filter { library in
                    (name == nil || library.name.lowercased() == name)
                        && (type == nil || library.kind.rawValue == type)
                        && backing.map { isStored(library, on: $0, inventory) } ?? true
                }.map(\.id)
            )
        },

        Route(.listLocalLibraries, localService, "list", "GET", allLocal) { _, inventory in
            .strings(inventory.libraryOrder.filter { inventory.libraries[$0]?.kind == .local })
        },

        Route(
            .getLocalLibrary,
            localService,
            "get",
            "GET",
            allLocal + "/{library_id}"
        ) { call, inventory throws(VAPIError) in
            model(of: try inventory.localLibrary(call.parameters[0]), in: inventory)
        },

        Route(
            .deleteLibrary,
            localService,
            "delete",
            "DELETE",
            allLocal + "/{library_id}"
        ) { call, inventory throws(VAPIError) in
            try inventory.deleteLibrary(call.parameters[0])
            return .void
        },
    ]

    /// Whether a library has a backing: one that was recorded, or the one that all others have.
    private static func isStored(
        _ library: Library,
        on backing: Spec,
        _ inventory: Inventory
    ) -> Bool {
        let usual: JSONValue = [
            "type": "DATASTORE", "datastore_id": .string(inventory.usualPlacement.datastore),
        ]
        let all = library.recorded[.getLibrary]?["storage_backings"]?.array ?? [usual]
        return all.contains { stored in
            ["type", "datastore_id", "storage_uri"].allSatisfy { field in
                backing.text(field).map { stored[field]?.string == $0 } ?? true
            }
        }
    }

    private static func publishInfo(of library: Library) -> DataValue? {
        guard library.kind == .local else { return nil }
        return .structure(
            "com.vmware.content.library.publish_info",
            [
                .init("authentication_method", .optional(.string("NONE"))),
                .init("published", .optional(.boolean(library.isPublished))),
                .init(
                    "publish_url",
                    .optional(text: library.isPublished ? library.publishURL : nil)
                ),
            ]
        )
    }

    private static func subscriptionInfo(
        of library: Library,
        in inventory: Inventory
    ) -> DataValue? {
        guard let source = library.source.flatMap({ inventory.libraries[$0] }) else { return nil }
        return .structure(
            "com.vmware.content.library.subscription_info",
            [
                .init("authentication_method", .optional(.string("NONE"))),
                .init("automatic_sync_enabled", .optional(.boolean(false))),
                .init("on_demand", .optional(.boolean(false))),
                .init("subscription_url", .optional(.string(source.publication))),
            ]
        )
    }

    private static func model(of library: Library, in inventory: Inventory) -> DataValue {
        .structure(
            "com.vmware.content.library_model",
            [
                .init("id", .optional(.string(library.id))),
                .init("name", .optional(.string(library.name))),
                .init("description", .optional(.string(library.description))),
                .init("type", .optional(.string(library.kind.rawValue))),
                .init("creation_time", .optional(.time(library.created))),
                .init("last_modified_time", .optional(.time(library.created))),
                .init("version", .optional(.string("1"))),
                .init("last_sync_time", .optional(library.lastSync.map { .time($0) })),
                .init("publish_info", .optional(publishInfo(of: library))),
                .init("subscription_info", .optional(subscriptionInfo(of: library, in: inventory))),
                .init(
                    "storage_backings",
                    .optional(
                        .list([
                            .structure(
                                "com.vmware.content.library.storage_backing",
                                [
                                    .init("type", .optional(.string("DATASTORE"))),
                                    .init(
                                        "datastore_id",
                                        .optional(.string(inventory.usualPlacement.datastore))
                                    ),
                                ]
                            )
                        ])
                    )
                ),
            ]
        )
    }
}
