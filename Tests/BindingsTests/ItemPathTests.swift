import Testing

@testable import Bindings

@Suite struct ItemPathTests {
    private typealias Place = ItemPath.Place

    @Test(arguments: [
        ("golden/ubuntu-22.04", [("golden", "ubuntu-22.04")]),
        ("/golden/ubuntu", [("golden", "ubuntu")]),
        ("two words/é", [("two words", "é")]),
        ("team/linux/a", [("team", "linux/a"), ("team/linux", "a")]),
        ("a/b/c/d", [("a", "b/c/d"), ("a/b", "c/d"), ("a/b/c", "d")]),
        ("a//b", [("a", "/b"), ("a/", "b")]),
    ]) func `each slash of a path may be the one between library and item`(
        _ text: String,
        _ places: [(String, String)]
    ) {
        let expected = places.map { Place(library: $0.0, name: $0.1) }
        #expect(ItemPath(text) == .named(expected))
    }

    @Test(arguments: ["5f3c-1", "urn:x"])
    func `what holds no slash is an identifier`(_ text: String) {
        #expect(ItemPath(text) == .identifier(text))
    }

    @Test(arguments: ["", "/", "//", "/golden", "golden/", "/golden/", "//x"])
    func `half a path is none`(_ text: String) {
        #expect(ItemPath(text) == nil)
    }
}
