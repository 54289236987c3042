import Testing

@testable import Shell

@Suite struct NameGuessTests {
    static let cases: [(message: String, guess: String?)] = [
        ("x:1: attempt to call a nil value (global 'rolback')", "did you mean rollback?"),
        ("x:1: attempt to index a nil value (global 'jsno')", "did you mean json?"),
        ("x:1: attempt to call a nil value (method 'getChekOut')", "did you mean getCheckOut?"),
        ("x:1: attempt to call a nil value (field 'decod')", "did you mean decode?"),
        ("x:1: attempt to call a nil value (field 'foramt')", "did you mean format?"),
        ("x:1: attempt to call a nil value (method 'versions')", "did you mean listVersions?"),
        ("x:1: attempt to call a nil value (global 'unpack')", "did you mean table.unpack?"),
        (
            "x:1: attempt to call a table value (global 'time')",
            "its functions are time.now, time.parse, time.format, time.add, time.age, time.duration"
        ),
        ("x:1: attempt to call a table value (global 'mine')", nil),
        ("x:1: attempt to call a table value (local 'time')", nil),
        ("x:1: attempt to call a nil value (global 'frobnicate')", nil),
        ("x:1: attempt to call a nil value (method 'rollback')", nil),
        ("x:1: attempt to call a nil value (local 'rolback')", nil),
        ("x:1: attempt to call a nil value", nil),
        ("attempt to call a nil value (global '", nil),
        ("", nil),
    ]

    @Test(arguments: cases.indices) func `a message about a missing name gets a guess`(_ index: Int)
    {
        #expect(NameGuess(Self.cases[index].message).text == Self.cases[index].guess)
    }
}
