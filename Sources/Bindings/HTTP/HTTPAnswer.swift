internal import Buffers
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
            subject: Display.escape(target.shown)
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
        }
    }
}

extension Response {
    /// Writes `{status, headers, body}`.
    func write(into out: ValueBuffer) {
        var joined: [(name: String, value: String)] = []
        for (name, value) in headers {
            let name = name.lowercased()
            if let known = joined.firstIndex(where: { $0.name == name }) {
                joined[known].value += ", " + value
            } else {
                joined.append((name, value))
            }
        }
        out.putRecord {
            out.put(literal: "status")
            out.put(status)
            out.put(literal: "headers")
            out.putRecord {
                for (name, value) in joined {
                    out.put(name)
                    out.put(value)
                }
                return joined.count
            }
            out.put(literal: "body")
            out.put(body)
            return 3
        }
    }
}
