import Buffers
import Testing

@testable import VSphere

/// Items are told by their names, as far as answers have told them.
@Suite struct NameBookTests {
    private func value(_ write: (ValueBuffer) -> Void) -> Value? { ValueBuffer.values(write).first }

    private func book(_ library: Bool = true) throws -> NameBook {
        var book = NameBook()
        let call = try Call(.getItem, ValueBuffer.values { $0.put("id-1") })
        book.note(
            call,
            value { out in
                out.putRecord {
                    out.put("name")
                    out.put("rhel-9")
                    out.put("library_id")
                    out.put("lib-1")
                    return 2
                }
            }
        )
        guard library else { return book }
        let asked = try Call(.getLibrary, ValueBuffer.values { $0.put("lib-1") })
        book.note(
            asked,
            value { out in
                out.putRecord {
                    out.put("name")
                    out.put("golden")
                    return 1
                }
            }
        )
        return book
    }

    @Test func `what is known of an item`() throws {
        #expect(try book().path(ofItem: "id-1") == "golden/rhel-9")
        #expect(try book(false).path(ofItem: "id-1") == "rhel-9")
        #expect(try book().path(ofItem: "id-2") == nil)
    }

    @Test(
        arguments: [
            ("item id-1", "id-1", "item golden/rhel-9 (id-1)"),
            ("item id-1, version 3", "id-1", "item golden/rhel-9 (id-1), version 3"),
            ("item id-1", nil, "item id-1"),
            ("item id-2, version 3", "id-2", "item id-2, version 3"),
            ("item id-12", "id-1", "item id-12"),
            ("vm vm-1", "id-1", "vm vm-1"),
            (
                "item golden/rhel-9 (id-1), version 3", "id-1",
                "item golden/rhel-9 (id-1), version 3"
            ),
        ] as [(String, String?, String)]
    )
    func `a subject with the name of its item`(
        _ subject: String,
        _ item: String?,
        _ named: String
    ) throws {
        #expect(try book().naming(subject, item: item) == named)
    }

    @Test func `a library that was made, and an item that got another name, are told by these`()
        throws
    {
        var book = try book(false)
        func call(_ operation: Operation, _ arguments: String) throws -> Call {
            try Call(operation, Array(try JSONText.value(arguments).elements))
        }
        let made = try call(.createLibrary, #"[{"name":"fresh","storage_backings":[]}]"#)
        book.note(made, value { $0.put("lib-1") })
        #expect(book.path(ofItem: "id-1") == "fresh/rhel-9")
        book.note(try call(.updateItem, #"["id-1",{"name":"rhel-10"}]"#), nil)
        #expect(book.path(ofItem: "id-1") == "fresh/rhel-10")
        #expect(book.path(ofItem: "id-2") == nil)
    }

    @Test func `a name cannot command a terminal`() {
        var book = NameBook()
        book.note(item: "i", "\u{1B}[2J\n", library: nil)
        #expect(book.naming("item i", item: "i") == "item \\x1B[2J\\n (i)")
    }
}
