internal import Transport

/// Tags: their categories, and what they are attached to.
extension Operation {
    /// The categories of tags.
    ///
    /// Source: Tagging Category, List.
    public static let listTagCategories = Operation(
        "listTagCategories",
        .get,
        "/category",
        in: .tagging,
        as: .init("cis.tagging.category.list"),
        returns: .list(.identifier)
    )

    /// One category.
    ///
    /// Source: Tagging Category, Get.
    public static let getTagCategory = Operation(
        "getTagCategory",
        .get,
        "/category/{category}",
        in: .tagging,
        as: .init("cis.tagging.category.get", "category_id"),
        [.init("category", .path)],
        returns: .record([
            .required("id", .identifier), .required("name", .string),
            .optional("cardinality", .string), .optional("associable_types", .list(.string)),
        ])
    )

    /// The tags of a category.
    ///
    /// Source: Tagging Tag, List Tags For Category.
    public static let listCategoryTags = Operation(
        "listCategoryTags",
        .post,
        "/tag/{category}",
        in: .tagging,
        action: .named("list-tags-for-category"),
        as: .init("cis.tagging.tag.list_tags_for_category", "category_id"),
        [.init("category", .path)],
        returns: .list(.identifier)
    )

    /// One tag.
    ///
    /// Source: Tagging Tag, Get.
    public static let getTag = Operation(
        "getTag",
        .get,
        "/tag/{tag}",
        in: .tagging,
        as: .init("cis.tagging.tag.get", "tag_id"),
        [.tag],
        returns: .record([
            .required("id", .identifier), .required("name", .string),
            .required("category_id", .identifier),
        ])
    )

    /// The tags that an object has.
    ///
    /// Source: Tagging Tag Association, List Attached Tags.
    public static let listTags = Operation(
        "listTags",
        .post,
        "/tag-association",
        in: .tagging,
        action: .named("list-attached-tags"),
        as: .init("cis.tagging.tag_association.list_attached_tags", RemoteName.fields),
        [.tagged],
        returns: .list(.identifier)
    )

    /// Attaches a tag to an object; one that it has already stays.
    ///
    /// Source: Tagging Tag Association, Attach.
    public static let attachTag = Operation(
        "attachTag",
        .post,
        "/tag-association/{tag}",
        in: .tagging,
        action: .named("attach"),
        as: .init("cis.tagging.tag_association.attach", "tag_id", RemoteName.fields),
        [.tag, .tagged],
        returns: .void,
        effect: .init(.attachTag, needs: [.taggedObject]),
        privilege: "InventoryService.Tagging.AttachTag on the object"
    )

    /// Takes a tag off an object.
    ///
    /// Source: Tagging Tag Association, Detach.
    public static let detachTag = Operation(
        "detachTag",
        .post,
        "/tag-association/{tag}",
        in: .tagging,
        action: .named("detach"),
        as: .init("cis.tagging.tag_association.detach", "tag_id", RemoteName.fields),
        [.tag, .tagged],
        returns: .void,
        effect: .init(.detachTag, needs: [.taggedObject]),
        privilege: "InventoryService.Tagging.AttachTag on the object"
    )

    static let tags = [
        listTagCategories, getTagCategory, listCategoryTags, getTag, listTags, attachTag,
        detachTag,
    ]
}

extension Operation.Parameter {
    fileprivate static let tag = Self("tag", .path)
    /// The object: `object_id` with `type` and `id`, in both dialects a field of the body.
    fileprivate static let tagged = Self(
        "spec",
        .specification(
            .record([
                .required(
                    "object_id",
                    .record([.required("type", .string), .required("id", .identifier)])
                )
            ]),
            as: nil
        )
    )
}
