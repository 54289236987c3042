import Testing
import Text

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("rolback", "rollback"), ("rollbcak", "rollback"), ("rollbackk", "rollback"),
        ("rulback", "rollback"), ("xolbuck", nil), ("itm", "item"), ("imt", nil), ("meti", nil),
        ("chec", nil), ("ite", "item"), ("it", nil), ("r", nil), ("checkO", "checkOut"), ("", nil),
        (String(repeating: "x", count: 41), nil),
        ("Out", nil), ("back", "rollback"), ("kout", "checkOut"), ("heck", nil),
    ])
    func `a slip of a finger, the beginning or the end finds its word`(
        _ word: String,
        _ meant: String?
    ) {
        let names = ["item", "rollback", "checkOut", "checkIn"]
        #expect(Suggestion.nearest(to: word, among: names) == meant)
    }
}
