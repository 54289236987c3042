internal import Transport

/// The history of an item: author, time and message of each version.
extension Operation {
    /// The changes of an item; messages are cut at 80 characters.
    ///
    /// Source: Library Item Changes, List.
    public static let listChanges = Operation(
        "listChanges",
        .get,
        "/library/item/{item}/changes",
        in: .contentHistory,
        as: .init("content.library.item.changes.list", "library_item"),
        [.item],
        returns: .list(
            .record([
                .required("version", .identifier), .required("time", .string),
                .optional("user", .string), .optional("short_message", .string),
            ])
        )
    )

    /// One change, with its complete message.
    ///
    /// Source: Library Item Changes, Get.
    public static let getChange = Operation(
        "getChange",
        .get,
        "/library/item/{item}/changes/{version}",
        in: .contentHistory,
        as: .init("content.library.item.changes.get", "library_item", "version"),
        [.item, .version],
        returns: .record([
            .required("time", .string), .optional("user", .string), .optional("message", .string),
        ])
    )

    static let changes = [listChanges, getChange]
}
