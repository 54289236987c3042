internal import Buffers
public import Transport

/// Asks a vCenter without a log-in: how far a request comes, and what the server shows on the way.
public struct Knock {
    /// The stations of a request, in order.
    public enum Stage: String, Sendable, CaseIterable, Comparable {
        case name, proxy, connection, tls, answer

        /// Orders by how far a request has come.
        public static func < (left: Stage, right: Stage) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// Where a request ended that got no answer.
    public struct Failure {
        /// The station.
        public let stage: Stage
        /// The error, with its advice.
        public let error: VSphereError

        /// Makes one.
        public init(_ stage: Stage, _ error: VSphereError) {
            self.stage = stage
            self.error = error
        }
    }

    /// The certificates that the server shows; nil without TLS, and where no connection came about.
    public var shown: TransportError.Shown?
    /// Why no answer came; nil if one did, whatever it says.
    public var failure: Failure?

    /// The version of the SOAP API, such as `7.0.3.0`; nil if the server does not tell it.
    public var apiVersion: String?

    /// Makes one of a request that was answered.
    public init() {}
}

extension Knock {
    /// The version of `urn:vim25` in the list of versions that every vCenter has under `/sdk`.
    static func version(in page: String) -> String? {
        let found = page.firstMatch(
            of: /<name>urn:vim25<\/name>\s*<version>([0-9]+(?:\.[0-9]+){1,4})<\/version>/
        )
        return found.map { String($0.output.1) }
    }
}

extension Knock.Stage {
    /// The station at which a request ended.
    init(_ error: TransportError, hasProxy: Bool) {
        // CURLE_COULDNT_RESOLVE_PROXY, _HOST and CURLE_PROXY.
        switch (error.kind, error.code) {
        case (_, 5), (_, 97),
            _ where error.proxyStatus != nil:
            self = .proxy
        case (_, 6): self = .name
        case (.tls, _), (.connect, 35): self = .tls
        case (.connect, _),
            (.timeout, _) where !error.mayHaveBeenSent:
            self = hasProxy ? .proxy : .connection
        default: self = .answer
        }
    }
}

extension VCenter {
    /// Asks for something that needs no session, to see how far a request comes; no password is sent.
    ///
    /// It looks at the server's certificate first, as it is shown, and then asks with the trust of the profile.
    /// - Parameter completion: Called once with what was found.
    public func knock(completion: @escaping (Knock) -> Void) {
        guard let fields = try? HeaderList([("Accept", "*/*")], hasBody: false) else {
            return completion(Knock())
        }
        let url = ByteBuffer(profile.endpoint.url + "/sdk/vimServiceVersions.xml")
        var plain = request(.get, url, headers: fields, timeout: profile.timeout)
        // A proxy may hold on to it for as long.
        plain.answerLimit = min(profile.answerLimit, 1 << 20)
        guard profile.endpoint.scheme == .https else {
            return ask(plain, seen: nil, completion: completion)
        }
        var look = plain
        look.trust = Trust(.looking)
        _ = wire.start(look) { [self] result in
            var shown: TransportError.Shown?
            if case .failure(let error) = result {
                shown = error.shown
                // Where no server was seen, a second look would only take as long again: 90 is what a look ends
                // with, CURLE_SSL_PINNEDPUBKEYNOTMATCH.
                guard shown != nil || error.code == 90 else {
                    return completion(failed(error, seen: nil))
                }
            }
            ask(plain, seen: shown, completion: completion)
        }
    }

    private func ask(
        _ request: Request,
        seen shown: TransportError.Shown?,
        completion: @escaping (Knock) -> Void
    ) {
        _ = wire.start(request) { [self] result in
            switch result {
            case .success(let response):
                var knock = Knock()
                knock.shown = shown
                if response.status == 200 {
                    knock.apiVersion = Knock.version(in: response.body.text)
                }
                completion(knock)
            case .failure(let error): completion(failed(error, seen: shown))
            }
        }
    }

    private func failed(_ error: TransportError, seen shown: TransportError.Shown?) -> Knock {
        var knock = Knock()
        knock.shown = shown
        var failure = redaction.cleaned(VSphere.Failure(error))
        if failure.isAboutProof, let shown {
            failure.add(shown, isPinned: !profile.trust.pins.isEmpty)
        }
        failure.name(profile.proxy, to: profile.endpoint.host)
        failure.error.addHint(for: nil, speaking: profile.dialect)
        let stage = Knock.Stage(error, hasProxy: profile.proxy != nil)
        knock.failure = .init(stage, failure.settled(isChanging: false))
        return knock
    }
}
