internal import JSON
internal import LuaSyntax
internal import Text
internal import VSphere

/// A finding of `vmoon check` in a source.
public struct Finding: Sendable, Hashable {
    /// The severity of a finding.
    public enum Severity: String, Sendable {
        /// It will fail.
        case error
        /// It works, but is probably not intended.
        case warning
    }

    /// The severity.
    public let severity: Severity
    /// The problem, and what to write instead; one line.
    public let message: String
    /// The line, from 1.
    public let line: Int
    /// The character in the line, from 1.
    public let column: Int

    /// The text in the format of compilers.
    func text(in file: String) -> String {
        Display.escape("\(file):\(line):\(column): \(severity.rawValue): \(message)")
    }

    /// The finding as an object, for other programs.
    func document(in file: String) -> JSONValue {
        .object([
            .init("file", .string(file)), .init("line", .integer(line)),
            .init("column", .integer(column)), .init("severity", .string(severity.rawValue)),
            .init("message", .string(message)),
        ])
    }
}

/// The lines and characters of the bytes of a source; and the lines that are not to be checked.
struct SourceMap {
    private let bytes: [UInt8]
    private let lineStarts: [Int]
    /// The lines with a comment that disables checking; a comment alone in its line applies to the next one.
    let ignoredLines: Set<Int>

    init(_ bytes: [UInt8], tokens: [LuaToken]) {
        self.bytes = bytes
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(index + 1)
        }
        lineStarts = starts
        var ignored: Set<Int> = []
        var lastLine = 0
        for token in tokens {
            let line = Self.line(of: token.range.lowerBound, starts)
            if token.kind == .comment, Self.asksToIgnore(bytes[token.range]) {
                ignored.insert(lastLine == line ? line : line + 1)
            }
            lastLine = Self.line(of: max(token.range.upperBound - 1, 0), starts)
        }
        ignoredLines = ignored
    }

    private static func asksToIgnore(_ comment: ArraySlice<UInt8>) -> Bool {
        let words = String(decoding: comment, as: UTF8.self)
        return words.prefixMatch(of: /--[-\s]*vmoon:\s*ignore\b/) != nil
    }

    private static func line(of byte: Int, _ starts: [Int]) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= byte { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Line and column of a byte, both from 1.
    func place(of byte: Int) -> (line: Int, column: Int) {
        let line = Self.line(of: byte, lineStarts)
        let before = bytes[lineStarts[line - 1]..<min(byte, bytes.count)]
        return (line, String(decoding: before, as: UTF8.self).count + 1)
    }
}
