import Support
import Testing

@testable import LineEditor

/// What a terminal sends, of whatever bytes.
struct KeyMutationTests {
    @Test func `keys do not depend on how their bytes are cut`() throws {
        try Corpus(lines: "keys").each { text, dice in
            var (whole, pieces) = (KeyDecoder(), KeyDecoder())
            var keys: [Key] = []
            var at = 0
            while at < text.count {
                let end = min(text.count, at + Int.random(in: 1...5, using: &dice))
                keys += pieces.decode(Array(text[at..<end]))
                at = end
            }
            #expect(whole.decode(text) == keys, shown(text))
            #expect(whole.flush() == pieces.flush(), shown(text))
        }
    }
}
