/// The ways in which a script names an item.
enum ItemPath: Equatable {
    case identifier(String)
    case named(library: String, name: String)

    /// Reads `library/name`, `/library/name` or an identifier.
    ///
    /// Only the first slash after a leading one divides: an item's name may contain slashes.
    init?(_ text: String) {
        let path = text.hasPrefix("/") ? text.dropFirst() : text[...]
        guard let slash = path.firstIndex(of: "/") else {
            guard !path.isEmpty, path.count == text.count else { return nil }
            self = .identifier(text)
            return
        }
        let library = path[..<slash]
        let name = path[path.index(after: slash)...]
        guard !library.isEmpty, !name.isEmpty else { return nil }
        self = .named(library: String(library), name: String(name))
    }
}
