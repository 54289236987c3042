internal import JSON
internal import VSphere

/// Tags and what they are attached to; and what is about the vCenter as a whole.
extension Survey {
    /// So many tags are asked for at once.
    private static let batch = 100

    /// Reads categories and tags.
    func readTags(_ done: @escaping () -> Void) {
        begin("tags")
        var (categories, tags): ([JSONValue?], [JSONValue?]) = ([], [])
        var objects: [String: JSONValue] = [:]
        let round = Round { [self] in
            document.categories = categories.compactMap { $0 }.map(category)
            document.tags = tags.compactMap { $0 }.map { tag($0, objects) }
            done()
        }
        ask(.listTagCategories, in: round) { [self] found in
            let ids = found.array?.compactMap(\.string) ?? []
            categories = Array(repeating: Optional.none, count: ids.count)
            each(ids.count, in: round) { [self] index, own in
                ask(.getTagCategory, ids[index], in: own) { categories[index] = $0 }
                return {}
            }
        }
        ask(api: "cis.tagging.tag.list", in: round) { [self] found in
            let ids = found.array?.compactMap(\.string) ?? []
            begin("tags", of: ids.count)
            tags = Array(repeating: Optional.none, count: ids.count)
            each(ids.count, in: round) { [self] index, own in
                ask(.getTag, ids[index], in: own) { tags[index] = $0 }
                return {}
            }
            for start in stride(from: 0, to: ids.count, by: Self.batch) {
                let some = ids[start..<min(start + Self.batch, ids.count)]
                ask(
                    api: "cis.tagging.tag_association.list_attached_objects_on_tags",
                    ["tag_ids": .array(some.map { .string($0) })],
                    in: round
                ) { answer in
                    for entry in answer.array ?? [] {
                        objects[entry.text("tag_id") ?? ""] = entry["object_ids"]
                    }
                }
            }
        }
        round.leave()
    }

    private func category(_ answer: JSONValue) -> SnapshotDocument.Piece {
        SnapshotDocument.piece(
            .members([
                ("id", answer["id"]), ("name", answer["name"]),
                ("description", answer["description"]),
                ("single", .boolean(answer.text("cardinality") == "SINGLE")),
                ("answers", .members([(VSphere.Operation.getTagCategory.name, answer.recorded)])),
            ])
        )
    }

    private func tag(_ answer: JSONValue, _ objects: [String: JSONValue]) -> SnapshotDocument.Piece
    {
        let attached = objects[answer.text("id") ?? ""]?.array ?? []
        return SnapshotDocument.piece(
            .members([
                ("id", answer["id"]), ("name", answer["name"]),
                ("description", answer["description"]), ("category", answer["category_id"]),
                (
                    "objects",
                    .array(attached.map { .members([("type", $0["type"]), ("id", $0["id"])]) })
                ),
                ("answers", .members([(VSphere.Operation.getTag.name, answer.recorded)])),
            ])
        )
    }

    /// Reads the release of the vCenter, and the tasks that it still knows.
    func readWhole(_ done: @escaping () -> Void) {
        begin("tasks")
        let round = Round { done() }
        if let release = try? Call.release() {
            ask(release, named: "getRelease", in: round) { [self] in document.release = $0.recorded
            }
        }
        ask(.listTasks, in: round) { [self] found in
            document.tasks = (found.members ?? []).sorted { $0.name < $1.name }.map { task in
                SnapshotDocument.piece([
                    "task": .string(task.name),
                    "answers": .members([(VSphere.Operation.getTask.name, task.value.recorded)]),
                ])
            }
        }
        round.leave()
    }
}
