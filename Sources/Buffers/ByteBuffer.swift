package import CBuffers

/// Bytes that grow: the body of a request or an answer, a path being built.
///
/// The memory is C's, so that libcurl's callbacks append without a Swift frame and the JSON parser reads
/// without a copy. One thread owns a buffer.
public final class ByteBuffer {
    /// The C structure, for the targets that pass it to C.
    ///
    /// Valid as long as the buffer lives.
    package let pointer: UnsafeMutablePointer<vm_bytes>

    /// Makes an empty buffer; it allocates nothing before the first byte.
    /// - Parameters:
    ///   - limit: The most bytes it may hold; `Int.max` for no limit.
    ///   - isCounted: Whether its memory counts against the memory limit of a run, because it
    ///     holds data from others.
    public init(limit: Int = .max, isCounted: Bool = false) {
        guard let made = vm_bytes_new(max(limit, 0)) else { preconditionFailure("out of memory") }
        pointer = made
        pointer.pointee.is_counted = isCounted
    }

    /// Makes a buffer that holds the UTF-8 bytes of a text.
    public convenience init(_ text: String) {
        self.init()
        append(text)
    }

    deinit {
        vm_bytes_delete(pointer)
    }

    /// The number of bytes.
    public var count: Int { pointer.pointee.length }

    /// The most bytes that the buffer may hold.
    public var limit: Int {
        get { pointer.pointee.limit }
        set { pointer.pointee.limit = newValue }
    }

    /// Empties it and keeps its memory for the next use, unless that has grown past 256 KiB.
    public func clear() { vm_bytes_clear(pointer, 256 << 10) }

    /// Cuts it to its first bytes.
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "truncate cannot grow a buffer")
        pointer.pointee.length = count
    }

    /// Appends the UTF-8 bytes of a text.
    /// - Returns: False when the limit is reached; nothing is then appended.
    @discardableResult
    public func append(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { vm_bytes_append(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends a text known at compile time, without a `String`.
    @discardableResult
    public func append(literal text: StaticString) -> Bool {
        vm_bytes_append(pointer, text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Appends one byte.
    @discardableResult
    public func append(_ byte: UInt8) -> Bool {
        withUnsafePointer(to: byte) { vm_bytes_append(pointer, $0, 1) }
    }

    /// Appends the bytes of another buffer.
    @discardableResult
    public func append(_ other: ByteBuffer) -> Bool {
        vm_bytes_append(pointer, other.pointer.pointee.data, other.count)
    }

    /// Appends bytes.
    @discardableResult
    public func append(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { vm_bytes_append(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends bytes of a C structure.
    @discardableResult
    package func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        vm_bytes_append(pointer, bytes.baseAddress, bytes.count)
    }

    /// Appends the bytes of a string value as they are.
    @discardableResult
    public func append(_ value: Value) -> Bool {
        value.withUTF8 { vm_bytes_append(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends one path segment, percent-encoded (RFC 3986 §3.3; `:` is kept).
    @discardableResult
    public func append(segment value: Value) -> Bool {
        value.withUTF8 { vm_bytes_append_segment(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends one path segment, percent-encoded (RFC 3986 §3.3; `:` is kept).
    @discardableResult
    public func append(segment text: String) -> Bool {
        var text = text
        return text.withUTF8 { vm_bytes_append_segment(pointer, $0.baseAddress, $0.count) }
    }

    /// Appends a name or value of a query, percent-encoded; only unreserved bytes are
    /// kept.
    @discardableResult
    public func append(query text: String) -> Bool {
        var text = text
        return text.withUTF8 { vm_bytes_append_query(pointer, $0.baseAddress, $0.count) }
    }

    /// A copy of its bytes as an array.
    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The first byte that is neither a space nor a control character; nil if there is none.
    public var firstVisible: UInt8? { withUnsafeBytes { $0.first { $0 > 0x20 } } }

    /// Its bytes as text; invalid UTF-8 becomes U+FFFD.
    public var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// Passes its bytes to a closure.
    ///
    /// The memory after them is padded.
    package func withUnsafeBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try body(UnsafeRawBufferPointer(start: pointer.pointee.data, count: count))
    }
}
