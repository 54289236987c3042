internal import JSON

/// Makes the parameters of an operation of a query.
///
/// `/rest` puts a structure's members behind the parameter's name, `filter.names=a`, with a number where there are
/// several or without: `filter.names.1=a`. `/api` has them bare: `names=a&names=b`.
struct QueryReader {
    /// The value of a name in the query: texts, or names inside it.
    private struct Tree {
        var texts: [String] = []
        var children: [(name: String, tree: Tree)] = []

        mutating func add(_ text: String, at path: ArraySlice<Substring>) {
            guard let name = path.first else { return texts.append(text) }
            let index =
                children.firstIndex { $0.name == name }
                ?? {
                    children.append((String(name), Tree()))
                    return children.count - 1
                }()
            children[index].tree.add(text, at: path.dropFirst())
        }
    }

    let dialect: Dialect
    /// The parameters that may stand in a query.
    let members: [Member]

    /// Reads pairs of names and texts.
    /// - Throws: `unexpected_input` for a name that is no parameter; what is inside one is the checker's to judge.
    func read(_ query: [(name: String, value: String)]) throws(VAPIError) -> [JSONValue.Member] {
        var root = Tree()
        for (name, text) in query {
            guard let path = path(of: name) else {
                throw VAPIError(.unexpectedInput, [.unexpected([name], "operation-input")])
            }
            root.add(text, at: path)
        }
        return root.children.map { child in
            .init(child.name, value(of: child.tree, members.first { $0.name == child.name }?.type))
        }
    }

    /// The parameter that a name is in, and the way to it from there; nil where there is none.
    private func path(of name: String) -> ArraySlice<Substring>? {
        let path = name.split(separator: ".", omittingEmptySubsequences: false)[...]
        let member = members.first { member in
            guard dialect == .api, case .structure(let structure) = member.type else {
                return member.name == path[0]
            }
            return structure[String(path[0])] != nil
        }
        guard let member else { return nil }
        return member.name == path[0] ? path : [Substring(member.name)] + path
    }

    private func value(of tree: Tree, _ type: InputType?) -> JSONValue {
        switch type {
        case .list(let element), .set(let element):
            let numbered = tree.children.filter { Int($0.name) != nil }
            guard numbered.count == tree.children.count else { break }
            return .array(
                tree.texts.map { scalar($0, element) }
                    + numbered.map { value(of: $0.tree, element) }
            )
        case .structure(let structure) where tree.texts.isEmpty:
            return .object(
                tree.children.map { .init($0.name, value(of: $0.tree, structure[$0.name]?.type)) }
            )
        default: break
        }
        if !tree.children.isEmpty {
            return .object(tree.children.map { .init($0.name, value(of: $0.tree, nil)) })
        }
        let texts = tree.texts.map { scalar($0, type) }
        return texts.count == 1 ? texts[0] : .array(texts)
    }

    /// Everything in a query is text; what does not read as its type stays so, and is refused by the checker.
    private func scalar(_ text: String, _ type: InputType?) -> JSONValue {
        switch (type, text.lowercased()) {
        case (.integer, _): Int(text).map { .integer($0) } ?? .string(text)
        case (.boolean, "true"): true
        case (.boolean, "false"): false
        default: .string(text)
        }
    }
}
