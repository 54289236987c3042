import CCurlShims

/// The library for transfers; opened at the first request, not when the program starts.
public enum LibCurl {
    /// The version in use and its TLS library, such as `7.88.1 (OpenSSL/3.0.19)`; opens libcurl.
    /// - Returns: One line without the name of libcurl.
    /// - Throws: `.unavailable` if there is no libcurl.so.4, or it is too old.
    public static func version() throws(TransportError) -> String {
        try open()
        guard let info = vm_curl_version(), let version = info.pointee.version else {
            throw TransportError(.unavailable, "libcurl tells no version", mayHaveBeenSent: false)
        }
        guard let tls = info.pointee.ssl_version else { return String(cString: version) }
        return "\(String(cString: version)) (\(String(cString: tls)))"
    }

    /// Opens it, unless it is already open.
    static func open() throws(TransportError) {
        guard let reason = vm_curl_open() else { return }
        throw TransportError(
            .unavailable,
            String(cString: reason),
            mayHaveBeenSent: false,
            hint: "install libcurl4, 7.76 or newer; vmoon --version shows the one in use"
        )
    }
}
