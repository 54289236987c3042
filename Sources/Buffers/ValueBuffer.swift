package import CBuffers

/// Typed values in one flat run of bytes, to pass data between Lua, Swift and JSON.
///
/// Shape: a sequence of values as `values.h` describes them; the first is `root`. Writers append; a
/// write that does not fit sets `isFailed` and is otherwise ignored. One thread owns a buffer.
public final class ValueBuffer {
    /// The C structure, for the targets that pass it to C.
    ///
    /// Valid as long as the buffer lives.
    package let pointer: UnsafeMutablePointer<vm_values>

    /// Makes an empty buffer; it allocates nothing before the first value.
    public init() {
        guard let made = vm_values_new() else { preconditionFailure("out of memory") }
        pointer = made
    }

    /// Wraps a structure that C owns and that outlives this object.
    package init(borrowing pointer: UnsafeMutablePointer<vm_values>) {
        self.pointer = pointer
        pointer.pointee.is_borrowed = true
    }

    deinit {
        if !pointer.pointee.is_borrowed { vm_values_delete(pointer) }
    }

    /// Whether nothing was written since the last `clear`.
    public var isEmpty: Bool { pointer.pointee.length == 0 }

    /// The number of bytes that the values take.
    public var byteCount: Int { pointer.pointee.length }

    /// Whether a write did not fit; it remains set until `clear`.
    public var isFailed: Bool { pointer.pointee.failed }

    /// Empties it and keeps its memory for the next use, unless that has grown past 256 KiB.
    public func clear() { vm_values_clear(pointer, 256 << 10) }

    /// Drops everything after a position that `byteCount` returned earlier.
    public func truncate(to byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= self.byteCount, "truncate cannot grow a buffer")
        pointer.pointee.length = byteCount
    }

    /// The first value; nil in an empty buffer.
    public var root: Value? { isEmpty ? nil : Value(buffer: self, offset: 0) }

    /// Top-level values in a new buffer: arguments made on the host's side.
    public static func values(_ write: (ValueBuffer) -> Void) -> [Value] {
        let buffer = ValueBuffer()
        write(buffer)
        return buffer.values
    }

    /// All top-level values, such as the arguments of a call.
    public var values: [Value] {
        var values: [Value] = []
        var count = 0
        var offset = 0
        while offset < pointer.pointee.length {
            count += 1
            offset = vm_after(pointer, offset)
        }
        // The exact capacity: the arguments of a waiting call are kept, and thousands of calls may wait.
        values.reserveCapacity(count)
        offset = 0
        while offset < pointer.pointee.length {
            values.append(Value(buffer: self, offset: offset))
            offset = vm_after(pointer, offset)
        }
        return values
    }

    /// Appends Lua's nil.
    public func putNil() { vm_put_simple(pointer, VM_NIL) }

    /// Appends JSON's null, the sentinel `json.null` of scripts.
    public func putNull() { vm_put_simple(pointer, VM_NULL) }

    /// Appends a boolean.
    public func put(_ bool: Bool) { vm_put_simple(pointer, bool ? VM_TRUE : VM_FALSE) }

    /// Appends an integer.
    public func put(_ number: Int) { vm_put_integer(pointer, Int64(number)) }

    /// Appends a floating-point number.
    public func put(_ number: Double) { vm_put_double(pointer, number) }

    /// Appends a string.
    public func put(_ text: String) {
        var text = text
        text.withUTF8 { vm_put_string(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends a text known at compile time, without a `String`.
    public func put(literal text: StaticString) {
        vm_put_string(pointer, text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Appends bytes as a string.
    public func put(_ bytes: ByteBuffer) {
        bytes.withUnsafeBytes { vm_put_string(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends bytes as a string.
    public func put(bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { vm_put_string(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends a host object: scripts get a handle with this kind and number.
    public func put(object kind: UInt32, identifier: UInt64) {
        vm_put_object(pointer, kind, identifier)
    }

    /// Appends a copy of a value with all its parts.
    public func put(_ value: Value) { vm_put_copy(pointer, value.buffer.pointer, value.offset) }

    /// Appends an array; `body` writes its elements and returns their number.
    public func putArray<E: Error>(_ body: () throws(E) -> Int) throws(E) {
        let mark = vm_put_begin(pointer, VM_ARRAY)
        vm_put_end(pointer, mark, UInt32(try body()))
    }

    /// Appends an error: a record that scripts see as one of vmoon's errors.
    public func putError<E: Error>(_ body: () throws(E) -> Int) throws(E) {
        let mark = vm_put_begin(pointer, VM_ERROR)
        vm_put_end(pointer, mark, UInt32(try body()))
    }

    /// Appends a record; `body` writes key, value, key, value … and returns the number of pairs.
    public func putRecord<E: Error>(_ body: () throws(E) -> Int) throws(E) {
        let mark = vm_put_begin(pointer, VM_RECORD)
        vm_put_end(pointer, mark, UInt32(try body()))
    }
}
