internal import Buffers
internal import Text
internal import Transport
internal import VSphere

extension HTTPCall {
    /// The error that a script sees when no complete answer came.
    func error(
        _ failure: TransportError,
        _ function: String,
        isChanging: Bool
    ) -> VSphereError {
        var error = VSphereError(
            Self.kind(of: failure),
            Display.escape(failure.message),
            operation: function,
            subject: Display.escape(target.shown),
            hint: failure.hint
                ?? (failure.kind == .connect ? "is the service up, and its address right?" : nil)
        )
        if isChanging, failure.mayHaveBeenSent {
            error.outcome = .unknown
            error.hint = "it may have been received: ask the service before it is sent again"
        } else {
            error.isRetryable = [.connect, .timeout, .broken].contains(failure.kind)
        }
        return error
    }

    private static func kind(of failure: TransportError) -> ErrorKind {
        switch failure.kind {
        case .connect, .broken, .unavailable: .transport
        case .tls: .tls
        case .timeout: .timeout
        case .protocolViolation: .protocolViolation
        case .invalidRequest: .usage
        case .noMemory: .noMemory
        }
    }
}

/// The table `{status, headers, body}` that a script gets.
enum HTTPAnswer {
    /// Writes an answer.
    ///
    /// Header names are in lower case; values of a repeated header are joined, as RFC 9110 §5.3 allows.
    static func write(_ response: Response, into out: ValueBuffer) {
        var headers: [(name: String, value: String)] = []
        for (name, value) in response.headers {
            let name = name.lowercased()
            if let known = headers.firstIndex(where: { $0.name == name }) {
                headers[known].value += ", " + value
            } else {
                headers.append((name, value))
            }
        }
        write(status: response.status, headers: headers, into: out) { $0.put(response.body) }
    }

    /// Writes the table from its parts.
    static func write(
        status: Int,
        headers: [(name: String, value: String)],
        into out: ValueBuffer,
        body: (ValueBuffer) -> Void
    ) {
        out.putRecord {
            out.put(literal: "status")
            out.put(status)
            out.put(literal: "headers")
            out.putRecord {
                for (name, value) in headers {
                    out.put(name)
                    out.put(value)
                }
                return headers.count
            }
            out.put(literal: "body")
            body(out)
            return 3
        }
    }
}
