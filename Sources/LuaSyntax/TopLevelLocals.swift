/// Makes the top-level locals of a chunk global, so that they still exist on the next
/// line.
///
/// Each line at the prompt is a chunk of its own, and a local ends with its chunk. So `local` and the
/// attributes are overwritten with spaces: every line keeps its number and nearly every column its place.
/// `local x` gets ` = nil`. Locals inside blocks and functions are not changed, nor is a
/// statement that Lua would refuse: Lua then reports the error itself.
public struct TopLevelLocals {
    /// The source to run.
    public private(set) var text: String
    /// The variables with the attribute `<close>`, in order: the caller closes
    /// their values when the prompt ends.
    public private(set) var closing: [String] = []

    /// Rewrites a chunk.
    public init(_ source: String) {
        let bytes = Array(source.utf8)
        let tokens = LuaLexer.tokens(of: bytes).filter { $0.kind != .comment }
        var rewriting = Rewriting(bytes: bytes, tokens: tokens)
        rewriting.run()
        text = rewriting.result
        closing = rewriting.closing
    }

    private struct Rewriting {
        let bytes: [UInt8]
        let tokens: [LuaToken]
        var edits: [(range: Range<Int>, text: String)] = []
        var closing: [String] = []

        mutating func run() {
            var depth = 0
            for (index, token) in tokens.enumerated() {
                switch token.kind {
                case .keyword(.function), .keyword(.do), .keyword(.repeat), .keyword(.if):
                    depth += 1
                case .keyword(.end), .keyword(.until): depth -= 1
                case .keyword(.local) where depth == 0: rewrite(at: index)
                default: break
                }
            }
        }

        private mutating func rewrite(at index: Int) {
            if index + 1 < tokens.count, tokens[index + 1].isKeyword(.function) {
                return blank(tokens[index].range)
            }
            var at = index + 1
            var names: [(name: String, attribute: String?, range: Range<Int>?)] = []
            while at < tokens.count, tokens[at].kind == .name {
                let name = text(at)
                at += 1
                if at + 2 < tokens.count, tokens[at].isSymbol(.less),
                    tokens[at + 2].isSymbol(.greater)
                {
                    let range = tokens[at].range.lowerBound..<tokens[at + 2].range.upperBound
                    names.append((name, text(at + 1), range))
                    at += 3
                } else {
                    names.append((name, nil, nil))
                }
                guard at < tokens.count, tokens[at].isSymbol(.comma) else { break }
                at += 1
            }
            let attributes = names.compactMap(\.attribute)
            let closers = names.filter { $0.attribute == "close" }.map(\.name)
            let isLua = attributes.allSatisfy { $0 == "close" || $0 == "const" }
            // `_ENV` cannot become a variable of the next line either.
            guard !names.isEmpty, isLua, closers.count <= 1, names.allSatisfy({ $0.name != "_ENV" })
            else { return }
            blank(tokens[index].range)
            for range in names.compactMap(\.range) { blank(range) }
            closing += closers
            if at >= tokens.count || !tokens[at].isSymbol(.assign) {
                let end = tokens[at - 1].range.upperBound
                edits.append((end..<end, " = nil"))
            }
        }

        private func text(_ index: Int) -> String {
            String(decoding: bytes[tokens[index].range], as: UTF8.self)
        }

        private mutating func blank(_ range: Range<Int>) {
            // Attributes may extend over several lines.
            let kept = bytes[range].map { $0 == UInt8(ascii: "\n") ? "\n" : " " }
            edits.append((range, kept.joined()))
        }

        var result: String {
            var out: [UInt8] = []
            var position = 0
            for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                out += bytes[position..<edit.range.lowerBound]
                out += Array(edit.text.utf8)
                position = edit.range.upperBound
            }
            out += bytes[position...]
            return String(decoding: out, as: UTF8.self)
        }
    }
}
