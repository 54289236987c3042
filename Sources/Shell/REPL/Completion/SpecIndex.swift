internal import Bindings

/// Finds what is known about the function at a place.
struct SpecIndex {
    private let globals: [String: FunctionSpec]
    private let methods: [String: FunctionSpec]

    init(_ specs: [FunctionSpec]) {
        globals = Dictionary(specs.filter(\.isGlobal).map { ($0.name, $0) }) { first, _ in first }
        methods = Dictionary(specs.filter { !$0.receivers.isEmpty }.map { ($0.name, $0) }) {
            first,
            _ in first
        }
    }

    /// The names of all functions, for colouring.
    var names: Set<String> {
        Set(globals.keys.flatMap { $0.split(separator: ".").map(String.init) }).union(methods.keys)
    }

    /// The function that a call means, if it is one of ours.
    func spec(of call: CursorContext.CallSite) -> FunctionSpec? {
        guard let last = call.path.last else { return nil }
        return call.isMethod ? methods[last] : globals[call.path.joined(separator: ".")]
    }

    /// The methods of a kind of object.
    func methods(of kind: ObjectKind) -> [FunctionSpec] {
        methods.values.filter { $0.receivers.contains(kind) }
    }

    /// The function of this name, wherever it is found.
    func spec(named name: String) -> FunctionSpec? { globals[name] ?? methods[name] }

    /// The parameters that a call writes between its parentheses.
    ///
    /// A method of an item has no first parameter `item`: that is what it is called on. Whether a variable
    /// holds an item or a session only the interpreter knows.
    static func parameters(
        of spec: FunctionSpec,
        isOnItem: Bool
    ) -> [FunctionSpec.Parameter] {
        guard isOnItem, spec.isGlobal, spec.parameters.first?.name == "item" else {
            return spec.parameters
        }
        return Array(spec.parameters.dropFirst())
    }

    /// One line that says how a function is called: `rollback(item, version, message,
    /// [options])`.
    static func signature(
        _ name: String,
        _ parameters: [FunctionSpec.Parameter],
        _ result: String
    ) -> String {
        let list = parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        return "\(name)(\(list.joined(separator: ", ")))" + (result == "nil" ? "" : " → \(result)")
    }

    /// The names of the options that a table parameter takes.
    ///
    /// They stand in its type, `{if_latest: string}`, else at the beginning of each part of its summary.
    static func options(of parameter: FunctionSpec.Parameter) -> [String] {
        let isDeclared = parameter.type.contains("{")
        guard isDeclared || parameter.type == "table" else { return [] }
        let text = isDeclared ? parameter.type : parameter.summary
        var names: [String] = []
        for part in text.split(whereSeparator: { "{},;…".contains($0) }) {
            let words = part.drop { $0 == " " }
            let name = words.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let rest = words.dropFirst(name.count).drop { $0 == " " }
            let isName = rest.isEmpty || "=(:?".contains(rest.first ?? " ")
            if !name.isEmpty, isName, !names.contains(String(name)) { names.append(String(name)) }
        }
        return names
    }

    /// The values that a parameter's type lists: `"start"|"stop"`.
    static func choices(of parameter: FunctionSpec.Parameter) -> [String] {
        guard parameter.type.hasPrefix("\"") else { return [] }
        return parameter.type.split(separator: "|").map {
            String($0.drop { $0 == "\"" }.prefix { $0 != "\"" })
        }
    }
}
