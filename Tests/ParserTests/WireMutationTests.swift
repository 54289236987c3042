import Buffers
import CCurlShims
import Support
import Testing
import Text
import Transport

/// URLs and header blocks of whatever bytes.
struct WireMutationTests {
    @Test func `a URL is read the same with and without the memory of the one before`() throws {
        var memory = vm_url_memory()
        try Corpus(lines: "url").each { text, _ in
            let bytes = ByteBuffer()
            bytes.append(text)
            var (plain, remembered) = (vm_url(), vm_url())
            let isRead = vm_url_read(bytes.pointer, &plain)
            #expect(vm_url_read_next(bytes.pointer, &remembered, &memory) == isRead, shown(text))
            guard isRead else { return }
            #expect(plain.host == remembered.host && plain.origin == remembered.origin, shown(text))
            #expect(plain.host_length == remembered.host_length, shown(text))
            #expect(plain.port == remembered.port, shown(text))
            #expect(plain.is_loopback == remembered.is_loopback, shown(text))
            #expect(plain.is_plain == remembered.is_plain, shown(text))
            let start = try bytes.withUnsafeBytes { try #require($0.baseAddress) }
            let host = UnsafeRawPointer(try #require(plain.host)) - start
            #expect(host >= 0 && host + plain.host_length <= plain.origin, shown(text))
            #expect(plain.origin <= text.count && (0...65535).contains(plain.port), shown(text))
        }
    }

    @Test func `a header field is the last of its name in the list of all`() throws {
        try Corpus(files: "header").each { text, dice in
            let block = ByteBuffer()
            block.append(text)
            let response = Response(status: 200, headerBlock: block, body: ByteBuffer())
            let fields = response.headers
            #expect(
                !fields.contains { $0.name.utf8.contains(0x0A) || $0.value.utf8.contains(0x0A) }
            )
            guard let name = fields.randomElement(using: &dice)?.name,
                name.utf8.allSatisfy({ $0 < 0x80 })
            else { return }
            let same = fields.filter { $0.name.lowercased() == name.lowercased() }
            #expect(response.header(name) == same.last?.value, shown(text))
        }
    }

    @Test func `a header that is accepted holds no second line`() throws {
        try Corpus(files: "header").each { text, _ in
            let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            let words = parts.map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 2, (try? HeaderList([(words[0], words[1])])) != nil else { return }
            #expect(!words.joined().utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 })
        }
    }

    @Test func `escaped text holds no control character and keeps what is harmless`() throws {
        try Corpus(files: "json").each { text, _ in
            let escaped = Display.escape(bytes: text)
            #expect(!escaped.unicodeScalars.contains(where: Display.isHostile), shown(text))
            if text.allSatisfy({ (0x20..<0x7F).contains($0) }) {
                #expect(Array(escaped.utf8) == text)
            }
        }
    }
}
