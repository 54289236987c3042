internal import Transport

/// Items of content libraries.
extension Operation {
    /// The items of a library.
    ///
    /// Source: Library Item, List.
    public static let listItems = Operation(
        "listItems",
        .get,
        "/library/item",
        in: .contentLibrary,
        as: .init("content.library.item.list", "library_id"),
        [.init("library", .query("library_id"))],
        returns: .list(.identifier)
    )

    /// One item; `content_version` names its latest version.
    ///
    /// Source: Library Item, Get.
    public static let getItem = Operation(
        "getItem",
        .get,
        "/library/item/{item}",
        in: .contentLibrary,
        as: .init("content.library.item.get", "library_item_id"),
        [.item],
        returns: .record([
            .required("id", .identifier), .required("name", .string),
            .required("library_id", .identifier), .optional("type", .string),
            .optional("content_version", .string), .optional("description", .string),
        ])
    )

    /// The items with a name, library or type.
    ///
    /// Source: Library Item, Find.
    public static let findItems = Operation(
        "findItems",
        .post,
        "/library/item",
        in: .contentLibrary,
        action: .named("find"),
        as: .init("content.library.item.find", "spec"),
        [
            .init(
                "spec",
                .specification(
                    .record([
                        .optional("name", .string), .optional("library_id", .identifier),
                        .optional("source_id", .identifier), .optional("type", .string),
                        .optional("cached", .boolean),
                    ])
                )
            )
        ],
        returns: .list(.identifier)
    )

    /// Deletes an item with all its versions.
    ///
    /// Source: Library Item, Delete.
    public static let deleteItem = Operation(
        "deleteItem",
        .delete,
        "/library/item/{item}",
        in: .contentLibrary,
        as: .init("content.library.item.delete", "library_item_id"),
        [.item],
        returns: .void,
        effect: .init(.deleteItem, needs: [.ownLibrary, .noCheckOut], does: [.deletesItem]),
        privilege: "ContentLibrary.DeleteLibraryItem on the item"
    )

    /// Changes the name or the description of an item.
    ///
    /// Source: Library Item, Update.
    public static let updateItem = Operation(
        "updateItem",
        .patch,
        "/library/item/{item}",
        in: .contentLibrary,
        as: .init("content.library.item.update", "library_item_id", "update_spec"),
        [
            .item,
            .init(
                "spec",
                .specification(
                    .record([.optional("name", .string), .optional("description", .string)]),
                    as: "update_spec"
                )
            ),
        ],
        returns: .void,
        effect: .init(.updateItem, needs: [.ownLibrary, .freeName]),
        privilege: "ContentLibrary.UpdateLibraryItem on the item"
    )

    static let libraryItems = [listItems, getItem, findItems, deleteItem, updateItem]
}
