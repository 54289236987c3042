internal import JSON

/// Libraries that are made and deleted, and those that follow others.
enum PublicationRoutes {
    private static let local = "content/local-library"
    private static let subscribed = "content/subscribed-library"
    private static let item = "content/library/item/{library_item_id}"

    static let routes: [Route] = [
        create(.local, "content.local_library.create", local),
        create(.subscribed, "content.subscribed_library.create", subscribed),

        Route(
            indexed: .deleteLibrary,
            "content.subscribed_library.delete",
            "DELETE",
            subscribed + "/{library_id}"
        ) { call, inventory throws(VAPIError) in
            try inventory.deleteSubscribedLibrary(call.parameters[0])
            return .null
        },

        Route(
            indexed: .publish,
            "content.local_library.publish",
            "POST",
            local + "/{library_id}",
            action: "publish"
        ) { call, inventory throws(VAPIError) in
            try inventory.publish(call.parameters[0], to: subscriptions(call))
            return .null
        }.withNamedBody(),

        Route(
            indexed: .publish,
            "content.library.item.publish",
            "POST",
            item,
            action: "publish"
        ) { call, inventory throws(VAPIError) in
            let item = try inventory.item(call.parameters[0])
            try inventory.publish(item.libraryID, only: item.id, to: subscriptions(call))
            return .null
        }.withNamedBody(),

        Route(
            indexed: .sync,
            "content.subscribed_library.sync",
            "POST",
            subscribed + "/{library_id}",
            action: "sync"
        ) { call, inventory throws(VAPIError) in
            try inventory.sync(call.parameters[0], at: call.requester.time)
            return .null
        },

        Route(
            indexed: .sync,
            "content.library.subscribed_item.sync",
            "POST",
            "content/library/subscribed-item/{library_item_id}",
            action: "sync"
        ) { call, inventory throws(VAPIError) in
            let item = try inventory.item(call.parameters[0])
            try inventory.sync(item.libraryID, only: item.id, at: call.requester.time)
            return .null
        }.withNamedBody(),

        Route(
            indexed: .listSubscriptions,
            "content.library.subscriptions.list",
            "GET",
            "content/library/{library}/subscriptions"
        ) { call, inventory throws(VAPIError) in
            let recorded = try inventory.recordedSubscriptions(of: call.parameters[0])
            let known = recorded.compactMap { $0["subscribed_library"]?.string }
            return .array(
                try recorded
                    + inventory.followers(of: call.parameters[0])
                    .filter { !known.contains($0.id) }
                    .map { follower in
                        [
                            "subscription": .string(Inventory.subscription(of: follower)),
                            "subscribed_library": .string(follower.id),
                            "subscribed_library_name": .string(follower.name),
                        ]
                    }
            )
        },

        Route(indexed: .updateItem, "content.library.item.update", "PATCH", item) {
            call,
            inventory throws(VAPIError) in
            try inventory.updateItem(
                call.parameters[0],
                call.arguments.structure("update_spec") ?? Spec(),
                at: call.requester.time
            )
            return .null
        },
    ]

    private static func create(_ kind: Library.Kind, _ name: String, _ path: String) -> Route {
        Route(indexed: .createLibrary, name, "POST", path) { call, inventory throws(VAPIError) in
            .string(
                try inventory.createLibrary(
                    call.arguments.structure("create_spec") ?? Spec(),
                    kind,
                    at: call.requester.time
                )
            )
        }.creating()
    }

    private static func subscriptions(_ call: Call) -> [String] {
        call.arguments.structures("subscriptions").compactMap { $0.text("subscription") }
    }
}
