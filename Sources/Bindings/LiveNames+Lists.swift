internal import Buffers
internal import VSphere

extension LiveNames {
    /// The lists that are only asked for where one of their names is wanted.
    public enum List: Sendable {
        /// Tags, each with its name as `category/tag`.
        case tags
        /// Customization specifications, by name.
        case customizations
        /// vCenter's tasks.
        case tasks
    }

    /// The lists read so far.
    struct Lists {
        var entries: [List: [Entry]] = [:]
        var fetchedAt: [List: Duration] = [:]
    }

    private static let tagLimit = 500

    /// The entries of a list; they are asked for now, if they were not, and `onChange` is called when they arrive.
    public func entries(of list: List) -> [Entry] {
        if isOutdated(lists.fetchedAt[list]), !openVCenters.isEmpty {
            lists.fetchedAt[list] = time
            lists.entries[list] = []
            for vcenter in openVCenters { fetch(list, vcenter) }
        }
        return lists.entries[list] ?? []
    }

    private func fetch(_ list: List, _ vcenter: VCenter) {
        switch list {
        case .tags: fetchTags(vcenter)
        case .customizations:
            ask(vcenter, .listCustomizationSpecs, with: []) { [self] rows in
                for row in rows?.elements.map({ $0 }) ?? [] {
                    guard let name = row["name"]?.string else { continue }
                    let detail = row["description"]?.string ?? ""
                    add(Entry(id: name, name: name, detail: detail), to: list)
                }
            }
        case .tasks:
            ask(vcenter, .listTasks, with: []) { [self] tasks in
                for (id, task) in tasks?.fields.map({ $0 }) ?? [] {
                    guard let id = id.string else { continue }
                    let name = task["operation"]?.string ?? ""
                    add(Entry(id: id, name: name, detail: task["status"]?.string ?? ""), to: list)
                }
            }
        }
    }

    private func fetchTags(_ vcenter: VCenter) {
        ask(vcenter, .listTagCategories, with: []) { [self] categories in
            for category in categories?.elements.compactMap(\.string) ?? [] {
                let argument = ValueBuffer.values { $0.put(category) }
                ask(vcenter, .getTagCategory, with: argument) { [self] model in
                    guard let name = model?["name"]?.string else { return }
                    ask(vcenter, .listCategoryTags, with: argument) { [self] tags in
                        for tag in (tags?.elements.compactMap(\.string) ?? []).prefix(Self.tagLimit)
                        {
                            fetchTag(tag, of: name, vcenter)
                        }
                    }
                }
            }
        }
    }

    private func fetchTag(_ tag: String, of category: String, _ vcenter: VCenter) {
        ask(vcenter, .getTag, with: ValueBuffer.values { $0.put(tag) }) { [self] model in
            guard let name = model?["name"]?.string else { return }
            add(Entry(id: tag, name: "\(category)/\(name)", detail: ""), to: .tags)
        }
    }

    private func add(_ entry: Entry, to list: List) {
        lists.entries[list, default: []].append(entry)
    }
}
