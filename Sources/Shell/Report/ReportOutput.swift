internal import Posix

/// The bytes of a report on their way out: they are handed on in pieces, so that no report is ever whole in memory.
struct ReportOutput {
    private static let piece = 64 << 10

    private var bytes: [UInt8] = []
    private let write: ([UInt8]) throws(PosixError) -> Void
    private var failure: PosixError?

    init(_ write: @escaping ([UInt8]) throws(PosixError) -> Void) {
        self.write = write
        bytes.reserveCapacity(Self.piece * 2)
    }

    /// Adds a text of ours as it is.
    mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= Self.piece { flush() }
    }

    /// Adds a text of others.
    mutating func put(_ text: String, _ escaping: Escaping) {
        escaping.append(text, to: &bytes)
        if bytes.count >= Self.piece { flush() }
    }

    /// Hands on what is left.
    /// - Throws: The first failure; nothing was handed on after it.
    mutating func end() throws(PosixError) {
        flush()
        if let failure { throw failure }
    }

    private mutating func flush() {
        defer { bytes.removeAll(keepingCapacity: true) }
        guard failure == nil, !bytes.isEmpty else { return }
        do throws(PosixError) { try write(bytes) } catch { failure = error }
    }
}
