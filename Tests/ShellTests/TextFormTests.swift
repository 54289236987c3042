import Bindings
import Testing
import VSphere

@testable import Shell

/// The small languages: words, lengths of time, sizes, suggestions.
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
        ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000),
        ("1h2m3s4ms", 3_723_004),
        ("0s", 0), ("90m", 5_400_000), ("8760h", 31_536_000_000),
    ])
    func `a length of time`(_ text: String, _ milliseconds: Int) throws {
        #expect(try DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "s", "30", "1.5s", "-1s", "30S", "1w", "5m1h", "5s5s", "1h30", "99999999999999999999s",
        "9000h", "9223372036854775807h", " 5s", "5 s", "٣s",
    ])
    func `what is no length of time is refused`(_ text: String) {
        #expect(throws: QuantityProblem.self) { try DurationText.parse(text) }
    }

    @Test(arguments: [
        ("30", "30s"), ("1h30", "1h30m"), ("1h30m5", "1h30m5s"), ("1d2", "1d2h"), ("1s5", "1s5ms"),
        ("5ms5", nil),
    ])
    func `a unit that is missing is the next one`(_ text: String, _ meant: String?) throws {
        let problem = try #require(throws: QuantityProblem.self) { try DurationText.parse(text) }
        #expect(problem.hint == meant.map { "did you mean \($0)?" } ?? problem.hint)
        #expect(problem.hint.hasPrefix("did you mean") == (meant != nil))
    }

    @Test(arguments: [
        ("0", 0), ("1024", 1024), ("64K", 65536), ("256m", 256 << 20), ("1G", 1 << 30),
    ])
    func `a size`(_ text: String, _ bytes: Int) throws {
        #expect(try SizeText.parse(text) == bytes)
    }

    @Test(arguments: [
        "", "K", "64KB", "1T", "-1", "1.5M", "99999999999G", "9223372036854775807", "64 K",
    ])
    func `what is no size is refused`(_ text: String) {
        #expect(throws: QuantityProblem.self) { try SizeText.parse(text) }
    }

    @Test(arguments: [
        ("vcentre", "vcenter"), ("pasword-file", "password-file"), ("insecrue", "insecure"),
        ("operation", "operation-timeout"), ("zzz", nil), ("x", nil),
    ])
    func `a slip of a finger finds its word`(_ word: String, _ meant: String?) {
        #expect(Suggestion.nearest(to: word, among: Flag.all.compactMap(\.name)) == meant)
    }
}
