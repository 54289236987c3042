import Foundation
import Testing

/// Every sentence that somebody may read, as it stands in the sources: one that is reworded is seen.
///
/// What is interpolated is `{}`; sentences in it are looked at too. Where they stand does not matter.
struct SentenceTests {
    @Test func `the sentences are as recorded`() throws {
        var sentences: Set<String> = []
        for target in Self.targets {
            let folder = Self.sources.appendingPathComponent(target)
            let files = try #require(FileManager.default.enumerator(atPath: folder.path))
            for case let name as String in files
            where name.hasSuffix(".swift") || name.hasSuffix(".c") {
                let file = folder.appendingPathComponent(name)
                var scanner = LiteralScanner(try String(contentsOf: file, encoding: .utf8))
                // Elsewhere blocks are examples, which the reference has, and SQL.
                scanner.readsBlocks = target == "Shell"
                sentences.formUnion(scanner.literals().filter(Self.isSentence))
            }
        }
        #expect(sentences.count > 800)
        expectGolden(sentences.sorted().map { $0 + "\n" }.joined(), "sentences.txt")
    }

    private static let targets = [
        "Bindings", "Changes", "CLuaHost", "JSON", "Journal", "LineEditor", "LuaHost", "LuaSyntax",
        "Posix", "Shell", "Text", "Transport", "VSphere",
    ]
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

    /// Three words or more; statements of SQL and of a shell are none.
    private static func isSentence(_ text: String) -> Bool {
        let words = text.split(separator: " ").filter { $0.contains(where: \.isLetter) }
        return words.count > 2 && !text.contains("\n")
            && text.prefixMatch(of: /\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|WHERE|PRAGMA)\b/)
                == nil
    }

    static let literals: [(String, [String])] = [
        (#"f("one two three") // "no such thing""#, ["one two three"]),
        (#"f("one " + g + "two " /* "x" */ + "three")"#, ["one ", "two three"]),
        (#"f("one \(a.map { "in \($0)" } ?? "") two")"#, ["in {}", "one {} two"]),
        (#"f("say \"one\" \\")"#, [#"say \"one\" \\"#]),
        (
            "f(\"\"\"\n    one \\\n    two \\(a) \"three\"\n\n    four\n    \"\"\")",
            ["one two {} \"three\"", "four"]
        ),
        ("f(#\"\"\"\n    fail(\"one two\", 'x')\n    \"\"\"#)", ["one two"]),
        (##"f(#"a "one" \(b)"#)"##, [#"a "one" \(b)"#]),
        (#"puts("one " "two");"#, ["one two"]), (#"f("", "one")"#, ["one"]),
    ]

    @Test(arguments: literals)
    func `a literal is found as it is meant`(_ source: String, _ literals: [String]) {
        var scanner = LiteralScanner(source)
        #expect(scanner.literals() == literals)
    }
}

/// Finds the string literals of Swift and C.
struct LiteralScanner {
    /// Whether literals of several lines count.
    var readsBlocks = true
    private var rest: Substring

    init(_ source: String) {
        let text = source.replacing(/\/\*.*?\*\//, with: "").replacing(
            /(?m)(^|\s)\/\/.*$/,
            with: ""
        )
        // One sentence may stand in several literals.
        rest =
            text.replacing(/(?<before>[^"\\])"[ \n]*\+?[ \n]*"(?<after>[^"])/) {
                // An empty literal goes too: it says nothing.
                "\($0.before)\($0.after)"
            }[...]
    }

    mutating func literals() -> [String] {
        var found: [String] = []
        while let character = rest.first {
            if rest.hasPrefix("#\"\"\"") {
                found += script()
            } else if rest.hasPrefix("\"\"\"") {
                rest.removeFirst(3)
                let text = literal(endingWith: "\"\"\"", &found).replacing(/\\\n */, with: "")
                guard readsBlocks else { continue }
                found += text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                    .filter { !$0.isEmpty }
            } else if rest.hasPrefix("#\"") {
                rest.removeFirst(2)
                let end = rest.firstRange(of: "\"#")?.lowerBound ?? rest.endIndex
                found.append(String(rest[..<end]))
                rest = rest[end...].dropFirst(2)
            } else if character == "\"" {
                rest.removeFirst()
                let text = literal(endingWith: "\"", &found)
                found.append(text)
            } else {
                rest.removeFirst()
            }
        }
        return found
    }

    /// The literals of a script in Lua.
    private mutating func script() -> [String] {
        rest.removeFirst(4)
        let end = rest.firstRange(of: "\"\"\"#")?.lowerBound ?? rest.endIndex
        defer { rest = rest[end...].dropFirst(4) }
        return rest[..<end].matches(of: /"((?:[^"\\\n]|\\.)*)"/).map { String($0.1) }
    }

    private mutating func literal(endingWith end: String, _ found: inout [String]) -> String {
        var text = ""
        while let character = rest.popFirst() {
            if character == end.first, end.count == 1 || rest.hasPrefix(end.dropFirst()) {
                rest.removeFirst(end.count - 1)
                return text
            }
            text.append(character)
            guard character == "\\", let escaped = rest.popFirst() else { continue }
            guard escaped == "(" else {
                text.append(escaped)
                continue
            }
            text.removeLast()
            text += "{}"
            skipInterpolation(&found)
        }
        return text
    }

    private mutating func skipInterpolation(_ found: inout [String]) {
        var depth = 1
        while depth > 0, let character = rest.popFirst() {
            switch character {
            case "(": depth += 1
            case ")": depth -= 1
            case "\"":
                let text = literal(endingWith: "\"", &found)
                found.append(text)
            default: break
            }
        }
    }
}
