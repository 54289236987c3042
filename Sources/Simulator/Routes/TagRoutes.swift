internal import JSON

/// Tags, their categories, and what they are attached to.
enum TagRoutes {
    private static let categories = "cis/tagging/category"
    private static let tags = "cis/tagging/tag"
    private static let association = "cis/tagging/tag-association"

    static let routes: [Route] = [
        Route(indexed: .listTagCategories, "cis.tagging.category.list", "GET", categories) {
            _,
            inventory in .array(inventory.tagCategories.map { .string($0.id) })
        },

        Route(
            indexed: .getTagCategory,
            "cis.tagging.category.get",
            "GET",
            categories + "/{category_id}"
        ) { call, inventory throws(VAPIError) in
            let category = try inventory.tagCategory(call.parameters[0])
            return [
                "id": .string(category.id), "name": .string(category.name),
                "description": .string(category.description),
                "cardinality": category.isSingle ? "SINGLE" : "MULTIPLE", "associable_types": [],
                "used_by": [],
            ]
        },

        Route(
            indexed: .listCategoryTags,
            "cis.tagging.tag.list_tags_for_category",
            "POST",
            tags + "/{category_id}",
            action: "list-tags-for-category"
        ) { call, inventory throws(VAPIError) in
            let category = try inventory.tagCategory(call.parameters[0])
            let own = inventory.tags.filter { $0.category == category.id }
            return .array(own.map { .string($0.id) })
        },

        Route(indexed: .listAllTags, "cis.tagging.tag.list", "GET", tags) { _, inventory in
            .array(inventory.tags.map { .string($0.id) })
        },

        Route(indexed: .getTag, "cis.tagging.tag.get", "GET", tags + "/{tag_id}") {
            call,
            inventory throws(VAPIError) in
            let tag = try inventory.tag(call.parameters[0])
            return [
                "id": .string(tag.id), "name": .string(tag.name),
                "description": .string(tag.description), "category_id": .string(tag.category),
                "used_by": [],
            ]
        },

        Route(
            indexed: .listTags,
            "cis.tagging.tag_association.list_attached_tags",
            "POST",
            association,
            action: "list-attached-tags"
        ) { call, inventory in
            let object = object(call).id
            return .array(
                inventory.tags.filter { $0.has(object) }.map { .string($0.id) }
            )
        }.withNamedBody(),

        Route(
            indexed: .listTaggedObjects,
            "cis.tagging.tag_association.list_attached_objects_on_tags",
            "POST",
            association,
            action: "list-attached-objects-on-tags"
        ) { call, inventory in
            let wanted = call.arguments.texts("tag_ids")
            return .array(
                inventory.tags.filter { wanted.contains($0.id) }.map { tag in
                    [
                        "tag_id": .string(tag.id),
                        "object_ids": .array(
                            tag.objects.map { ["id": .string($0.id), "type": .string($0.type)] }
                        ),
                    ]
                }
            )
        }.withNamedBody(),

        Route(
            indexed: .attachTag,
            "cis.tagging.tag_association.attach",
            "POST",
            association + "/{tag_id}",
            action: "attach"
        ) { call, inventory throws(VAPIError) in
            let (type, id) = object(call)
            try inventory.attach(call.parameters[0], to: id, of: type)
            return .null
        }.withNamedBody(),

        Route(
            indexed: .detachTag,
            "cis.tagging.tag_association.detach",
            "POST",
            association + "/{tag_id}",
            action: "detach"
        ) { call, inventory throws(VAPIError) in
            let (type, id) = object(call)
            try inventory.detach(call.parameters[0], from: id, of: type)
            return .null
        }.withNamedBody(),
    ]

    private static func object(_ call: Call) -> (type: String, id: String) {
        let object = call.arguments.structure("object_id")
        return (object?.text("type") ?? "", object?.text("id") ?? "")
    }
}
