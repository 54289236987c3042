import Buffers
import CBuffers
import Testing

/// What goes into a value buffer comes out of it.
struct ValueBufferTests {
    /// Writes one value, and what is read of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: Value.Kind
        let write: @Sendable (ValueBuffer) -> Void
        let holds: @Sendable (Value) -> Bool

        init(
            _ name: String,
            _ kind: Value.Kind,
            _ write: @escaping @Sendable (ValueBuffer) -> Void,
            _ holds: @escaping @Sendable (Value) -> Bool
        ) {
            (testDescription, self.kind, self.write, self.holds) = (name, kind, write, holds)
        }
    }

    static let cases: [Case] = [
        Case("nil", .nil, { $0.putNil() }, { $0.isAbsent && $0.integer == nil }),
        Case("null", .null, { $0.putNull() }, { $0.isAbsent && $0.boolean == nil }),
        Case("true", .boolean, { $0.put(true) }, { $0.boolean == true && !$0.isAbsent }),
        Case("false", .boolean, { $0.put(false) }, { $0.boolean == false && !$0.isAbsent }),
        Case("the least integer", .integer, { $0.put(Int.min) }, { $0.integer == .min }),
        Case("the greatest integer", .integer, { $0.put(Int.max) }, { $0.integer == .max }),
        Case("an integer is a number too", .integer, { $0.put(-3) }, { $0.number == -3 }),
        Case(
            "a double is no integer",
            .double,
            { $0.put(1.0) },
            { $0.integer == nil && $0.number == 1 }
        ),
        Case("-0.0", .double, { $0.put(-0.0) }, { $0.number?.sign == .minus }),
        Case("not a number", .double, { $0.put(Double.nan) }, { $0.number?.isNaN == true }),
        Case("an empty string", .string, { $0.put("") }, { $0.string == "" && $0.count == 0 }),
        Case("a string", .string, { $0.put("é€😀") }, { $0.string == "é€😀" && $0.count == 9 }),
        Case("a NUL", .string, { $0.put("a\0b") }, { $0.holdsNUL && $0.string == "a\0b" }),
        Case(
            "a literal",
            .string,
            { $0.put(literal: "abc") },
            { $0.isString("abc") && !$0.isString("ab") }
        ),
        Case(
            "any bytes",
            .string,
            { $0.put(bytes: [0xFF, 0]) },
            { $0.bytes == [0xFF, 0] && $0.string == "\u{FFFD}\0" }
        ),
        Case("bytes of a buffer", .string, { $0.put(ByteBuffer("xyz")) }, { $0.string == "xyz" }),
        Case(
            "an object",
            .object,
            { $0.put(object: 7, identifier: .max) },
            { $0.object?.kind == 7 && $0.object?.identifier == .max && $0.string == nil }
        ),
        Case("an empty array", .array, { $0.putArray { 0 } }, { $0.count == 0 && $0.root == 0 }),
        Case(
            "an empty record",
            .record,
            { $0.putRecord { 0 } },
            { $0.count == 0 && $0["a"] == nil }
        ),
        Case(
            "an error",
            .record,
            { out in
                out.putError {
                    out.put("a"); out.put(1); return 1
                }
            },
            { $0["a"]?.integer == 1 }
        ),
    ]

    @Test(arguments: cases) func `a value comes back, alone and among others`(_ row: Case) throws {
        let out = ValueBuffer()
        row.write(out)
        let alone = try #require(out.root)
        #expect(alone.kind == row.kind && row.holds(alone))
        out.clear()
        out.put("before")
        row.write(out)
        out.put("behind")
        #expect(out.values.map(\.kind) == [.string, row.kind, .string])
        #expect(row.holds(out.values[1]) && out.values[2].string == "behind")
        let copy = ValueBuffer()
        copy.put(out.values[1])
        let copied = try #require(copy.root)
        #expect(copied.kind == row.kind && row.holds(copied) && copy.values.count == 1)
    }

    /// Writes `{"list": [1, {"deep": "x"}, []], "n": null}`.
    private func nested() -> ValueBuffer {
        let out = ValueBuffer()
        out.putRecord {
            out.put("list")
            out.putArray {
                out.put(1)
                out.putRecord {
                    out.put("deep")
                    out.put("x")
                    return 1
                }
                out.putArray { 0 }
                return 3
            }
            out.put("n")
            out.putNull()
            return 2
        }
        return out
    }

    @Test func `arrays and records hold one another`() throws {
        let out = nested()
        let root = try #require(out.root)
        #expect(out.values.count == 1 && root.count == 2)
        #expect(root.fields.map { $0.key.string } == ["list", "n"])
        let list = try #require(root["list"])
        #expect(list.elements.map(\.kind) == [.integer, .record, .array])
        #expect(Array(list.elements)[1]["deep"]?.string == "x")
        #expect(root["n"]?.kind == .null && root["lis"] == nil && root["list\0"] == nil)
        // What is no array has no elements, what is no record no fields.
        #expect(Array(root.elements).isEmpty && Array(list.fields).isEmpty && list["deep"] == nil)
    }

    @Test func `ten thousand levels are as good as one`() throws {
        let out = ValueBuffer()
        let marks = (0..<10_000).map { _ in vm_put_begin(out.pointer, VM_ARRAY) }
        for mark in marks.reversed() { vm_put_end(out.pointer, mark, mark == marks.last ? 0 : 1) }
        var value = out.root
        var depth = 0
        while let inner = value {
            depth += 1
            value = inner.elements.first { _ in true }
        }
        #expect(depth == 10_000 && out.values.count == 1)
    }

    @Test func `truncating drops what was written behind a place`() throws {
        let out = nested()
        let place = out.byteCount
        out.put("dropped")
        out.truncate(to: place)
        #expect(out.values.count == 1)
        out.put(7)
        #expect(out.values.last?.integer == 7)
        out.truncate(to: 0)
        #expect(out.isEmpty && out.root == nil && out.values.isEmpty)
    }

    @Test func `a hundred thousand values move with the memory, and clearing gives it back`() {
        let out = ValueBuffer()
        for number in 0..<100_000 {
            out.put(number)
            out.put("text \(number)")
        }
        let values = out.values
        #expect(values.count == 200_000)
        #expect(
            (0..<100_000).allSatisfy {
                values[2 * $0].integer == $0 && values[2 * $0 + 1].string == "text \($0)"
            }
        )
        out.clear()
        #expect(out.isEmpty && !out.isFailed && out.pointer.pointee.capacity == 0)
        out.put(1)
        let small = out.pointer.pointee.capacity
        out.clear()
        #expect(out.pointer.pointee.capacity == small)
    }
}

extension Value {
    /// How much the elements are.
    fileprivate var root: Int { elements.reduce(0) { sum, _ in sum + 1 } }
}
