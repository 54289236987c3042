import Glibc

/// The values of libcurl's options for a `Trust`, computed once.
struct TrustMaterial {
    /// The rule that it carries out.
    let trust: Trust
    /// Whether the certificate's chain and name are checked.
    var verifies: Bool
    /// The one PEM file that replaces the system's, so that libcurl caches the parsed certificates.
    var file: String?
    /// The contents of several PEM files: libcurl accepts only one file.
    var bundle: [UInt8]?
    /// Whether libcurl tells what the server shows.
    var isLooking = false
    /// The pins in libcurl's form, separated by semicolons.
    var pins: String?

    /// Computes the values.
    ///
    /// libcurl ignores case when it compares pins to reuse a connection or TLS
    /// session, so two rules could share one. A last entry that matches no key distinguishes them.
    /// - Parameters:
    ///   - trust: The rule.
    ///   - number: A different number for each rule of a loop.
    /// - Throws: `.tls` for a file that cannot be read, `.invalidRequest` for a malformed pin.
    init(_ trust: Trust, number: Int) throws(TransportError) {
        self.trust = trust
        for pin in trust.pins where !Self.isPin(pin) {
            // libcurl would take any other text for a file name.
            throw TransportError(
                .invalidRequest,
                "the pin \(pin) is not of the form sha256//BASE64",
                mayHaveBeenSent: false
            )
        }
        pins =
            trust.pins.isEmpty ? nil : (trust.pins + ["sha256//\(number)"]).joined(separator: ";")
        switch trust.authorities {
        case .unverified:
            verifies = false
        case .looking:
            verifies = false
            isLooking = true
            // The SHA-256 of no key that anybody has found.
            pins = "sha256//" + String(repeating: "A", count: 43) + "="
        case .system:
            verifies = trust.pins.isEmpty
        case .files(let paths):
            verifies = true
            guard !paths.isEmpty else {
                throw TransportError(
                    .tls,
                    "no file of authorities was named",
                    mayHaveBeenSent: false
                )
            }
            var bytes: [UInt8] = []
            var areFiles = true
            for path in paths {
                let (piece, isFile) = try Self.read(path)
                bytes += piece + [0x0A]
                areFiles = areFiles && isFile
            }
            // A pipe can be read only once.
            if paths.count == 1, areFiles { file = paths[0] } else { bundle = bytes }
        }
    }

    /// Whether a text is `sha256//` and the 44 characters of a SHA-256 in Base64.
    private static func isPin(_ text: String) -> Bool {
        let prefix = "sha256//"
        guard text.hasPrefix(prefix) else { return false }
        let code = text.utf8.dropFirst(prefix.utf8.count)
        return code.count == 44 && code.last == UInt8(ascii: "=")
            && code.dropLast().allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// How long something is waited for that is no file, such as `<(…)` of a shell.
    private static var patienceMilliseconds: Int32 { 5000 }

    private static func read(
        _ path: String
    ) throws(TransportError) -> (bytes: [UInt8], isFile: Bool) {
        func failure(_ reason: String? = nil) -> TransportError {
            let reason = reason ?? String(cString: strerror(errno))
            return TransportError(
                .tls,
                "cannot read the authorities in \(path): \(reason)",
                mayHaveBeenSent: false
            )
        }
        // O_NONBLOCK: a pipe that nobody writes to must not stop the loop.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&entry, 1, patienceMilliseconds) > 0 { continue }
                throw failure("it is no file, and nothing came from it in time")
            }
            guard count >= 0 else { throw failure() }
            if count == 0, bytes.isEmpty { throw failure("there is nothing in it") }
            if count == 0 { return (bytes, isFile) }
            bytes += chunk[..<count]
        }
    }
}
