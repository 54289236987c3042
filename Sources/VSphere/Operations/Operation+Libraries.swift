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

    static let libraries = [listLibraries, getLibrary, findLibraries]
}

extension Operation.Parameter {
    fileprivate static let library = Self("library", .path)
}

extension Shape {
    fileprivate static let library = Shape.record([
        .required("id", .identifier), .required("name", .string), .optional("type", .string),
        .optional("description", .string), .optional("version", .string),
    ])
}
