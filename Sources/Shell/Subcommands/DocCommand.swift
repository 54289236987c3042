internal import Bindings
internal import Text
internal import VSphere

extension Subcommand {
    /// `vmoon doc`: the reference.
    static let doc = Subcommand(
        "doc",
        operands: "[NAME]",
        count: 0...1,
        summary: "Reference of the Lua functions.",
        words: .functions,
        flags: [
            Flag(.markdown, "markdown", in: .output, "Write Markdown."),
            Flag(.manualPage, "man", in: .output, "Write a manual page; man -l - shows it."),
        ]
    ) { invocation, operands, world in
        guard invocation[.markdown] == nil || invocation[.manualPage] == nil else {
            return world.fail("--markdown does not go with --man; choose one of them", .usage)
        }
        let width = world.output.isTerminal ? min(world.output.width, 100) : 80
        let isPlain = invocation[.markdown] == nil && invocation[.manualPage] == nil
        // A name with a dot in it is of no function of ours, but for modules'.
        if isPlain, let name = operands.first, name.contains("."),
            ReferenceEntry.find(name, in: ReferenceEntry.all).isEmpty,
            let text = APIReference.text(name, width: width)
        {
            return world.end(.code(ExitCode.done.rawValue), printing: text + "\n")
        }
        let entries = ReferenceEntry.all
        var chosen = entries
        if let name = operands.first {
            chosen = ReferenceEntry.find(name, in: entries)
            guard !chosen.isEmpty else {
                let names = entries.map(\.name) + ReferenceEntry.modules(of: entries)
                let guess = Suggestion.nearest(to: name, among: names)
                let hint = guess.map { "did you mean \($0)?" } ?? "vmoon doc lists all there is"
                return world.fail(
                    "the reference has no \(name.quotedForMessage); \(hint)",
                    .notFound
                )
            }
        }
        let text: String
        if invocation[.markdown] != nil {
            text = MarkdownReference.text(chosen, isWhole: operands.isEmpty)
        } else if invocation[.manualPage] != nil {
            text = ManualReference.text(chosen)
        } else {
            text = ReferenceEntry.plain(chosen, isList: operands.isEmpty, width: width) + "\n"
        }
        world.end(.code(ExitCode.done.rawValue), printing: text)
    }
}
