internal import Bindings
internal import Buffers
internal import LuaHost
internal import LuaSyntax

/// Runs what was typed, and says what came of it.
final class Evaluation {
    /// What an input came to.
    struct Outcome {
        /// What it returned, shown.
        var output = ""
        /// The error that left it.
        var error: LuaError?
        /// How long it ran.
        var duration = Duration.zero
    }

    private let runtime: Runtime
    private let world: World
    private let show: (Value) -> String
    /// The inputs by the name that errors give them, for their excerpts.
    private(set) var sources: [String: String] = [:]
    /// The inputs that worked, for `.save`.
    private(set) var worked: [String] = []
    private var count = 0
    private static let sourceLimit = 200

    /// Makes an evaluation whose values `show` makes text of.
    init(_ runtime: Runtime, _ world: World, show: @escaping (Value) -> String) {
        self.runtime = runtime
        self.world = world
        self.show = show
    }

    /// Whether a text is a whole input, or more lines are to come.
    func isComplete(_ text: String) -> Bool {
        runtime.interpreter.completeness(of: TopLevelLocals(Self.lua(text)).text) != .incomplete
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

    /// Runs the text of a file; its top-level locals stay, as those of an input do.
    func run(file path: String, _ text: String) -> Outcome {
        // Blanked and not cut: lines keep their numbers.
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
        // What io.write has kept back comes before what is shown.
        _ = Interpreter.flushOutput()
        guard outcome.error == nil else { return outcome }
        outcome.output = results.values.map { show($0) + "\n" }.joined()
        return outcome
    }
}
