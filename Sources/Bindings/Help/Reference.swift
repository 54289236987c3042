internal import Text

/// The reference as text: what `help` and `vmoon doc` print.
public enum Reference {
    /// The complete description of one function.
    /// - Parameters:
    ///   - spec: The function.
    ///   - width: The column at which lines are broken, in characters.
    /// - Returns: Several lines, without a newline at the end.
    public static func text(for spec: FunctionSpec, width: Int = 80) -> String {
        var lines = signatures(of: spec).flatMap { form in
            // An optional parameter stays in one piece with its comma.
            WordWrap.lines(form.replacing("[, ", with: "[,\u{A0}"), width: width, hang: 4)
                .map { $0.replacing("\u{A0}", with: " ") }
        }
        lines += wrapped(spec.summary, indent: 2, width)
        if !spec.parameters.isEmpty {
            lines += ["", "Parameters"]
            for parameter in spec.parameters {
                let optional = parameter.isOptional ? "optional; " : ""
                lines += wrapped("\(parameter.name): \(parameter.type)", indent: 2, width)
                lines += wrapped(optional + parameter.summary, indent: 6, width)
            }
        }
        lines += ["", "Returns"]
        if spec.result.type != "nil" { lines += wrapped(spec.result.type, indent: 2, width) }
        lines += wrapped(spec.result.summary, indent: spec.result.type == "nil" ? 2 : 6, width)
        if !spec.result.otherwise.isEmpty {
            let other = FunctionSpec.Result.text(spec.result.otherwise)
            lines += wrapped("or \(other)", indent: 2, width)
        }
        if !spec.errors.isEmpty {
            lines += ["", "Errors"]
            lines += wrapped(spec.errors.joined(separator: ", "), indent: 2, width)
        }
        lines += ["", "Example"]
        lines += spec.example.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  \($0)" }
        lines += ["", "Since \(spec.since)"]
        return lines.joined(separator: "\n")
    }

    /// The complete description of a kind of object: its fields and its methods.
    public static func text(
        for kind: ObjectKind,
        in specs: [FunctionSpec],
        width: Int = 80
    ) -> String {
        var lines = [kind.name] + wrapped(kind.summary, indent: 2, width)
        if !kind.fields.isEmpty {
            lines += ["", "Fields"]
            for field in kind.fields {
                lines += wrapped("\(field.name): \(field.type)", indent: 2, width)
                lines += wrapped(field.summary, indent: 6, width)
            }
        }
        let methods = specs.filter { $0.receivers.contains(kind) }
        if !methods.isEmpty {
            lines += ["", "Methods", list(methods, methods.map { "\(kind):\($0.name)" }, width)]
        }
        return lines.joined(separator: "\n")
    }

    /// The forms in which a function is called: `rollback(item, version, message [, options])`, then as a method.
    public static func signatures(of spec: FunctionSpec) -> [String] {
        var forms: [String] = []
        if spec.isGlobal { forms.append(spec.name + list(spec.parameters)) }
        for receiver in spec.receivers {
            forms.append("\(receiver):\(spec.name)\(list(spec.parameters(on: receiver)))")
        }
        return forms
    }

    /// The form of a call with these parameters: `rollback(version, message [, options])`.
    public static func form(
        of spec: FunctionSpec,
        _ parameters: [FunctionSpec.Parameter]
    ) -> String {
        spec.name + list(parameters)
    }

    /// A list of all functions, one line each, grouped by module.
    public static func overview(_ specs: [FunctionSpec], width: Int = 80) -> String {
        let names = specs.map {
            $0.isGlobal ? $0.name : ($0.receivers.first.map { "\($0):" } ?? "") + $0.name
        }
        return list(specs, names, width)
    }

    private static func list(_ specs: [FunctionSpec], _ names: [String], _ width: Int) -> String {
        let longest = names.map(\.count).max() ?? 0
        return zip(specs, names).map { spec, name in
            let lines = wrapped(spec.summary, indent: longest + 2, width)
            let first = lines.first?.dropFirst(longest + 2) ?? ""
            let padding = String(repeating: " ", count: longest + 2 - name.count)
            return ([name + padding + first] + lines.dropFirst()).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// The functions that match a word: of that name, of that module, else all whose description has it.
    public static func find(_ word: String, in specs: [FunctionSpec]) -> [FunctionSpec] {
        // No name and no summary is so long, and a script may ask for anything.
        guard word.utf8.count <= 200 else { return [] }
        let wanted = word.lowercased()
        // A global comes before a method of the same name; that is found as `progress:step`.
        let named = specs.filter { $0.name == word }
        let globals = named.filter(\.isGlobal)
        let exact = globals.isEmpty ? named + specs.filter { $0.isMethod(word) } : globals
        if !exact.isEmpty { return exact }
        let module = specs.filter { $0.name.lowercased().hasPrefix(wanted + ".") }
        if !module.isEmpty { return module }
        return specs.filter {
            $0.name.lowercased().contains(wanted) || $0.summary.lowercased().contains(wanted)
        }
    }

    /// The text for a function that is a module as well, with the names of what it contains.
    static func text(for spec: FunctionSpec, in specs: [FunctionSpec], width: Int) -> String {
        let fields = specs.filter { $0.module == spec.name && $0.name != spec.name }
        guard !fields.isEmpty else { return text(for: spec, width: width) }
        return text(for: spec, width: width) + "\n\n" + overview(fields, width: width)
    }

    private static func list(_ parameters: [FunctionSpec.Parameter]) -> String {
        var text = "("
        for (place, parameter) in parameters.enumerated() {
            let comma = place == 0 ? "" : ", "
            text +=
                parameter.isOptional
                ? "\(place == 0 ? "" : " ")[\(comma)\(parameter.name)]" : comma + parameter.name
        }
        return text + ")"
    }

    private static func wrapped(_ text: String, indent: Int, _ width: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return WordWrap.lines(margin + text, width: max(width, indent + 20), hang: indent)
    }
}

extension FunctionSpec {
    /// Tells whether a word is the name of the method: `progress:step`.
    fileprivate func isMethod(_ word: String) -> Bool {
        receivers.contains { "\($0):\(name)" == word }
    }
}
