internal import Transport

/// Content libraries.
extension Operation {
    /// All libraries.
    ///
    /// Source: Content Library, List.
    public static let listLibraries = Operation(
        "listLibraries",
        .get,
        "/library",
        in: .contentLibrary,
        as: .init("content.library.list"),
        returns: .list(.identifier)
    )

    /// One library.
    ///
    /// Source: Content Library, Get.
    public static let getLibrary = Operation(
        "getLibrary",
        .get,
        "/library/{library}",
        in: .contentLibrary,
        as: .init("content.library.get", "library_id"),
        [.library],
        returns: .library
    )

    /// The libraries with a name or type.
    ///
    /// Source: Content Library, Find.
    public static let findLibraries = Operation(
        "findLibraries",
        .post,
        "/library",
        in: .contentLibrary,
        action: .named("find"),
        as: .init("content.library.find", "spec"),
        [
            .init(
                "spec",
                .specification(
                    .record([.optional("name", .string), .optional("type", .string)])
                )
            )
        ],
        returns: .list(.identifier)
    )

    /// Makes a local library.
    ///
    /// Source: Local Library, Create.
    public static let createLibrary = Operation(
        "createLibrary",
        .post,
        "/local-library",
        in: .contentLibrary,
        as: .init("content.local_library.create", "create_spec"),
        [.newLibrary],
        returns: .identifier,
        effect: .init(.createLibrary, needs: [.places]),
        privilege: "ContentLibrary.CreateLocalLibrary"
    )

    /// Makes a library that follows a published one.
    ///
    /// Source: Subscribed Library, Create.
    public static let createSubscribedLibrary = Operation(
        "createSubscribedLibrary",
        .post,
        "/subscribed-library",
        in: .contentLibrary,
        as: .init("content.subscribed_library.create", "create_spec"),
        [.newLibrary],
        returns: .identifier,
        effect: .init(.createLibrary, needs: [.places]),
        privilege: "ContentLibrary.CreateSubscribedLibrary"
    )

    /// Deletes a local library with its items.
    ///
    /// Source: Local Library, Delete.
    public static let deleteLibrary = Operation(
        "deleteLibrary",
        .delete,
        "/local-library/{library}",
        in: .contentLibrary,
        as: .init("content.local_library.delete", "library_id"),
        [.library],
        returns: .void,
        effect: .init(.deleteLibrary, does: [.deletesLibrary]),
        privilege: "ContentLibrary.DeleteLocalLibrary on the library"
    )

    /// Deletes a subscribed library with its items; what it follows stays.
    ///
    /// Source: Subscribed Library, Delete.
    public static let deleteSubscribedLibrary = Operation(
        "deleteSubscribedLibrary",
        .delete,
        "/subscribed-library/{library}",
        in: .contentLibrary,
        as: .init("content.subscribed_library.delete", "library_id"),
        [.library],
        returns: .void,
        effect: .init(.deleteLibrary, does: [.deletesLibrary]),
        privilege: "ContentLibrary.DeleteSubscribedLibrary on the library"
    )

    static let libraries = [
        listLibraries, getLibrary, findLibraries, createLibrary, createSubscribedLibrary,
        deleteLibrary, deleteSubscribedLibrary,
    ]
}

extension Operation.Parameter {
    /// A content library.
    static let library = Self("library", .path)
    /// The specification of a new one; `/rest` has a name of its own for it.
    fileprivate static let newLibrary = Self(
        "spec",
        .specification(
            .record([
                .required("name", .string), .optional("description", .string),
                .optional("type", .string),
                // "This field must be provided" when it is made.
                .required(
                    "storage_backings",
                    .list(
                        .record([
                            .required("type", .string), .optional("datastore_id", .identifier),
                            .optional("storage_uri", .string),
                        ])
                    )
                ),
                .optional("publish_info", .record([])),
                .optional("subscription_info", .record([])),
            ]),
            as: "create_spec"
        )
    )
}

extension Shape {
    fileprivate static let library = Shape.record([
        .required("id", .identifier), .required("name", .string), .optional("type", .string),
        .optional("description", .string), .optional("version", .string),
    ])
}
