internal import Buffers
internal import Text
internal import Transport
internal import VSphere

extension HTTPCall {
    /// The error that a script sees when no complete answer came; `proxy` is on the way there.
    func error(
        _ failure: TransportError,
        _ function: String,
        isChanging: Bool,
        proxy: ConnectionProfile.Proxy?
    ) -> VSphereError {
        var error = VSphereError(
            Self.kind(of: failure),
            Display.escape(failure.message),
            operation: function,
            subject: Display.escape(target.shown),
            hint: hint(for: failure, proxy)
        )
        if isChanging, failure.mayHaveBeenSent {
            error.outcome = .unknown
            error.hint = "it may have been received: ask the service before it is sent again"
        } else {
            error.isRetryable = [.connect, .timeout, .broken].contains(failure.kind)
        }
        return error
    }

    private func hint(
        for failure: TransportError,
        _ proxy: ConnectionProfile.Proxy?
    ) -> String? {
        let own = failure.hint ?? failure.shown.map { advice(on: $0, failure) }
        guard let proxy else {
            return own
                ?? (failure.kind == .connect ? "is the service up, and its address right?" : nil)
        }
        if [.connect, .timeout].contains(failure.kind), !failure.mayHaveBeenSent {
            return proxy.hint(to: target.bareHost, refusing: failure.proxyStatus)
        }
        guard failure.kind == .tls || failure.kind == .timeout else { return own }
        return (own.map { $0 + "; " } ?? "") + proxy.notice
    }

    /// A request that only looks at what a server shows; nil where its certificate and key are not the trouble.
    ///
    /// It is never sent.
    func look(after failure: TransportError) -> Request? {
        guard failure.kind == .tls, failure.code != 0, failure.hint == nil,
            let headers = try? HeaderList([])
        else { return nil }
        var look = Request(
            .get,
            ByteBuffer(target.url),
            headers: headers,
            body: nil,
            trust: Trust(.looking)
        )
        look.timeout = min(request.timeout ?? .seconds(5), .seconds(5))
        return look
    }

    private func advice(on shown: TransportError.Shown, _ failure: TransportError) -> String {
        let pin = Display.escape(shown.pin)
        if failure.isOtherHost {
            let names = Display.escape(bytes: Array(shown.names.utf8), limit: 200)
            return "the certificate is that of \(names.isEmpty ? "another host" : names): "
                + "url must name the host so, or pin = \"\(pin)\" trust its key"
        }
        return request.trust.pins.isEmpty
            ? "ca_file names the authority; or pin = \"\(pin)\", if that is what the service itself shows"
            : "the server shows the key \(pin): is it the service's new one? then pin names it"
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
