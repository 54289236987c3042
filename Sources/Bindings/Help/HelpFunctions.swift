internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The function `help`.
    static let help = FunctionSpec(
        "help",
        "Prints the reference of a function, a module, or all.",
        [
            Parameter(
                "topic",
                "any",
                "a function, an object, a name, a module, or a word to look for; nil for the list",
                isOptional: true
            )
        ],
        returns: Result("nil", "nothing; the text goes to standard output"),
        errors: ["usage"],
        example: """
            help(rollback)
            help "json"
            """,
        isLenient: true
    ) { runtime, call in
        runtime.answer(call) { () throws(VSphereError) in
            let arguments = Arguments(call, of: "help")
            let text = try runtime.helpText(arguments) + "\n"
            if runtime.showLong?(text) != true { runtime.interpreter.write(text) }
        }
    }
}

extension Runtime {
    fileprivate func helpText(_ arguments: Arguments) throws(VSphereError) -> String {
        let width = min(configuration.columns() ?? 80, 100)
        guard let topic = arguments[0] else {
            return Reference.overview(functions, width: width)
                + "\n\nhelp(name) tells more about one of them."
        }
        if let object = topic.object {
            let number: Int? =
                switch StandIn(object) {
                case .hostFunction(let number): number
                case .function(let address): functionNumber(at: address)
                default: nil
                }
            if let number, functions.indices.contains(number) {
                return Reference.text(for: functions[number], width: width)
            }
            if let path = apiPath(of: topic), !path.isEmpty {
                return APIReference.text(path, width: width)
                    ?? "api has no \(Display.name(path)); help \"api\" tells about it"
            }
            // For an object: its fields and methods.
            if let kind = ObjectKind(rawValue: object.kind) {
                return Reference.text(for: kind, in: functions, width: width)
            }
            return
                "nothing is known of \(describe(topic)); help() lists vmoon's own functions, and "
                + "help \"name\" takes a name too"
        }
        guard let word = topic.string, !word.isEmpty else {
            throw arguments.misuse("topic must be a function or its name")
        }
        if word.hasPrefix("api."), let text = APIReference.text(word, width: width) { return text }
        let found = Reference.find(word, in: functions)
        switch found.count {
        case 0: return "nothing here is about \"\(Display.name(word))\"; help() lists all"
        case 1: return Reference.text(for: found[0], in: functions, width: width)
        default: return Reference.overview(found, width: width)
        }
    }
}
