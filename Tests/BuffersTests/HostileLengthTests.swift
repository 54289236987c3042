import Buffers
import CBuffers
import Support
import Testing

/// Lengths that do not fit: the write is refused, what was there stays, and nothing is read that is not there.
struct HostileLengthTests {
    @Test func `a string longer than its length can say is refused unread`() {
        for length in [Int(UInt32.max) - 5, Int(UInt32.max), Int(UInt32.max) + 1, Int.max] {
            let out = ValueBuffer()
            out.put("kept")
            vm_put_string(out.pointer, "x", length)
            #expect(out.isFailed && out.values.map(\.string) == ["kept"], "\(length)")
        }
    }

    @Test
    func `a write that does not fit fails, and so do all behind it until the buffer is cleared`() {
        let writes: [(ValueBuffer) -> Void] = [
            { $0.put(1) }, { $0.put(1.5) }, { $0.put("longer than the limit") }, { $0.putNull() },
            { $0.put(object: 1, identifier: 1) }, { $0.putArray { 0 } },
            { out in
                out.putRecord {
                    out.put("k"); out.put("v"); return 1
                }
            },
        ]
        for (index, write) in writes.enumerated() {
            let out = ValueBuffer()
            out.put("12345678")
            out.pointer.pointee.limit = UInt32(out.byteCount)
            write(out)
            #expect(out.isFailed && out.values.map(\.string) == ["12345678"], "write \(index)")
            out.put(true)
            #expect(out.isFailed && out.values.count == 1)
            out.clear()
            #expect(!out.isFailed && out.isEmpty)
            out.put(true)
            #expect(out.root?.boolean == true)
        }
    }

    @Test func `what fails inside an array leaves no half of it to be read`() {
        for limit in 0..<80 {
            let out = ValueBuffer()
            out.pointer.pointee.limit = UInt32(limit)
            out.putArray {
                out.put("first")
                out.putRecord {
                    out.put("key")
                    out.put(2)
                    return 1
                }
                return 2
            }
            // 9 + 11 + 9 + 9 + 9 bytes.
            #expect(out.isFailed == (limit < 47), "\(limit)")
        }
    }

    @Test func `a structure that was given back has no limit and no failure of its last owner`() {
        for _ in 0..<200 {
            let out = ValueBuffer()
            #expect(!out.isFailed && out.isEmpty && out.pointer.pointee.limit == .max)
            out.pointer.pointee.limit = 4
            out.put("does not fit")
            #expect(out.isFailed)
        }
    }

    @Test func `what a run may take limits both kinds of buffer, and small ones are never refused`()
    {
        vm_budget_here().pointee.limit = 1 << 20
        defer { vm_budget_here().pointee.limit = 0 }
        let (values, bytes) = (ValueBuffer(), ByteBuffer(isCounted: true))
        let piece = String(repeating: "x", count: 60_000)
        for _ in 0..<40 { values.put(piece) }
        #expect(values.isFailed && values.byteCount < 1 << 20)
        while bytes.append(piece) {}
        #expect(bytes.count < 1 << 20)
        let small = ValueBuffer()
        small.put("room to say so")
        #expect(!small.isFailed)
        values.clear()
        values.put(piece)
        #expect(!values.isFailed)
    }

    @Test func `bytes have a limit that no length gets around`() {
        let bytes = ByteBuffer(limit: 10)
        #expect(bytes.append("0123456789") && !bytes.append("x") && bytes.text == "0123456789")
        #expect(!vm_bytes_append(bytes.pointer, "x", Int.max) && bytes.count == 10)
        #expect(!bytes.append(segment: "é") && !bytes.append(query: "&") && bytes.count == 10)
        bytes.limit = 4
        #expect(!bytes.append("") && bytes.count == 10)
        let open = ByteBuffer()
        #expect(
            !vm_bytes_reserve(open.pointer, Int.max)
                && !vm_bytes_append_query(open.pointer, "", Int.max)
        )
        #expect(
            open.append("") && open.count == 0 && open.bytes.isEmpty && open.firstVisible == nil
        )
        open.append(" \n x")
        #expect(open.firstVisible == UInt8(ascii: "x"))
        open.truncate(to: 1)
        open.append(open)
        #expect(open.text == "  ")
    }
}
