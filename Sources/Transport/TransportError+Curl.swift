import Buffers
import CCurlShims
import Glibc
internal import Text

extension TransportError {
    static let outOfMemory = TransportError(.unavailable, "out of memory", mayHaveBeenSent: false)

    /// Makes the error of a transfer from libcurl's result code.
    ///
    /// `mayHaveBeenSent` does not depend on the code: libcurl reports the moment at which it has a connection
    /// and is about to send (see `on_request` in the shims), and the same code may occur before and after it.
    init(_ code: CURLcode, of transfer: Transfer, on easy: EasyHandle) {
        let isSent = easy.isSending
        let failure = Failure(code: code, transfer: transfer, easy: easy, isSent: isSent)
        let (kind, message) = failure.verdict()
        // CURLE_PARTIAL_FILE is an answer shorter than announced; but an HTTP/2 connection that
        // breaks causes it too, before there is an answer.
        let isDead = code == CURLE_PARTIAL_FILE && failure.words.hasPrefix("HTTP/2 stream")
        self.init(
            kind,
            message,
            code: Int((isDead ? CURLE_HTTP2_STREAM : code).rawValue),
            mayHaveBeenSent: isSent,
            hint: code == CURLE_SSL_CONNECT_ERROR && kind == .tls ? failure.handshakeHint : nil
        )
        isOtherHost = kind == .tls && failure.words.contains("target host name")
        if kind == .connect { proxyStatus = failure.proxyStatus }
        if transfer.request.trust.authorities == .looking { shown = failure.shown }
    }

    /// The error of a time limit.
    static func timedOut(_ transfer: Transfer, connecting: Bool, wasSent: Bool) -> TransportError {
        let request = transfer.request
        let place = request.url.place
        let message =
            connecting
            ? "cannot connect to \(place) within \(SpanText.spelled(request.connectTimeout))"
            : "no complete answer from \(place) within \(request.timeout.map(SpanText.spelled) ?? "the time given")"
        return TransportError(.timeout, message, mayHaveBeenSent: wasSent)
    }
}

extension ByteBuffer {
    /// Host and port of a URL, for messages: never its user, password, path or query.
    var place: String {
        var url = vm_url()
        guard vm_url_read(pointer, &url), let host = url.host else { return "the server" }
        let name = String(
            decoding: UnsafeBufferPointer(start: host, count: url.host_length),
            as: UTF8.self
        )
        return "\(name):\(url.port)"
    }
}

/// One failed transfer, to be described in a sentence.
private struct Failure {
    let code: CURLcode
    let transfer: Transfer
    let easy: EasyHandle
    let isSent: Bool

    private var place: String { transfer.request.url.place }

