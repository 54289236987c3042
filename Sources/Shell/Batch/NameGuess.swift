internal import Bindings
internal import Text

/// The name that was probably meant by an undefined name.
struct NameGuess {
    /// `did you mean rollback?`; nil without a guess.
    let text: String?

    /// Reads a Lua error message: `attempt to call a nil value (global 'rolback')`.
    init(_ message: String) { text = Self.guess(message) }

    private static func guess(_ message: String) -> String? {
        guard let start = message.firstRange(of: " a nil value (") else { return nil }
        let words = message[start.upperBound...].split(separator: "'", maxSplits: 2)
        guard words.count == 3, words[2].hasPrefix(")") else { return nil }
        let name = String(words[1])
        let names: [String]
        switch words[0] {
        case "global ": names = CheckIndex(FunctionSpec.all).globals
        case "method ": names = FunctionSpec.all.filter { !$0.receivers.isEmpty }.map(\.name)
        case "field ":
            names = FunctionSpec.all.map(\.ownName) + StandardLibrary.functions.keys.map(ownName)
        default: return nil
        }
        // If the name is correct, the problem is another one: the object is not of the expected kind.
        guard !names.contains(name) else { return nil }
        return Suggestion.nearest(to: name, among: names.sorted()).map { "did you mean \($0)?" }
    }

    private static func ownName(_ path: String) -> String {
        path.split(separator: ".").last.map(String.init) ?? path
    }
}
