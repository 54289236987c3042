internal import Transport

extension ErrorKind {
    /// The kind of an answer without any information but its status.
    ///
    /// A 404 that vCenter's API did not write comes from a server that has no such route: an old
    /// release, or something that is not a vCenter. The same holds for 405 and 410: that something is gone is
    /// accepted only from vCenter itself.
    init(status: Int) {
        self =
            switch status {
            case 300..<400: .protocolViolation  // redirects are never followed
            case 400: .invalidRequest
            case 401: .unauthenticated
            case 403: .unauthorized
            case 404, 405, 410: .noSuchRoute
            case 407: .transport
            case 408, 504: .timedOut
            case 409: .concurrentChange
            case 423: .resourceBusy
            case 429, 502, 503: .serviceUnavailable
            case 400..<500: .invalidRequest
            case 500..<600: .internalServerError
            default: .protocolViolation
            }
    }

    /// The kind of a request without a complete answer.
    init(_ error: TransportError) {
        // CURLE_PARTIAL_FILE: the answer is shorter than announced.
        let isTruncated = error.code == 18
        self =
            switch error.kind {
            case .connect, .unavailable: .transport
            case .tls: .tls
            case .timeout: .timeout
            case .broken: isTruncated ? .protocolViolation : .transport
            case .protocolViolation: .protocolViolation
            case .invalidRequest: .usage
            case .noMemory: .noMemory
            }
    }
}
