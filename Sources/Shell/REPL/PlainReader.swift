internal import Bindings
internal import LuaHost
internal import Posix
internal import Text

/// Reads lines as they arrive, without an editor: for `TERM=dumb`, or without a terminal.
struct PlainReader {
    private let prompt: Prompt

    init(_ prompt: Prompt) { self.prompt = prompt }

    /// Reads until the end of the input, `.exit`, or a signal.
    func run() {
        var bytes: [UInt8] = []
        var block = ""
        var isAtEnd = false
        ask(block)
        while !prompt.isOver, !isAtEnd {
            try? prompt.runtime.wait(forInputOn: [0], within: nil)
            let failures = prompt.takeFailures()
            guard failures.isEmpty else {
                // The wait ended for these messages.
                prompt.say(failures)
                continue
            }
            if prompt.runtime.interpreter.interruption != nil {
                // Ctrl-C at the prompt drops the lines typed so far.
                prompt.forgetInterrupt()
                if prompt.isOver { return }
                (bytes, block) = ([], "")
                if prompt.world.output.isTerminal { prompt.say([""]) }
                ask(block)
                continue
            }
            let piece = prompt.world.readPiece()
            isAtEnd = piece.isEmpty
            bytes += piece
            if isAtEnd, !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
            while !prompt.isOver, let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeSubrange(...end)
                block = take(line, after: block)
                if !isAtEnd { ask(block) }
            }
        }
        if !block.isEmpty, !prompt.isOver { prompt.take(block) { show($0) } }
        if prompt.world.output.isTerminal { prompt.say([""]) }
    }

    /// - Returns: The text that is still incomplete.
    private func take(_ line: String, after block: String) -> String {
        let text = block.isEmpty ? line : block + "\n" + line
        guard !text.trimmed.isEmpty else { return "" }
        guard DotCommand(text) != nil || prompt.evaluation.isComplete(text) else { return text }
        prompt.take(text) { show($0) }
        return ""
    }

    private func show(_ text: String) {
        if !text.isEmpty { try? prompt.world.output.write(Array(text.utf8)) }
    }

    private func ask(_ block: String) {
        guard prompt.world.output.isTerminal else { return }
        show(block.isEmpty ? "> " : ">> ")
    }
}
