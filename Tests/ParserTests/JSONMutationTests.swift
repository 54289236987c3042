import Buffers
import JSON
import Support
import Testing

/// JSON text of whatever bytes: accepted or refused, never a crash.
struct JSONMutationTests {
    @Test func `what is accepted is written and read again the same`() throws {
        let parser = JSONParser()
        let out = ValueBuffer()
        var counts = (accepted: 0, refused: 0)
        try Corpus(files: "json").each { text, dice in
            let bytes = ByteBuffer()
            bytes.append(text)
            // Without room to spare in the buffer: what reads or writes too far leaves it.
            if Bool.random(using: &dice) {
                while bytes.count < 512 || bytes.count.nonzeroBitCount > 1 { bytes.append(0x20) }
            }
            out.clear()
            out.put("before")
            let before = out.byteCount
            do throws(JSONError) {
                try parser.decode(bytes, into: out)
            } catch {
                #expect(out.byteCount == before && !out.isFailed, shown(text))
                counts.refused += 1
                return
            }
            counts.accepted += 1
            let value = JSONValue(try #require(out.values.last))
            let written = ByteBuffer()
            JSONEncoder().encode(try #require(out.values.last), into: written)
            #expect(try parser.decode(written.bytes) == value, shown(text))
            #expect(JSONEncoder().encode(value) == written.text, shown(text))
        }
        // A corpus of which nothing, or everything, is accepted tests half of it.
        #expect(counts.accepted > 20 && counts.refused > 20, "\(counts)")
    }
}
