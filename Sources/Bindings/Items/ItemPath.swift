/// The ways in which a script names an item.
enum ItemPath: Equatable {
    /// A library and a name in it.
    struct Place: Equatable {
        var library: String
        var name: String
    }

    case identifier(String)
    /// The places that the text may mean, those with the shortest library first.
    case named([Place])

    /// Reads `library/name`, `/library/name` or an identifier.
    ///
    /// Names of libraries and of items may hold slashes: each slash behind the leading one may be the one
    /// that divides.
    init?(_ text: String) {
        let path = text.hasPrefix("/") ? text.dropFirst() : text[...]
        guard path.contains("/") else {
            guard !path.isEmpty, path.count == text.count else { return nil }
            self = .identifier(text)
            return
        }
        let places = path.indices.compactMap { index -> Place? in
            guard path[index] == "/" else { return nil }
            let (library, name) = (path[..<index], path[path.index(after: index)...])
            guard !library.isEmpty, !name.isEmpty else { return nil }
            return Place(library: String(library), name: String(name))
        }
        guard !places.isEmpty else { return nil }
        self = .named(places)
    }
}
