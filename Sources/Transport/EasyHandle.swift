import Buffers
import CCurlShims

/// One of libcurl's easy handles, used for one transfer after another.
///
/// Setting an option costs a call and often a copy, so it remembers the values and sets only changed ones.
/// A new trust rule starts with a reset: some options have no other way back to their defaults.
final class EasyHandle {
    let raw: UnsafeMutablePointer<vm_curl_easy>
    let slot: Int
    private var settings = Settings()

    /// The values of its options; nil if unknown.
    private struct Settings {
        var trust: Trust?
        var verb: Verb?
        var connection: Request.Connection?
        var headers: HeaderList?
        var answerLimit: Int?
        var connectTimeout: Duration?
        var avoidsProxies: Bool?
    }

    private struct Verb: Equatable {
        let method: Method
        let hasBody: Bool
    }

    init(slot: Int, raw: UnsafeMutablePointer<vm_curl_easy>) {
        self.slot = slot
        self.raw = raw
    }

    deinit { vm_curl_easy_free(raw) }

    /// Whether libcurl had a connection and started to send the request: from then on it may have arrived.
    var isSending: Bool { raw.pointee.sending }

    /// The trust rule that is set; nil if none is.
    var trust: Trust? { settings.trust }

    /// Prepares it for a transfer.
    ///
    /// - Parameters:
    ///   - transfer: The request, and the buffers for the answer.
    ///   - url: Its parsed URL.
    ///   - newTrust: The values for the request's trust rule, if the handle has another one.
    /// - Throws: `.invalidRequest` or `.unavailable` when libcurl refuses a setting.
    func begin(
        _ transfer: Transfer,
        to url: vm_url,
        newTrust: TrustMaterial?
    ) throws(TransportError) {
        // Read field by field: copying a request would retain all objects it refers to.
        if let newTrust { try set(newTrust, for: transfer.request.trust) }
        try set(Verb(method: transfer.request.method, hasBody: transfer.request.body != nil))
        if let body = transfer.request.body { try set(body) }
        try set(transfer.request.connection)
        if settings.headers !== transfer.request.headers {
            let nodes = transfer.request.headers.nodes
            try check(vm_curl_set_pointer(raw, CURLOPT_HTTPHEADER, nodes))
            settings.headers = transfer.request.headers
        }
        let isHead = transfer.request.method == .head
        try set(answerLimit: isHead ? 0 : transfer.request.answerLimit)
        try set(connectTimeout: transfer.request.connectTimeout)
        if settings.avoidsProxies != url.is_loopback {
            // A star disables the proxies of the environment, nil allows them. With an explicit value libcurl does
            // not look for NO_PROXY either, as it would do for each request.
            try check(vm_curl_set_text(raw, CURLOPT_NOPROXY, url.is_loopback ? "*" : nil))
            settings.avoidsProxies = url.is_loopback
        }
        try check(
            vm_curl_easy_begin(
                raw,
                transfer.request.url.pointer,
                url.origin,
                url.is_plain && (url.is_https || url.is_loopback),
                transfer.headers.pointer,
                transfer.body.pointer
            )
        )
        if let end = transfer.request.sendingDeadline { raw.pointee.send_before = end.nanoseconds }
    }

    private func set(_ material: TrustMaterial, for trust: Trust) throws(TransportError) {
        if settings.trust != nil {
            settings = Settings()
            guard vm_curl_easy_reset(raw, slot) else { throw .outOfMemory }
        }
        // Recorded only when all of it is set.
        try check(vm_curl_set_long(raw, CURLOPT_SSL_VERIFYPEER, material.verifies ? 1 : 0))
        try check(vm_curl_set_long(raw, CURLOPT_SSL_VERIFYHOST, material.verifies ? 2 : 0))
        if let file = material.file { try check(vm_curl_set_text(raw, CURLOPT_CAINFO, file)) }
        if let bundle = material.bundle {
            // CURLOPT_CAINFO_BLOB came with 7.77.
            guard vm_curl_number() >= 0x074D00 else {
                throw TransportError(
                    .tls,
                    "libcurl 7.76 reads authorities from one file only, and from no pipe",
                    mayHaveBeenSent: false,
                    hint: "put all certificates into one file"
                )
            }
            try check(vm_curl_set_blob(raw, CURLOPT_CAINFO_BLOB, bundle, bundle.count))
        }
        if let pins = material.pins {
            try check(vm_curl_set_text(raw, CURLOPT_PINNEDPUBLICKEY, pins))
        }
        if material.isLooking { try check(vm_curl_set_looking(raw)) }
        settings.trust = trust
    }

