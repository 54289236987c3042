internal import Buffers
internal import Changes
internal import LuaHost
internal import Text
internal import VSphere

/// Finds tags by their names, and names of tags: vCenter only knows identifiers, so that each is asked for.
///
/// A name that was found in this run is only asked for once more, whether it is still so.
struct TagReading {
    static let prefix = "urn:"

    private let steps: CallSequence

    init(_ steps: CallSequence) { self.steps = steps }

    // MARK: Names of identifiers

    /// Ends the function with the names of an object's tags.
    func list(_ object: TaggedObject) {
        steps.step(.listTags, object.specification) { tags in
            name(tags?.elements.compactMap(\.string)[...] ?? [], [], [:])
        }
    }

    private func name(
        _ tags: ArraySlice<String>,
        _ names: [String],
        _ categories: [String: String]
    ) {
        guard let tag = tags.first else {
            let result = steps.pending.call.result
            result.putArray {
                for name in names.sorted() { result.put(name) }
                return names.count
            }
            return steps.done()
        }
        steps.step(.getTag, value(tag)) { model in
            let own = model?["name"]?.string ?? ""
            let category = model?["category_id"]?.string ?? ""
            func go(_ known: String) {
                var categories = categories
                categories[category] = known
                name(tags.dropFirst(), names + [known + "/" + own], categories)
            }
            if let known = categories[category] { return go(known) }
            steps.step(.getTagCategory, value(category)) { go($0?["name"]?.string ?? "") }
        }
    }

    // MARK: Identifiers of names

    /// Finds a tag, and goes on with its identifier; there being none ends the function.
    /// - Parameters:
    ///   - text: `category/tag`, or an identifier.
    ///   - next: Called with the identifier.
    func find(_ text: String, then next: @escaping (Value) -> Void) {
        let isPlanned = steps.runtime.configuration.changes == .planned
        func go(_ id: String, named name: String? = nil) {
            if let name, isPlanned {
                steps.runtime.changes.plan.note(tag: id, named: name, at: steps.vcenter)
            }
            if let value = value(id).first { next(value) }
        }
        guard !steps.runtime.isPlaceholder(text) else { return go(text) }
        guard !text.hasPrefix(Self.prefix) else {
            guard isPlanned else { return go(text) }
            return name(text) { go(text, named: $0) }
        }
        let key = "\(steps.vcenter.profile.endpoint) \(text)"
        func search() {
            steps.step(.listTagCategories, []) { categories in
                let all = categories?.elements.compactMap(\.string)[...] ?? []
                look(in: all, for: text) { id in
                    steps.runtime.knownTags[key] = id
                    go(id, named: text)
                }
            }
        }
        guard let known = steps.runtime.knownTags[key] else { return search() }
        steps.attempt(.getTag, value(known)) { result in
            guard case .success(let model) = result, let name = model?["name"]?.string,
                text.hasSuffix("/" + name)
            else {
                steps.runtime.knownTags[key] = nil
                return search()
            }
            go(known, named: text)
        }
    }

    /// The name of a tag, for the line of a plan; there being no such tag ends the function, as it would the change.
    private func name(_ id: String, then next: @escaping (String?) -> Void) {
        steps.attempt(.getTag, value(id)) { result in
            switch result {
            case .failure(let error) where error.kind == .notFound:
                steps.runtime.finish(steps.pending, steps.named(error))
            case .failure: next(nil)
            case .success(let model):
                let own = model?["name"]?.string ?? ""
                steps.attempt(.getTagCategory, value(model?["category_id"]?.string ?? "")) {
                    guard case .success(let category) = $0,
                        let name = category?["name"]?.string
                    else { return next(nil) }
                    next("\(name)/\(own)")
                }
            }
        }
    }

    /// Looks for the category, then for the tag in it; either name may hold a slash.
    private func look(
        in categories: ArraySlice<String>,
        for text: String,
        then next: @escaping (String) -> Void
    ) {
        guard let category = categories.first else { return missing(text) }
        func further() { look(in: categories.dropFirst(), for: text, then: next) }
        steps.step(.getTagCategory, value(category)) { model in
            let name = (model?["name"]?.string ?? "") + "/"
            guard text.hasPrefix(name) else { return further() }
            steps.step(.listCategoryTags, value(category)) { tags in
                let all = tags?.elements.compactMap(\.string)[...] ?? []
                let wanted = String(text.dropFirst(name.count))
                match(wanted, among: all, then: next, otherwise: further)
            }
        }
    }

    private func match(
        _ name: String,
        among tags: ArraySlice<String>,
        then next: @escaping (String) -> Void,
        otherwise: @escaping () -> Void
    ) {
        guard let tag = tags.first else { return otherwise() }
        steps.step(.getTag, value(tag)) { model in
            guard model?["name"]?.string != name else { return next(tag) }
            match(name, among: tags.dropFirst(), then: next, otherwise: otherwise)
        }
    }

    private func missing(_ text: String) {
        var error = VSphereError(
            .notFound,
            "there is no tag \"\(Display.escape(text))\"",
            operation: steps.name,
            hint: "it is written \"category/tag\", with the names that the vCenter has"
        )
        error.vcenter = steps.vcenter.profile.endpoint.description
        steps.runtime.finish(steps.pending, error)
    }

    private func value(_ text: String) -> [Value] { ValueBuffer.values { $0.put(text) } }
}