    /// libcurl's own message, without a line break.
    var words: String {
        let text = withUnsafeBytes(of: &easy.raw.pointee.reason) { bytes in
            String(decoding: bytes.prefix { $0 != 0 && $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        }
        return text.isEmpty ? String(cString: vm_curl_text(code)) : text
    }

    /// The system's message, such as `connection refused`; nil if there is none.
    private var systemReason: String? {
        let number = Int32(truncatingIfNeeded: vm_curl_info_long(easy.raw, CURLINFO_OS_ERRNO))
        guard number != 0, let text = strerror(number) else { return nil }
        let reason = String(cString: text)
        return reason.prefix(1).lowercased() + reason.dropFirst()
    }

    func verdict() -> (TransportError.Kind, String) {
        if easy.raw.pointee.no_memory {
            return (.noMemory, "not enough memory for the answer from \(place)")
        }
        if easy.raw.pointee.too_late {
            return (.timeout, "not sent: the time for it was over when \(place) was reached")
        }
        if easy.raw.pointee.too_large { return isReadingHeader ? headerTooLarge() : tooLarge() }
        switch code {
        case CURLE_FILESIZE_EXCEEDED:
            return tooLarge()
        case CURLE_URL_MALFORMAT:
            return (.invalidRequest, "the URL cannot be used: \(words)")
        case CURLE_UNSUPPORTED_PROTOCOL where !isSent:
            return (.invalidRequest, "the URL cannot be used: \(words)")
        // libcurl accepts 100 KB in one line, and later releases 300 KB in all. Some report a lack of
        // memory, some CURLE_TOO_LARGE, which the oldest header does not define.
        case CURLE_OUT_OF_MEMORY where isReadingHeader, _ where code.rawValue == 100,
            CURLE_RECV_ERROR where words.hasPrefix("Too large response headers"):
            return headerTooLarge()
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            return (.unavailable, "libcurl cannot work: \(words)")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            return (.protocolViolation, "the answer from \(place) is not HTTP: \(words)")
        case CURLE_OPERATION_TIMEDOUT:
            // Its limit for connecting is ours and a half: it is first where the loop stood still.
            let limit = SpanText.spelled(transfer.request.connectTimeout)
            return (.timeout, "cannot connect to \(place) within \(limit)")
        case CURLE_COULDNT_RESOLVE_HOST:
            return (.connect, "cannot find the address of \(place): \(words)")
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY:
            return (.connect, "cannot reach \(place) through the proxy: \(words)")
        case CURLE_COULDNT_CONNECT:
            return (.connect, "cannot connect to \(place): \(systemReason ?? words)")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ISSUER_ERROR:
            return (.tls, "cannot trust \(place): \(pinReason ?? words)")
        case CURLE_SSL_CONNECT_ERROR where handshakeWasCutOff:
            return (.connect, "cannot connect to \(place): the TLS handshake was cut off: \(words)")
        case CURLE_SSL_CONNECT_ERROR where speaksNoTLS:
            return (.tls, "no TLS connection with \(place): what answers there is not TLS")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CRL_BADFILE, CURLE_USE_SSL_FAILED:
            return (.tls, "no TLS connection with \(place): \(words)")
        default:
            return broken()
        }
    }

    /// Whether the request was sent and the header of its answer is not complete.
    private var isReadingHeader: Bool { isSent && !easy.raw.pointee.block_ended }

    /// Whether the other side closed or reset the connection before the handshake was complete.
    ///
    /// The code is the same for every failed handshake, and only libcurl's message distinguishes them: if OpenSSL
    /// has no message, it names the system call, or the result of `SSL_connect`.
    private var handshakeWasCutOff: Bool {
        ["Recv failure", "Send failure", "SSL_connect: ", "unexpected eof"].contains {
            words.contains($0)
        }
    }

    private var speaksNoTLS: Bool { words.contains("wrong version number") }

    /// Advice for a handshake that failed for other reasons than trust.
    var handshakeHint: String {
        speaksNoTLS
            ? "is the port right? it may be one for http://"
            : "`openssl s_client -connect \(place)` shows the whole handshake"
    }

    private var pinReason: String? {
        code == CURLE_SSL_PINNEDPUBKEYNOTMATCH ? "its public key is none of the pinned ones" : nil
    }

    private func headerTooLarge() -> (TransportError.Kind, String) {
        (.protocolViolation, "the header of the answer from \(place) is too large")
    }

    private func tooLarge() -> (TransportError.Kind, String) {
        let limit = transfer.request.answerLimit
        return (
            .protocolViolation, "the answer from \(place) is larger than the \(limit) bytes allowed"
        )
    }

    private func broken() -> (TransportError.Kind, String) {
        guard !isSent else { return (.broken, "the connection with \(place) broke: \(words)") }
        return proxyStatus.map { (.connect, "cannot reach \(place): the proxy answered \($0)") }
            ?? (.connect, "cannot connect to \(place): \(words)")
    }

    /// The HTTP status of a proxy that refused the tunnel.
    var proxyStatus: Int? {
        let status = vm_curl_info_long(easy.raw, CURLINFO_HTTP_CONNECTCODE)
        return status == 0 || (200..<300).contains(status) ? nil : status
    }

    /// The server's key and certificate, for a request that only looks.
    var shown: TransportError.Shown? {
        let hash = withUnsafeBytes(of: &easy.raw.pointee.key_hash) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard !hash.isEmpty else { return nil }
        let names = field("X509v3 Subject Alternative Name", of: 0)
        let subject = field("Subject", of: 0)
        var shown = TransportError.Shown(pin: hash, names: names.isEmpty ? subject : names)
        shown.chain = (0..<vm_curl_certificate_count(easy.raw)).map { number in
            TransportError.Shown.Certificate(
                subject: field("Subject", of: number),
                issuer: field("Issuer", of: number),
                start: field("Start date", of: number),
                end: field("Expire date", of: number)
            )
        }
        let address = vm_curl_info_text(easy.raw, CURLINFO_PRIMARY_IP)
        shown.address = address.map { String(cString: $0) } ?? ""
        shown.lookUp = time(CURLINFO_NAMELOOKUP_TIME_T)
        shown.connecting = time(CURLINFO_CONNECT_TIME_T)
        return shown
    }

    private func field(_ name: String, of number: Int32) -> String {
        vm_curl_certificate(easy.raw, number, name).map { String(cString: $0) } ?? ""
    }

    private func time(_ info: CURLINFO) -> Duration {
        .microseconds(vm_curl_info_offset(easy.raw, info))
    }
}
