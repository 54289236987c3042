import Testing
import Text

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("ü?>", "w7w/Pg=="),
    ])
    func `Base64 is that of RFC 4648`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded.replacing("=", with: "")) == Array(text.utf8))
    }

    @Test(arguments: [
        "Z", "Zm9vY", "Zm9v YmFy", "Zg===", "Z=g=", "=Zg=", "Zg-_", "Zg==\n", "Zé", "====",
    ])
    func `what is no Base64 is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
