internal import Text
internal import Bindings
internal import Buffers
internal import LuaHost
internal import LuaSyntax

/// Runs inputs, and returns their outcomes.
final class Evaluation {
    /// The outcome of an input.
    struct Outcome {
        /// Its results, shown as text.
        var output = ""
        /// Its uncaught error.
        var error: LuaError?
        /// Its duration.
        var duration = Duration.zero
    }

    private let runtime: Runtime
    private let world: World
    private let show: (Value) -> String
    /// The inputs, by their names in errors, for excerpts.
    private(set) var sources: [String: String] = [:]
    /// The inputs that worked, for `.save`.
    private(set) var worked: [String] = []
    private var count = 0
    private static let sourceLimit = 200

    /// Makes an evaluation; `show` converts values to text.
    init(_ runtime: Runtime, _ world: World, show: @escaping (Value) -> String) {
        self.runtime = runtime
        self.world = world
        self.show = show
    }

    /// Whether a text is a complete input, or needs more lines.
    func isComplete(_ text: String) -> Bool {
        // Lua calls a string in quotes that is not closed unfinished; no further line can close it.
        Self.endsInQuotes(text)
            || runtime.interpreter.completeness(of: TopLevelLocals(Self.lua(text)).text)
                != .incomplete
    }

    /// Whether a text ends inside a string in quotes; a backslash at the end continues it.
    static func endsInQuotes(_ text: String) -> Bool {
        guard let last = LuaLexer.tokens(of: text).last, last.isOpen, last.kind == .string,
            last.range.upperBound == text.utf8.count
        else { return false }
        let string = text.utf8.dropFirst(last.range.lowerBound)
        return string.first != UInt8(ascii: "[") && string.last != UInt8(ascii: "\\")
            && !string.suffix(2).elementsEqual("\\z".utf8)
    }

    /// An input as Lua: `=x` shows x, as in older versions of lua.
    ///
    /// The sign is blanked and not cut: columns keep their places.
    static func lua(_ text: String) -> String {
        text.hasPrefix("=") && !text.hasPrefix("==") ? " " + text.dropFirst() : text
    }

    /// An input as a line of a file: an expression alone is no statement of Lua's, and nothing may follow `return`.
    private func statement(_ text: String) -> String {
        var text = Self.lua(text).trimmed
        func isWhole(_ text: String) -> Bool {
            runtime.interpreter.completeness(of: text) == .complete
        }
        let isReturn = LuaLexer.tokens(of: text).first?.isKeyword(.return) == true
        if isReturn { text = String(text.dropFirst("return".count)).trimmed }
        guard isReturn || !isWhole("do \(text)\nend"), isWhole("local _ = \(text)") else {
            return text
        }
        // Behind a comment the parenthesis would be part of it.
        return "show(\(text)\(text.contains("--") ? "\n" : ""))"
    }

    /// Runs an input.
    func run(_ text: String) -> Outcome {
        count += 1
        let name = "input\(count)"
        sources[name] = text
        sources["input\(count - Self.sourceLimit)"] = nil
        let outcome = run(text, chunkName: "=\(name)")
        if outcome.error == nil, HistoryRules.keeps(text) { worked.append(statement(text)) }
        return outcome
    }

    /// Runs the text of a file; its top-level locals become global, like those of an input.
    func run(file path: String, _ text: String) -> Outcome {
        // Blanked, not removed: line numbers remain correct.
        let isScript = text.hasPrefix("#")
        return run(isScript ? "--" + text : text, chunkName: "@\(path)")
    }

    private func run(_ text: String, chunkName: String) -> Outcome {
        var outcome = Outcome()
        let rewritten = TopLevelLocals(Self.lua(text))
        let results = ValueBuffer()
        let start = world.monotonicTime()
        do throws(LuaError) {
            try runtime.interpreter.run(
                line: rewritten.text,
                chunkName: chunkName,
                closing: rewritten.closing,
                into: results
            )
        } catch {
            outcome.error = error
        }
        outcome.duration = world.monotonicTime() - start
        // Buffered output of io.write comes before the shown results.
        _ = Interpreter.flushOutput()
        guard outcome.error == nil else { return outcome }
        outcome.output = results.values.map { show($0) + "\n" }.joined()
        return outcome
    }
}
