internal import Bindings
internal import Text

/// The name that was probably meant by one that is undefined, or cannot be called.
struct NameGuess {
    /// `did you mean rollback?`; nil without a guess.
    let text: String?

    /// Reads a Lua error message: `attempt to call a nil value (global 'rolback')`.
    init(_ message: String) {
        if let (kind, name) = Self.name(after: " a nil value (", in: message) {
            text = Self.guess(name, kind)
        } else if let (kind, name) = Self.name(after: " call a table value (", in: message),
            kind == "global "
        {
            text = Self.functions(of: name)
        } else {
            text = nil
        }
    }

    /// The kind and the name in `global 'rolback')`.
    private static func name(
        after words: String,
        in message: String
    ) -> (kind: Substring, name: String)? {
        guard let start = message.firstRange(of: words) else { return nil }
        let words = message[start.upperBound...].split(separator: "'", maxSplits: 2)
        guard words.count == 3, words[2].hasPrefix(")") else { return nil }
        return (words[0], String(words[1]))
    }

    /// `find("vm", …)`: a module was called.
    private static func functions(of module: String) -> String? {
        let names = FunctionSpec.all.map(\.name).filter { $0.hasPrefix(module + ".") }
        return names.isEmpty ? nil : "its functions are \(names.joined(separator: ", "))"
    }

    private static func guess(_ name: String, _ kind: Substring) -> String? {
        let names: [String]
        switch kind {
        case "global ": names = CheckIndex(FunctionSpec.all).globals
        case "method ": names = FunctionSpec.all.filter { !$0.receivers.isEmpty }.map(\.name)
        case "field ":
            names = FunctionSpec.all.map(\.ownName) + StandardLibrary.functions.keys.map(ownName)
        default: return nil
        }
        // If the name is correct, the problem is another one: the object is not of the expected kind.
        guard !names.contains(name) else { return nil }
        let near = Suggestion.nearest(to: name, among: names.sorted())
        return (Synonyms.globals[name] ?? near).map { "did you mean \($0)?" }
    }

    private static func ownName(_ path: String) -> String {
        path.split(separator: ".").last.map(String.init) ?? path
    }
}
