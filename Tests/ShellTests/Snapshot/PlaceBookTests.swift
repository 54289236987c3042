import JSON
import Testing

@testable import Shell

struct PlaceBookTests {
    private func book(_ folders: String...) -> PlaceBook {
        var book = PlaceBook()
        book.take(
            "folder",
            folders.map { ["folder": .string($0), "name": "f", "type": "VIRTUAL_MACHINE"] },
            inParts: false
        )
        return book
    }

    /// The parent folder of a place, by its document.
    private func parent(_ book: PlaceBook, _ id: String) -> String? {
        book.documents.first { $0["id"]?.string == id }?["parents"]?["folder"]?.string
    }

    @Test func `a folder that lists a place contains it`() {
        var book = book("a", "b")
        book.claim("folder", "b", by: "folder", "a")
        #expect(parent(book, "b") == "a")
        #expect(parent(book, "a") == nil)
    }

    @Test func `of folders that all list what is below them the innermost counts`() {
        var book = book("c", "a", "b", "d")
        for (inner, outer) in [
            ("b", "a"), ("c", "a"), ("c", "b"), ("d", "a"), ("d", "c"), ("d", "b"),
        ] {
            book.claim("folder", inner, by: "folder", outer)
        }
        #expect(parent(book, "d") == "c")
        #expect(parent(book, "c") == "b")
        #expect(parent(book, "b") == "a")
    }

    @Test func `what was read in parts is in the order of identifiers, once each`() {
        var book = PlaceBook()
        let ids = ["host-10", "host-9", "host-10", "host-100"]
        book.take("host", ids.map { ["host": .string($0), "name": "h"] }, inParts: true)
        #expect(book.ids("host") == ["host-9", "host-10", "host-100"])
    }

    @Test func `a data store is known by its name, unless another one has it`() {
        var book = PlaceBook()
        book.take(
            "datastore",
            [("datastore-1", "fast"), ("datastore-2", "same"), ("datastore-3", "same")].map {
                ["datastore": .string($0.0), "name": .string($0.1)]
            },
            inParts: false
        )
        #expect(book.datastoresByName["fast"] == "datastore-1")
        #expect(book.datastoresByName["same"] == nil)
        #expect(book.datastoresByName["datastore-3"] == "datastore-3")
    }

    @Test(arguments: [
        ("vm-9", "vm-10", true), ("vm-10", "vm-9", false), ("vm-9", "vm-9", false),
        ("vm-9:a", "vm-9:b", true), ("group-v2", "vm-1", true), ("", "vm-1", true),
    ])
    func `identifiers are in the order of their numbers`(_ row: (String, String, Bool)) {
        #expect(row.0.isBefore(row.1) == row.2)
    }
}
