internal import Glibc

/// Whole files, read and written at once.
enum FileText {
    /// The bytes of a file; nil if it cannot be read, with the reason in `errno`.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            errno = EISDIR
            return nil
        }
        // A pipe reports size 0, so the size is only an estimate.
        var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size), 4096) + 1)
        var count = 0
        while true {
            if count == bytes.count { bytes += [UInt8](repeating: 0, count: count) }
            let read = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if read < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if read == 0 { return Array(bytes[..<count]) }
            count += read
        }
    }

    /// Writes a new file, with exactly this mode.
    /// - Returns: Whether all of it was written; otherwise `errno` has the reason.
    static func write(_ text: String, to path: String, mode: mode_t) -> Bool {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { return false }
        let isWritten = write(text, to: descriptor)
        return close(descriptor) == 0 && isWritten
    }

    /// Writes a text to a descriptor.
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    descriptor,
                    UnsafeBufferPointer(rebasing: rest).baseAddress,
                    rest.count
                )
                if written < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                rest = rest.dropFirst(written)
            }
            return true
        }
    }
}
