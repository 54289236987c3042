import Glibc
import Testing
import Text

@Suite struct SHA256Tests {
    /// The examples that NIST publishes with FIPS 180.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
                + "klmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func `the hash is that of the standard`(text: String, hash: String) {
        #expect(SHA256.hex(text.utf8) == hash)
    }

    @Test func `a million letters hash as the standard says`() {
        #expect(
            SHA256.hex(repeatElement(UInt8(ascii: "a"), count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }

    /// Around each border of a block the padding is another.
    @Test func `the hash is that of sha256sum for every length up to 200`() throws {
        let bytes = (0...200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        var template = Array("/tmp/vmoon-sha256-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            for length in 0...200 { unlink("\(folder)/\(length)") }
            rmdir(folder)
        }
        for length in 0...200 {
            let file = try #require(fopen("\(folder)/\(length)", "w"))
            fwrite(bytes, 1, length, file)
            fclose(file)
        }
        let names = (0...200).map(String.init).joined(separator: " ")
        let pipe = try #require(popen("cd \(folder) && sha256sum \(names)", "r"))
        defer { pclose(pipe) }
        var line = [CChar](repeating: 0, count: 256)
        for length in 0...200 {
            try #require(fgets(&line, 256, pipe) != nil)
            let told = String(
                decoding: line.prefix(64).map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            #expect(SHA256.hex(bytes.prefix(length)) == told, "of \(length) bytes")
        }
    }
}
