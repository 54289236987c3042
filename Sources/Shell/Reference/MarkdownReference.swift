internal import Bindings

/// The reference in Markdown: `vmoon doc --markdown`.
enum MarkdownReference {
    /// The text.
    /// - Parameters:
    ///   - entries: The entries to describe.
    ///   - isWhole: Whether it is a page of its own, with a title.
    /// - Returns: The text with its last newline.
    static func text(_ entries: [ReferenceEntry], isWhole: Bool) -> String {
        var blocks: [String] = []
        if isWhole {
            blocks += [
                "# The functions of vmoon",
                "Written by `vmoon doc --markdown`. Every function is there without `require`; "
                    + "`require \"vmoon\"` returns all of them as one table. What is written "
                    + "`vc:name(…)` is a method of the object.",
            ]
        }
        for entry in entries { blocks += self.blocks(entry, level: isWhole ? "##" : "#") }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func blocks(_ entry: ReferenceEntry, level: String) -> [String] {
        let title = "\(level) \(entry.name)"
        switch entry {
        case .function(let spec): return [title] + blocks(spec)
        case .value(let value):
            return [
                title, "`\(value.type)`. \(value.summary)", "```lua\n\(value.example)\n```",
            ]
        case .object(let kind):
            let methods = FunctionSpec.all.filter { $0.receivers.contains(kind) }
            let fields = kind.fields.map { "- `\($0.name): \($0.type)`: \($0.summary)" }
            var blocks = [title, kind.summary]
            if !fields.isEmpty { blocks.append(fields.joined(separator: "\n")) }
            if !methods.isEmpty {
                let names = methods.map { "`\($0.name)`" }.joined(separator: ", ")
                blocks.append("Methods: \(names).")
            }
            return blocks
        }
    }

    private static func blocks(_ spec: FunctionSpec) -> [String] {
        var blocks = [
            "```\n\(Reference.signatures(of: spec).joined(separator: "\n"))\n```", spec.summary,
        ]
        let parameters = spec.parameters.map { parameter in
            let note = parameter.isOptional ? " (optional)" : ""
            return "- `\(parameter.name): \(parameter.type)`\(note): \(parameter.summary)"
        }
        if !parameters.isEmpty { blocks.append(parameters.joined(separator: "\n")) }
        let type = spec.result.types.isEmpty ? "" : "`\(spec.result.type)`: "
        var result = "Returns \(type)\(spec.result.summary)."
        if !spec.result.otherwise.isEmpty {
            result += " Else `\(FunctionSpec.Result.text(spec.result.otherwise))`."
        }
        blocks.append(result)
        if !spec.errors.isEmpty {
            blocks.append("Raises " + spec.errors.map { "`\($0)`" }.joined(separator: ", ") + ".")
        }
        blocks.append("```lua\n\(spec.example)\n```")
        blocks.append("Since \(spec.since).")
        return blocks
    }
}
