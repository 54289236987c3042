internal import Transport

/// Publications, and the libraries that follow them.
extension Operation {
    /// Who follows a library.
    ///
    /// Source: Library Subscriptions, List.
    public static let listSubscriptions = Operation(
        "listSubscriptions",
        .get,
        "/library/{library}/subscriptions",
        in: .contentLibrary,
        as: .init("content.library.subscriptions.list", "library"),
        [.library],
        returns: .list(
            .record([
                .required("subscription", .identifier),
                .required("subscribed_library", .identifier),
                .required("subscribed_library_name", .string),
                .optional("subscribed_library_vcenter_hostname", .string),
            ])
        )
    )

    /// Publishes a local library to its subscriptions.
    ///
    /// Source: Local Library, Publish.
    public static let publish = Operation(
        "publish",
        .post,
        "/local-library/{library}",
        in: .contentLibrary,
        action: .named("publish"),
        as: .init("content.local_library.publish", "library_id", RemoteName.fields),
        [.library, .init("spec", .specification(.record([subscriptions]), as: nil))],
        returns: .void,
        effect: .init(needs: [.published]),
        privilege: "ContentLibrary.PublishLibrary on the library"
    )

    /// Publishes one item to the subscriptions of its library.
    ///
    /// Source: Library Item, Publish.
    public static let publishItem = Operation(
        "publishItem",
        .post,
        "/library/item/{item}",
        in: .contentLibrary,
        action: .named("publish"),
        as: .init("content.library.item.publish", "library_item_id", RemoteName.fields),
        [
            .item,
            .init(
                "spec",
                .specification(
                    .record([.required("force_sync_content", .boolean), subscriptions]),
                    as: nil
                )
            ),
        ],
        returns: .void,
        effect: .init(needs: [.published]),
        privilege: "ContentLibrary.PublishLibraryItem on the item"
    )

    /// Brings a subscribed library up to what is published.
    ///
    /// Source: Subscribed Library, Sync.
    public static let sync = Operation(
        "sync",
        .post,
        "/subscribed-library/{library}",
        in: .contentLibrary,
        action: .named("sync"),
        as: .init("content.subscribed_library.sync", "library_id"),
        [.library],
        returns: .void,
        effect: .init(needs: [.subscribed]),
        privilege: "ContentLibrary.SyncLibrary on the library"
    )

    /// Brings one item of a subscribed library up to what is published.
    ///
    /// Source: Subscribed Item, Sync.
    public static let syncItem = Operation(
        "syncItem",
        .post,
        "/library/subscribed-item/{item}",
        in: .contentLibrary,
        action: .named("sync"),
        as: .init("content.library.subscribed_item.sync", "library_item_id", RemoteName.fields),
        [
            .item,
            .init(
                "spec",
                .specification(.record([.required("force_sync_content", .boolean)]), as: nil)
            ),
        ],
        returns: .void,
        effect: .init(needs: [.subscribed]),
        privilege: "ContentLibrary.SyncLibraryItem on the item"
    )

    static let publications = [listSubscriptions, publish, publishItem, sync, syncItem]

    /// The subscriptions that are meant; all of them where it is left out.
    private static var subscriptions: Shape.Field {
        .optional("subscriptions", .list(.record([.required("subscription", .identifier)])))
    }
}