    private func set(_ verb: Verb) throws(TransportError) {
        guard settings.verb != verb else { return }
        settings.verb = nil
        var name: String?
        switch (verb.method, verb.hasBody) {
        case (.head, true):
            throw TransportError(
                .invalidRequest,
                "a HEAD request has no body",
                mayHaveBeenSent: false
            )
        case (.get, false), (.delete, false):
            try check(vm_curl_set_long(raw, CURLOPT_HTTPGET, 1))
            name = verb.method == .get ? nil : verb.method.rawValue
        case (.head, false):
            try check(vm_curl_set_long(raw, CURLOPT_NOBODY, 1))
        case (.post, _), (.put, _), (.patch, _), (.get, true), (.delete, true):
            try check(vm_curl_set_long(raw, CURLOPT_NOBODY, 0))
            try check(vm_curl_set_long(raw, CURLOPT_POST, 1))
            if !verb.hasBody { try setBody(nil, count: 0) }
            name = verb.method == .post ? nil : verb.method.rawValue
        }
        try check(vm_curl_set_text(raw, CURLOPT_CUSTOMREQUEST, name))
        settings.verb = verb
    }

    /// The bytes are not copied: the transfer retains its request, and the request its body.
    private func set(_ body: ByteBuffer) throws(TransportError) {
        try setBody(body.pointer.pointee.data, count: body.count)
    }

    private func setBody(_ bytes: UnsafeMutablePointer<UInt8>?, count: Int) throws(TransportError) {
        let nothing: StaticString = ""
        let start = bytes.map { UnsafePointer($0) } ?? nothing.utf8Start
        try check(vm_curl_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(count)))
        try check(vm_curl_set_pointer(raw, CURLOPT_POSTFIELDS, start))
    }

    private func set(_ connection: Request.Connection) throws(TransportError) {
        guard settings.connection != connection else { return }
        let isFresh = connection == .fresh
        let version = isFresh ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS
        try check(vm_curl_set_long(raw, CURLOPT_FRESH_CONNECT, isFresh ? 1 : 0))
        try check(vm_curl_set_long(raw, CURLOPT_FORBID_REUSE, isFresh ? 1 : 0))
        try check(vm_curl_set_long(raw, CURLOPT_HTTP_VERSION, Int(version)))
        settings.connection = connection
    }

    /// libcurl refuses an answer that announces a larger size; the buffers refuse one that turns out larger.
    private func set(answerLimit: Int) throws(TransportError) {
        guard settings.answerLimit != answerLimit else { return }
        let limit = answerLimit == .max ? 0 : curl_off_t(answerLimit)
        try check(vm_curl_set_offset(raw, CURLOPT_MAXFILESIZE_LARGE, limit))
        settings.answerLimit = answerLimit
    }

    /// Sets libcurl's own limit for connecting.
    ///
    /// The limit that counts is the loop's. libcurl divides its own among a host's addresses, so it must be
    /// near ours to reach the second one; but it checks the clock before it reads, so it must be longer,
    /// or a script that computes for that long would lose an existing connection.
    private func set(connectTimeout: Duration) throws(TransportError) {
        guard settings.connectTimeout != connectTimeout else { return }
        let milliseconds = max(1, min(connectTimeout.nanoseconds / 1_000_000, 1_000_000_000))
        try check(
            vm_curl_set_long(raw, CURLOPT_CONNECTTIMEOUT_MS, Int(milliseconds + milliseconds / 2))
        )
        settings.connectTimeout = connectTimeout
    }

    private func check(_ code: CURLcode) throws(TransportError) {
        guard code == CURLE_OK else {
            throw TransportError(
                code == CURLE_OUT_OF_MEMORY ? .unavailable : .invalidRequest,
                "libcurl refuses the request: \(String(cString: vm_curl_text(code)))",
                code: Int(code.rawValue),
                mayHaveBeenSent: false
            )
        }
    }
}
