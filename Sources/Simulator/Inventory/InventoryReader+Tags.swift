internal import JSON

extension InventoryReader {
    /// Reads the tags; a document without any has the standard ones.
    mutating func readTags(_ root: Node) throws(InventoryError) {
        for node in try root.nodes("tag_categories") {
            try node.check("id", "name", "description", "single", "answers")
            inventory.tagCategories.append(
                TagCategory(
                    id: try node.required("id"),
                    name: try node.required("name"),
                    description: try node.text("description") ?? "",
                    isSingle: try node.boolean("single") ?? false,
                    recorded: try node.answers(of: .getTagCategory)
                )
            )
        }
        for node in try root.nodes("tags") {
            try node.check("id", "name", "description", "category", "objects", "answers")
            let category = try node.required("category")
            guard inventory.tagCategories.contains(where: { $0.id == category }) else {
                throw node.wrong("category", "is none of the tag_categories")
            }
            inventory.tags.append(
                Tag(
                    id: try node.required("id"),
                    name: try node.required("name"),
                    description: try node.text("description") ?? "",
                    category: category,
                    objects: try objects(node),
                    recorded: try node.answers(of: .getTag)
                )
            )
        }
    }

    /// The objects of a tag: identifiers, or objects with `type` and `id`.
    private func objects(_ node: Node) throws(InventoryError) -> [TaggedObject] {
        guard let found = node.value["objects"], found != .null else { return [] }
        guard let elements = found.array else { throw node.wrong("objects", "must be an array") }
        var objects: [TaggedObject] = []
        for element in elements {
            guard let id = element.string ?? element["id"]?.string else {
                throw node.wrong("objects", "must hold identifiers, or objects with type and id")
            }
            let type = element["type"]?.string ?? inventory.taggedType(of: id)
            objects.append(TaggedObject(type: type, id: id))
        }
        return objects
    }
}
