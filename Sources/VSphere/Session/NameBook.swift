internal import Buffers
internal import Text

/// The names of items and libraries, as far as the answers of a vCenter have told them in a run.
public struct NameBook {
    private var items: [String: (name: String, library: String?)] = [:]
    private var libraries: [String: String] = [:]

    /// Takes note of an item.
    /// - Parameters:
    ///   - item: Its identifier.
    ///   - name: Its name.
    ///   - library: The identifier of its library.
    mutating func note(item: String, _ name: String, library: String?) {
        items[item] = (name, library)
    }

    /// Takes note of a library.
    mutating func note(library: String, _ name: String) { libraries[library] = name }

    /// Takes note of what an answer tells.
    mutating func note(_ call: Call, _ answer: Value?) {
        switch call.operation.name {
        case "getItem":
            guard let item = call.item, let name = answer?["name"]?.string else { return }
            note(item: item, name, library: answer?["library_id"]?.string)
        case "getLibrary":
            guard let library = call.argument(0)?.string, let name = answer?["name"]?.string else {
                return
            }
            note(library: library, name)
        case "createLibrary", "createSubscribedLibrary":
            guard let name = call.argument(0)?["name"]?.string, let library = answer?.string else {
                return
            }
            note(library: library, name)
        case "updateItem":
            // An item that no answer has named stays so: its library is not known.
            guard let item = call.item, let name = call.argument(1)?["name"]?.string,
                let known = items[item]
            else { return }
            note(item: item, name, library: known.library)
        case "findLibraries":
            // vCenter finds a name however its letters are cased: what getLibrary tells is better.
            guard let name = call.argument(0)?["name"]?.string, let answer, answer.count == 1,
                let library = answer.elements.first(where: { _ in true })?.string,
                libraries[library] == nil
            else { return }
            note(library: library, name)
        default: break
        }
    }

    /// The name of an item, `library/name` where its library is known; nil for an item that no answer has named.
    public func path(ofItem item: String) -> String? {
        guard let known = items[item] else { return nil }
        let library = known.library.flatMap { libraries[$0] }
        return library.map { "\($0)/\(known.name)" } ?? known.name
    }

    /// The subject of a message with the name of its item: `item golden/rhel-9 (5f3c)` for `item 5f3c`.
    public func naming(_ subject: String, item: String?) -> String {
        guard let item, let path = path(ofItem: item) else { return subject }
        let id = Display.escape(bytes: Array(item.utf8), limit: 80)
        let bare = "item \(id)"
        guard subject == bare || subject.hasPrefix(bare + ",") else { return subject }
        return "item \(Display.name(path)) (\(id))" + subject.dropFirst(bare.count)
    }
}
