extension InventoryReader {
    /// Reads the tags; a document without any has the standard ones.
    mutating func readTags(_ root: Node) throws(InventoryError) {
        for node in try root.nodes("tag_categories") {
            try node.check("id", "name", "description", "single")
            inventory.tagCategories.append(
                TagCategory(
                    id: try node.required("id"),
                    name: try node.required("name"),
                    description: try node.text("description") ?? "",
                    isSingle: try node.boolean("single") ?? false
                )
            )
        }
        for node in try root.nodes("tags") {
            try node.check("id", "name", "description", "category", "objects")
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
                    objects: try node.texts("objects")
                )
            )
        }
    }
}
