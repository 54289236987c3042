import Bindings
import Testing
import Text
import VSphere

@testable import Shell

/// The small languages: words, hosts, suggestions.
struct TextFormTests {
    static let words: [(text: String, words: [String])] = [
        ("a", ["a"]), ("a b", ["a", "b"]), ("  a \t b\n", ["a", "b"]), ("a 'b c'", ["a", "b c"]),
        ("a \"b c\"", ["a", "b c"]), ("a b\\ c", ["a", "b c"]), ("a ''", ["a", ""]),
        ("a \"\"", ["a", ""]), ("a 'b\\c'", ["a", "b\\c"]), ("a \"b\\\"c\"", ["a", "b\"c"]),
        ("a \"b\\nc\"", ["a", "b\\nc"]), ("a b'c'\"d\"e", ["a", "bcde"]), ("a \\'", ["a", "'"]),
        ("a $HOME *", ["a", "$HOME", "*"]), ("a \"$(x) `y`\"", ["a", "$(x) `y`"]),
        ("a | b; c && d > e", ["a", "|", "b;", "c", "&&", "d", ">", "e"]), ("a #b", ["a", "#b"]),
        ("a é '日本'", ["a", "é", "日本"]),
    ]

    @Test(arguments: words)
    func `a command is split into words without a shell`(_ text: String, _ words: [String]) throws {
        #expect(try WordSplitter.split(text) == words)
    }

    @Test(arguments: ["", "  ", "a 'b", "a \"b", "a \\", "a \"b\\", "''"])
    func `what has no words or no end is refused`(_ text: String) {
        #expect(throws: QuantityProblem.self) { try WordSplitter.split(text) }
    }

    @Test(arguments: [
        ("localhost", true), ("a.localhost", true), ("127.0.0.1", true), ("127.9.9.9", true),
        ("::1", true), ("127.0.0.1.example", false), ("127.0.0", false), ("128.0.0.1", false),
        ("localhost.example", false), ("127.0.0.x", false),
    ])
    func `loopback is this machine and nothing that looks like it`(
        _ host: String,
        _ isLoopback: Bool
    ) {
        #expect(Endpoint(host: host).isLoopback == isLoopback)
    }

    @Test(arguments: [
        ("vcentre", "vcenter"), ("pasword-file", "password-file"), ("insecrue", "insecure"),
        ("operation", "operation-timeout"), ("zzz", nil), ("x", nil),
    ])
    func `a slip of a finger finds its word`(_ word: String, _ meant: String?) {
        #expect(Suggestion.nearest(to: word, among: Flag.all.compactMap(\.name)) == meant)
    }
}
