internal import LuaHost
internal import Buffers
internal import Text

extension Runtime {
    /// The text that is shown for a host object, or for a Lua value that could not be copied.
    ///
    /// A secret is shown as `***`, as everywhere.
    func describe(_ value: Value) -> String {
        guard let object = value.object else { return "" }
        switch StandIn(object) {
        case .hostFunction(let number):
            return "<function \(functions.indices.contains(number) ? functions[number].name : "?")>"
        case .cycle: return "<cycle>"
        case .tooDeep: return "<…>"
        case .function(let address):
            return functionNumber(at: address).map { "<function \(functions[$0].name)>" }
                ?? interpreter.note(at: address).map { "<function \($0)>" } ?? "<function>"
        case .coroutine: return "<coroutine>"
        case .userdata(let address): return interpreter.note(at: address) ?? "<userdata>"
        case .task(let state): return "<task: \(state)>"
        case .text(let number), .name(let number):
            return Display.escape(
                bytes: interpreter.text(numbered: number),
                limit: Show.textLimit
            )
        case nil: break
        }
        let text = ValueBuffer()
        property("__tostring", ofKind: object.kind, identifier: object.identifier, into: text)
        return text.root?.string ?? "<\(ObjectKind(rawValue: object.kind)?.name ?? "object")>"
    }
}
