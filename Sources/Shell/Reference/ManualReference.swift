internal import Bindings
internal import Text

/// The reference as a manual page, `vmoon-lua(7)`, in the macros of man(7): `vmoon doc --man`.
enum ManualReference {
    /// The page.
    static func text(_ entries: [ReferenceEntry]) -> String {
        var lines = [
            ".TH VMOON-LUA 7", ".SH NAME", "vmoon-lua \\- the Lua functions of vmoon",
            ".SH DESCRIPTION",
            "Every function is there without require; require \"vmoon\" returns all of them as one",
            "table.",
        ]
        for entry in entries { lines += section(entry) }
        return (lines + [".SH SEE ALSO", ".BR vmoon (1)"]).joined(separator: "\n") + "\n"
    }

    private static func section(_ entry: ReferenceEntry) -> [String] {
        // Types are long: justified lines would have large gaps.
        var lines = [".SH \(entry.name.roff)", ".ad l"]
        switch entry {
        case .function(let spec):
            for form in Reference.signatures(of: spec) { lines += [".B \(form.roff)", ".br"] }
            lines += [".PP", spec.summary.roff]
            for parameter in spec.parameters {
                let note = parameter.isOptional ? "optional; " : ""
                lines += [
                    ".TP", ".I \(breakable("\(parameter.name): \(parameter.type)"))",
                    (note + parameter.summary).roff,
                ]
            }
            lines += [".TP", ".B Returns \(spec.result.type.roff)", spec.result.summary.roff]
            if !spec.errors.isEmpty {
                lines += [".TP", ".B Raises", spec.errors.joined(separator: ", ").roff]
            }
            lines += example(spec.example) + [".PP", "Since \(spec.since)."]
        case .value(let value):
            lines += [value.summary.roff] + example(value.example)
        case .object(let kind):
            lines.append(kind.summary.roff)
            for field in kind.fields {
                lines += [".TP", ".I \("\(field.name): \(field.type)".roff)", field.summary.roff]
            }
            let methods = FunctionSpec.all.filter { $0.receivers.contains(kind) }.map(\.name)
            if !methods.isEmpty {
                lines += [".TP", ".B Methods", methods.joined(separator: ", ").roff]
            }
        }
        return lines
    }

    /// A type for roff: a line may break after each of its alternatives.
    private static func breakable(_ type: String) -> String {
        type.roff.replacing("|", with: "|\\:")
    }

    private static func example(_ text: String) -> [String] {
        [".PP", ".nf"]
            + text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).roff }
            + [".fi"]
    }
}
