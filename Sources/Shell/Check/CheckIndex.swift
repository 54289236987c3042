internal import Bindings

/// The names that the checker knows: our functions, and Lua's.
struct CheckIndex {
    private let functions: [String: FunctionSpec]
    private let methods: [ObjectKind: [String: FunctionSpec]]
    private let values: [String: ValueSpec]
    /// Our modules.
    private let modules: Set<String>
    /// The types of the rows in the lists that our functions return.
    private let rows: [LuaType]
    /// Functions that return one record with a field, by the field.
    private let givers: [String: String]

    init(_ specs: [FunctionSpec], _ values: [ValueSpec] = ValueSpec.all) {
        functions = Dictionary(
            specs.filter(\.isGlobal).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var methods: [ObjectKind: [String: FunctionSpec]] = [:]
        for spec in specs {
            for kind in spec.receivers { methods[kind, default: [:]][spec.name] = spec }
        }
        self.methods = methods
        self.values = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0) })
        modules = Set(specs.compactMap(\.module))
        rows = specs.compactMap {
            if case .list(let row)? = $0.result.types.first, !row.fields.isEmpty {
                row
            } else {
                nil
            }
        }
        var givers: [String: String] = [:]
        for spec in specs {
            guard case .record(let fields, _)? = spec.result.types.first else { continue }
            for field in fields where givers[field.name] == nil { givers[field.name] = spec.name }
        }
        self.givers = givers
        globals =
            functions.keys.filter { !$0.contains(".") } + modules + StandardLibrary.globals
    }

    /// Whether a global is a function or a module of ours.
    func isOurs(_ name: String) -> Bool { functions[name] != nil || modules.contains(name) }

    /// Whether a global is a table of functions.
    func isModule(_ name: String) -> Bool {
        modules.contains(name) || StandardLibrary.modules.contains(name)
    }

    /// The known value of a global; nil if it is undefined.
    func global(_ name: String) -> Known? {
        if let spec = functions[name] {
            return spec.called == .api ? .api("") : .function(spec, fieldOf: nil)
        }
        // Checked first: a function may have fields too.
        if let function = StandardLibrary.functions[name] { return .standard(function) }
        if isModule(name) { return .module(name) }
        if name == "_G" || name == "_ENV" { return .unknown }
        return StandardLibrary.values[name].map { .type($0) }
    }

    /// All globals.
    let globals: [String]

    /// The known value of a module's field; nil if there is none of that name.
    func field(_ name: String, of module: String) -> Known? {
        if module == "vmoon" { return isOurs(name) ? global(name) : nil }
        let path = "\(module).\(name)"
        if let spec = functions[path] { return .function(spec, fieldOf: nil) }
        if let value = values[path] { return Known(value.type) }
        if let function = StandardLibrary.functions[path] { return .standard(function) }
        return StandardLibrary.values[path].map { Known($0) }
    }

    /// The fields of a module.
    func names(in module: String) -> [String] {
        if module == "vmoon" {
            return functions.keys.filter { !$0.contains(".") } + modules
        }
        let prefix = module + "."
        return (Array(functions.keys) + Array(values.keys)).filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) } + StandardLibrary.names(in: module)
    }

    /// The function that returns a field which is missing in the rows of a list; nil if the type is no such row.
    func giver(of field: String, missingIn type: LuaType) -> String? {
        rows.contains(type) ? givers[field] : nil
    }

    /// A method of a kind of object.
    func method(_ name: String, of kind: ObjectKind) -> FunctionSpec? { methods[kind]?[name] }

    /// The fields and methods of a kind of object.
    func names(of kind: ObjectKind) -> [String] {
        kind.fields.map(\.name) + (methods[kind]?.keys.sorted() ?? [])
    }
}
