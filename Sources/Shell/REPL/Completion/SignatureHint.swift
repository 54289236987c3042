internal import Bindings
internal import LineEditor
internal import LuaHost

/// The hint below the line about the call being typed.
struct SignatureHint {
    let completer: Completer
    /// The parameters of a Lua function.
    let parameters: ([String]) -> Interpreter.Found?

    /// The line for a text and a cursor; empty if no function is known.
    func text(_ text: LexedText, cursor: Int) -> String {
        guard text.characters.first != "." else { return "" }
        let context = CursorContext(text, cursor: cursor)
        guard let call = context.call, let name = call.path.last else { return "" }
        if let spec = completer.spec(of: call) {
            let current = completer.parameter(context)
            let isShort =
                call.isMethod && current?.name != spec.parameters[safe: call.argument]?.name
            let parameters = spec.parameters(on: isShort ? .item : nil)
            let signature = SpecIndex.signature(name, parameters, spec.result.shortType)
            guard let current else { return signature }
            return "\(signature)  \(current.name): \(current.summary)"
        }
        guard !call.isMethod, let found = parameters(call.path), !found.names.isEmpty else {
            return ""
        }
        return "\(name)(\(found.names.map(\.name).joined(separator: ", ")))"
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
