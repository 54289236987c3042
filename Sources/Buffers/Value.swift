internal import CBuffers

/// A value in a `ValueBuffer`: a view, valid until that buffer is cleared or
/// truncated.
public struct Value {
    /// The type of a value.
    public enum Kind: Sendable, Equatable {
        case `nil`, boolean, null, integer, double, string, array, record, object
    }

    /// The buffer that holds it.
    public let buffer: ValueBuffer
    /// The offset of its tag in the buffer.
    package let offset: Int

    package init(buffer: ValueBuffer, offset: Int) {
        self.buffer = buffer
        self.offset = offset
    }

    private var tag: vm_tag { vm_tag_at(buffer.pointer, offset) }

    /// Its type.
    public var kind: Kind {
        switch tag {
        case VM_NIL: .nil
        case VM_FALSE, VM_TRUE: .boolean
        case VM_NULL: .null
        case VM_INTEGER: .integer
        case VM_DOUBLE: .double
        case VM_STRING: .string
        case VM_ARRAY: .array
        case VM_RECORD, VM_ERROR: .record
        default: .object
        }
    }

    /// Whether it is Lua's nil or JSON's null.
    public var isAbsent: Bool { tag == VM_NIL || tag == VM_NULL }

    /// Whether it is a string with a NUL in it.
    public var holdsNUL: Bool { tag == VM_STRING && vm_holds_nul_at(buffer.pointer, offset) }

    /// The boolean, if it is one.
    public var boolean: Bool? {
        switch tag {
        case VM_TRUE: true
        case VM_FALSE: false
        default: nil
        }
    }

    /// The integer, if it is one.
    public var integer: Int? {
        tag == VM_INTEGER ? Int(vm_integer_at(buffer.pointer, offset)) : nil
    }

    /// The number, integer or not, as a floating-point number.
    public var number: Double? {
        switch tag {
        case VM_INTEGER: Double(vm_integer_at(buffer.pointer, offset))
        case VM_DOUBLE: vm_double_at(buffer.pointer, offset)
        default: nil
        }
    }

    /// The string, if it is one; invalid UTF-8 becomes U+FFFD.
    public var string: String? {
        tag == VM_STRING ? withUTF8 { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// The bytes of the string, if it is one.
    public var bytes: [UInt8]? { tag == VM_STRING ? withUTF8 { Array($0) } : nil }

    /// Whether it is this string; compares bytes and makes no `String`.
    public func isString(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return text.utf8Start.withMemoryRebound(to: CChar.self, capacity: count) {
            vm_is_text_at(buffer.pointer, offset, $0, count)
        }
    }

    /// Whether it is this text; compares bytes and makes no `String`.
    public func isText(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                vm_is_text_at(buffer.pointer, offset, $0.baseAddress, $0.count)
            }
        }
    }

    /// Whether it is a string of ASCII characters alone.
    public var isASCII: Bool {
        tag == VM_STRING && withUTF8 { $0.allSatisfy { $0 < 0x80 } }
    }

    /// The number of a string's bytes, an array's elements or a record's pairs; 0 for other
    /// values.
    public var count: Int {
        switch tag {
        case VM_STRING: withUTF8 { $0.count }
        case VM_ARRAY, VM_RECORD, VM_ERROR: Int(vm_count_at(buffer.pointer, offset))
        default: 0
        }
    }

    /// The elements of an array; empty for everything else.
    public var elements: Elements { Elements(of: self, left: kind == .array ? count : 0) }

    /// The pairs of a record; empty for everything else.
    public var fields: Fields { Fields(of: self, left: kind == .record ? count : 0) }

    /// The value under a key of a record, compared by bytes; nil if there is none.
    public subscript(key: String) -> Value? {
        guard kind == .record else { return nil }
        var key = key
        let found = key.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                vm_find(buffer.pointer, offset, $0.baseAddress, $0.count)
            }
        }
        return found == VM_NOT_FOUND ? nil : Value(buffer: buffer, offset: found)
    }

    /// The kind and number of a host object, if it is one.
    public var object: (kind: UInt32, identifier: UInt64)? {
        guard tag == VM_OBJECT else { return nil }
        return (
            vm_object_kind_at(buffer.pointer, offset),
            vm_object_identifier_at(buffer.pointer, offset)
        )
    }

    /// Passes the bytes of a string to a closure; no bytes for any other value.
    package func withUTF8<T>(_ body: (UnsafeBufferPointer<UInt8>) throws -> T) rethrows -> T {
        guard tag == VM_STRING else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
        var length = 0
        let start = vm_string_at(buffer.pointer, offset, &length)
        return try UnsafeRawBufferPointer(start: start, count: length)
            .withMemoryRebound(to: UInt8.self) { try body($0) }
    }

    package var offsetBehind: Int { vm_after(buffer.pointer, offset) }

    /// The elements of an array, in order.
    public struct Elements: Sequence, IteratorProtocol {
        private let buffer: ValueBuffer
        private var offset: Int
        private var left: Int

        init(of value: Value, left: Int) {
            buffer = value.buffer
            offset = vm_first_in(value.offset)
            self.left = left
        }

        /// The next element; nil after the last.
        public mutating func next() -> Value? {
            guard left > 0 else { return nil }
            left -= 1
            let value = Value(buffer: buffer, offset: offset)
            offset = value.offsetBehind
            return value
        }
    }

    /// The pairs of a record, in the order in which they were written.
    public struct Fields: Sequence, IteratorProtocol {
        private let buffer: ValueBuffer
        private var offset: Int
        private var left: Int

        init(of value: Value, left: Int) {
            buffer = value.buffer
            offset = vm_first_in(value.offset)
            self.left = left
        }

        /// The next pair; nil after the last.
        public mutating func next() -> (key: Value, value: Value)? {
            guard left > 0 else { return nil }
            left -= 1
            let key = Value(buffer: buffer, offset: offset)
            let value = Value(buffer: buffer, offset: key.offsetBehind)
            offset = value.offsetBehind
            return (key, value)
        }
    }
}
