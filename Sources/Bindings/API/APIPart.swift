internal import APIIndex
internal import Buffers
internal import Text
internal import VSphere

/// A package, a service or an operation of the whole Automation API, as a script names it.
///
/// Any name gives a part: whether there is such an operation is told when it is called, with the word that is wrong.
final class APIPart {
    /// The number of the session; nil for the only one that is open.
    let session: UInt64?
    /// The names up to this part, with dots; empty for the whole.
    let path: String
    /// The operation that it is, once it was called.
    var operation: VSphere.Operation?

    init(session: UInt64?, path: String = "") {
        self.session = session
        self.path = path
    }

    /// The part of that name in this one.
    func part(_ name: String) -> APIPart {
        APIPart(session: session, path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// Why there is no such operation.
    var problem: VSphereError {
        let words = path.isEmpty ? [] : path.split(separator: ".").map(String.init)
        var known = ""
        for word in words {
            let children = APIFacts.children(of: known)
            guard children.contains(where: { $0.name == word && !$0.isOperation }) else {
                let isOperation = children.contains { $0.name == word }
                if isOperation {
                    return usage(
                        "\(word) is an operation: nothing is in it",
                        "call api.\(known).\(word)"
                    )
                }
                let place = known.isEmpty ? "api" : "api.\(known)"
                return usage(
                    "there is no \(Display.name(word)) in \(place)",
                    APIFacts.operation(like: path).map { "did you mean api.\($0)?" }
                        ?? Self.advice(word, among: children.map(\.name), of: place)
                )
            }
            known += known.isEmpty ? word : ".\(word)"
        }
        let children = APIFacts.children(of: path)
        let isService = children.contains(where: \.isOperation)
        let kind = isService ? "a service" : path.isEmpty ? "the whole API" : "a package"
        return usage(
            "it is \(kind), and only operations are called",
            "it has \(Self.list(children.filter { $0.isOperation == isService }.map(\.name)))"
        )
    }

    private func usage(_ message: String, _ hint: String) -> VSphereError {
        let name =
            path.isEmpty ? "api" : "api." + Display.escape(bytes: Array(path.utf8), limit: 120)
        return VSphereError(.usage, message, operation: name, hint: hint)
    }

    private static func advice(
        _ word: String,
        among names: [String],
        of place: String
    ) -> String {
        if let guess = Suggestion.nearest(to: word, among: names) {
            return "did you mean \(guess)?"
        }
        return "\(place) has \(list(names))"
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown), …" : shown
    }
}
