internal import Bindings
internal import LineEditor

/// Finds the description of the function at a place.
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

    /// The names that `.help` explains.
    var topics: [String] { Set(globals.keys).union(methods.keys).sorted() }

    /// The function that a call means, if it is one of ours.
    func spec(of call: CursorContext.CallSite) -> FunctionSpec? {
        guard let last = call.path.last else { return nil }
        return call.isMethod ? methods[last] : globals[call.path.joined(separator: ".")]
    }

    /// The functions of a module, by name.
    func functions(of module: String) -> [FunctionSpec] {
        globals.values.filter { $0.module == module }.sorted { $0.name < $1.name }
    }

    /// The methods of a kind of object.
    func methods(of kind: ObjectKind) -> [FunctionSpec] {
        methods.values.filter { $0.receivers.contains(kind) }
    }

    /// The function with this name, global or method.
    func spec(named name: String) -> FunctionSpec? { globals[name] ?? methods[name] }

    /// One line with the form of a call: `rollback(item, version, message,
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
    static func options(of parameter: FunctionSpec.Parameter) -> [String] {
        parameter.type.fields.map(\.name)
    }

    /// The values listed by a parameter's type: `"start"|"stop"`.
    static func choices(of parameter: FunctionSpec.Parameter) -> [String] { parameter.type.choices }
}
