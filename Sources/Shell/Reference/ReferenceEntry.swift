internal import Bindings

/// An entry of the reference: a function, a value, or a kind of object.
enum ReferenceEntry {
    case function(FunctionSpec)
    case value(ValueSpec)
    case object(ObjectKind)

    /// All entries, in the order of the reference.
    static var all: [ReferenceEntry] {
        (FunctionSpec.all + FunctionSpec.testing).map(Self.function) + ValueSpec.all.map(Self.value)
            + ObjectKind.allCases.map(Self.object)
    }

    /// Its name; that of a method begins with its object: `item:latest`.
    var name: String {
        switch self {
        case .function(let spec) where spec.isGlobal: spec.name
        case .function(let spec): "\(spec.receivers[0]):\(spec.name)"
        case .value(let value): value.name
        case .object(let kind): kind.name
        }
    }

    var summary: String {
        switch self {
        case .function(let spec): spec.summary
        case .value(let value): value.summary
        case .object(let kind): kind.summary
        }
    }

    /// The entries for a name: one, all of a module, or all methods with that name.
    static func find(_ name: String, in entries: [ReferenceEntry]) -> [ReferenceEntry] {
        let exact = entries.filter { $0.name == name }
        if !exact.isEmpty { return exact }
        let module = entries.filter { $0.name.hasPrefix("\(name).") && !$0.isObject }
        if !module.isEmpty { return module }
        let named = entries.filter { entry in
            switch entry {
            case .function(let spec):
                spec.name == name || spec.receivers.contains { "\($0):\(spec.name)" == name }
            case .object(let kind): "\(kind)" == name
            case .value: false
            }
        }
        guard named.isEmpty, !name.isEmpty else { return named }
        // As `help` does: all that speak of it.
        let wanted = name.lowercased()
        return entries.filter {
            $0.name.lowercased().contains(wanted) || $0.summary.lowercased().contains(wanted)
        }
    }

    /// The names of the modules.
    static func modules(of entries: [ReferenceEntry]) -> [String] {
        var names: [String] = []
        for case .function(let spec) in entries {
            if let module = spec.module, !names.contains(module) { names.append(module) }
        }
        return names
    }

    private var isObject: Bool { if case .object = self { true } else { false } }

    /// The text for a terminal: one entry in full, several as one line each.
    static func plain(_ entries: [ReferenceEntry], isList: Bool, width: Int) -> String {
        if !isList, entries.count == 1 {
            switch entries[0] {
            case .function(let spec): return Reference.text(for: spec, width: width)
            case .object(let kind):
                return Reference.text(for: kind, in: FunctionSpec.all, width: width)
            case .value(let value):
                return
                    (["\(value.name): \(value.type)", "  \(value.summary)", "", "Example"]
                    + value.example.split(separator: "\n").map { "  \($0)" })
                    .joined(separator: "\n")
            }
        }
        let longest = (entries.map(\.name.count).max() ?? 0) + 2
        return entries.map { entry in
            let lines = entry.summary.wrapped(to: max(width - longest, 20))
            let margin = String(repeating: " ", count: longest)
            return
                ([entry.name.padded(to: longest) + lines[0]] + lines.dropFirst().map { margin + $0 })
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
