import Testing

@testable import Bindings

@Suite struct ItemPathTests {
    @Test(arguments: [
        ("golden/ubuntu-22.04", ItemPath.named(library: "golden", name: "ubuntu-22.04")),
        ("/golden/ubuntu", .named(library: "golden", name: "ubuntu")),
        ("golden/a/b", .named(library: "golden", name: "a/b")),
        ("two words/é", .named(library: "two words", name: "é")),
        ("5f3c-1", .identifier("5f3c-1")),
        ("urn:x", .identifier("urn:x")),
    ]) func `a path names an item by its place or by its identifier`(
        _ text: String,
        _ path: ItemPath
    ) {
        #expect(ItemPath(text) == path)
    }

    @Test(arguments: ["", "/", "//", "/golden", "golden/", "/golden/", "//x"])
    func `half a path is none`(_ text: String) {
        #expect(ItemPath(text) == nil)
    }
}
