/// Items of content libraries, and the history of their changes.
enum ItemRoutes {
    private static let service = "com.vmware.content.library.item"
    private static let changes = "com.vmware.content.library.item.changes"
    private static let all = "content/library/item"

    static let routes: [Route] = [
        Route(
            .listItems,
            service,
            "list",
            "GET",
            all,
            takes: [.required("library_id", .identifier)]
        ) { call, inventory throws(VAPIError) in
            .strings(try inventory.library(call.parameters[0]).itemIDs)
        },

        Route(
            .getItem,
            service,
            "get",
            "GET",
            all + "/{library_item_id}"
        ) { call, inventory throws(VAPIError) in
            model(of: try inventory.item(call.parameters[0]))
        },

        Route(
            .findItems,
            service,
            "find",
            "POST",
            all,
            action: "find",
            takes: [.required("spec", .structure(.itemSearch))]
        ) { call, inventory throws(VAPIError) in
            let spec = call.spec
            if spec.isEmpty { throw .invalid("find.empty", "The spec names no field.") }
            return .strings(
                inventory.findItems(
                    name: spec.text("name"),
                    library: spec.text("library_id"),
                    type: spec.text("type"),
                    sourceID: spec.text("source_id"),
                    isCached: spec.boolean("cached")
                )
            )
        },

        Route(
            .deleteItem,
            service,
            "delete",
            "DELETE",
            all + "/{library_item_id}"
        ) { call, inventory throws(VAPIError) in
            try inventory.deleteItem(call.parameters[0])
            return .void
        },

        Route(.listChanges, changes, "list", "GET", all + "/{library_item}/changes") {
            call,
            inventory throws(VAPIError) in
            .list(
                try inventory.item(call.parameters[0]).changes.map { change in
                    .structure(
                        "com.vmware.content.library.item.changes.summary",
                        [
                            .init("version", .string(change.version)),
                            .init("time", .time(change.time)),
                            .init("user", .optional(text: change.user)),
                            .init("short_message", .optional(text: change.shortMessage)),
                        ]
                    )
                }
            )
        },

        Route(.getChange, changes, "get", "GET", all + "/{library_item}/changes/{version}") {
            call,
            inventory throws(VAPIError) in
            let item = try inventory.item(call.parameters[0])
            guard let change = item.changes.last(where: { $0.version == call.parameters[1] }) else {
                throw .notFound("change", call.parameters[1])
            }
            return .structure(
                "com.vmware.content.library.item.changes.info",
                [
                    .init("time", .time(change.time)),
                    .init("user", .optional(text: change.user)),
                    .init("message", .optional(text: change.message)),
                ]
            )
        },
    ]

    private static func model(of item: Item) -> DataValue {
        .structure(
            "com.vmware.content.library.item_model",
            [
                .init("id", .optional(.string(item.id))),
                .init("library_id", .optional(.string(item.libraryID))),
                .init("name", .optional(.string(item.name))),
                .init("description", .optional(.string(item.description))),
                .init("type", .optional(.string(item.type))),
                .init(
                    "content_version",
                    .optional(.string(item.latest?.id ?? item.contentVersion))
                ),
                .init("metadata_version", .optional(.string("1"))),
                .init("version", .optional(.string("1"))),
                .init("source_id", .optional(text: item.source)),
                .init("cached", .optional(.boolean(item.isCached))),
                .init("size", .optional(.integer(16 << 30))),
                .init("creation_time", .optional(.time(item.created))),
                .init("last_modified_time", .optional(.time(item.modified))),
            ]
        )
    }
}
