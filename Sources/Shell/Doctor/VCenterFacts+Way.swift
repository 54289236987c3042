internal import Text
internal import Transport
internal import VSphere

/// The findings on the way to a vCenter, up to the log-in.
extension VCenterFacts {
    /// All findings, in the order in which a request meets what they are about; `spelling` writes names.
    func findings(_ spelling: Spelling) -> [Diagnosis] {
        if let problem {
            let hint = problem.hint.isEmpty ? "mend what it names" : problem.hint
            return [
                .wrong("settings", spelling.foreign(problem.message), try: spelling.foreign(hint))
            ]
        }
        var found = warnings.map { warning in
            // `…, and what happens then; what helps`.
            let parts = warning.split(separator: ";", maxSplits: 1).map(String.init)
            let advice = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : nil
            return Diagnosis.odd(
                "settings",
                spelling.text(parts[0]),
                try: spelling.text(advice ?? "see vmoon --help, Trust and Connection")
            )
        }
        found += isReplayed ? [.unseen("way", because: Self.replayed)] : way(spelling)
        found += [passwordFinding(spelling), logInFinding(spelling)].compactMap { $0 }
        guard case .success? = logIn else {
            let topics = "release, routes, answers, clock, latency, rights, libraries"
            return found + [.unseen("the rest", because: "nobody is logged in: \(topics)")]
        }
        return found + insideFindings(spelling)
    }

    static var replayed: String { "the answers come from a recording" }

    private func way(_ spelling: Spelling) -> [Diagnosis] {
        guard let endpoint else { return [] }
        guard let knock else { return [.unseen("way", because: "it took too long")] }
        let stage = knock.failure?.stage
        var found: [Diagnosis] = []
        for step in [Knock.Stage.name, .proxy, .connection, .tls] {
            if let failure = knock.failure, failure.stage == step {
                found.append(failed(failure, spelling))
            } else if let stage, stage < step {
                found.append(.unseen(step.topic, because: "the request did not come so far"))
            } else {
                found.append(passed(step, endpoint, knock, spelling))
            }
        }
        if let failure = knock.failure, failure.stage == .answer {
            found.append(failed(failure, spelling))
        }
        return found
    }

    private func failed(_ failure: Knock.Failure, _ spelling: Spelling) -> Diagnosis {
        let error = failure.error
        if failure.stage == .tls, let shown = knock?.shown {
            return untrusted(shown, error, spelling)
        }
        var advice = spelling.text(error.hint ?? "is the vCenter up, and its address right?")
        if failure.stage == .name, !profiles.isEmpty {
            let names = profiles.prefix(10).map(spelling.name).joined(separator: ", ")
            advice = "is the address right? the profiles are \(names)"
        }
        return .wrong(failure.stage.topic, spelling.text(error.message), try: advice)
    }

    private func untrusted(
        _ shown: TransportError.Shown,
        _ error: VSphereError,
        _ spelling: Spelling
    ) -> Diagnosis {
        let topic = Knock.Stage.tls.topic
        let about = describe(shown, spelling, hasPin: false)
        // A pin is wanted whatever the time of the certificate is.
        let first = trust.pins.isEmpty ? shown.chain.first : nil
        switch first.map({ CertificateTime($0).verdict(at: now) }) {
        case .expired(let date)?:
            let pin = "--pin \(spelling.name(shown.pin))"
            return .wrong(
                topic,
                "the certificate expired on \(date); \(about)",
                try: "renew it on the vCenter; until then \(pin) trusts its key"
            )
        case .early(let date)?:
            return .wrong(
                topic,
                "the certificate is valid from \(date) on only; \(about)",
                try: "set the clock of this machine, which may be slow"
            )
        case .good?, .ending?, .unknown?, nil:
            return .wrong(
                topic,
                "\(spelling.text(error.message)); \(about)",
                try: spelling.text(error.hint ?? "--ca-file names the authority")
            )
        }
    }

    private func passed(
        _ step: Knock.Stage,
        _ endpoint: Endpoint,
        _ knock: Knock,
        _ spelling: Spelling
    ) -> Diagnosis {
        let shown = knock.shown
        switch step {
        case .name:
            if proxy != nil { return .unseen(step.topic, because: "the proxy looks it up") }
            guard let shown, !shown.address.isEmpty else {
                return .good(step.topic, spelling.name(endpoint.host))
            }
            let time = Self.time(shown.lookUp)
            let host = spelling.name(endpoint.host)
            guard shown.address != endpoint.host else { return .good(step.topic, host) }
            return .good(step.topic, "\(host) is \(spelling.name(shown.address)), found in \(time)")
        case .proxy:
            guard let proxy else { return .good(step.topic, "none") }
            return .good(step.topic, "\(spelling.name(proxy.address)), of \(proxy.variable)")
        case .connection:
            let time = shown.map { $0.connecting - $0.lookUp }
            return .good(
                step.topic,
                "port \(endpoint.port)" + (time.map { ", in \(Self.time($0))" } ?? "")
            )
        case .tls, .answer: return tls(endpoint, shown, spelling)
        }
    }

    private func tls(
        _ endpoint: Endpoint,
        _ shown: TransportError.Shown?,
        _ spelling: Spelling
    ) -> Diagnosis {
        let topic = Knock.Stage.tls.topic
        guard endpoint.scheme == .https else {
            return endpoint.isLoopback
                ? .good(topic, "none: http:// that does not leave this machine")
                : .odd(topic, "none: the password goes unencrypted", try: "write https://")
        }
        guard let shown else { return .good(topic, "trusted; what the server shows is not known") }
        let about = describe(shown, spelling)
        if trust.authorities == .unverified, trust.pins.isEmpty {
            return .odd(
                topic,
                "not verified; \(about)",
                try: "--pin \(spelling.name(shown.pin)), if that is what the vCenter itself shows"
            )
        }
        if let certificate = shown.chain.first {
            switch CertificateTime(certificate).verdict(at: now) {
            case .expired(let date):
                return .odd(
                    topic,
                    "trusted by its pin, and expired on \(date); \(about)",
                    try: "renew the certificate of the vCenter"
                )
            case .ending(let date, let days):
                return .odd(
                    topic,
                    "trusted, and ends in \(days) days, on \(date); \(about)",
                    try: "renew the certificate of the vCenter before"
                )
            case .good, .early, .unknown: break
            }
        }
        return .good(topic, "trusted; \(about)")
    }

    /// Names, signers, end and pin of a certificate.
    private func describe(
        _ shown: TransportError.Shown,
        _ spelling: Spelling,
        hasPin: Bool = true
    ) -> String {
        var parts: [String] = []
        let names = CertificateNames.alternatives(in: shown.names).map(spelling.name)
        if !names.isEmpty { parts.append("for " + names.prefix(8).joined(separator: ", ")) }
        let chain = shown.chain
        if let first = chain.first {
            let signers = chain.map { spelling.name(CertificateNames.common(in: $0.issuer)) }
            parts.append(
                chain.count == 1 && first.issuer == first.subject
                    ? "self-signed"
                    : "signed by " + signers.prefix(5).joined(separator: ", then by ")
            )
            let time = CertificateTime(first)
            if let end = time.end { parts.append("until \(CertificateTime.day(end))") }
        }
        if hasPin { parts.append("--pin \(spelling.name(shown.pin))") }
        return parts.joined(separator: "; ")
    }

    private func passwordFinding(_ spelling: Spelling) -> Diagnosis? {
        let topic = "password"
        if isReplayed { return nil }
        switch password {
        case nil:
            return .unseen(topic, because: user.isEmpty ? "no user is named" : notReached)
        case .failure(let failure)?:
            return .wrong(
                topic,
                spelling.foreign(failure.message),
                try: spelling.text(failure.hint.isEmpty ? "see --password-file" : failure.hint)
            )
        case .success(.typed?)?: return .good(topic, "typed")
        case .success(.place(let place)?)?: return .good(topic, "from \(spelling.text(place))")
        case .success(nil)?: return .good(topic, "there")
        }
    }

    private var notReached: String {
        knock?.failure?.stage == .tls
            ? "no password is sent to a server that is not trusted" : "the vCenter was not reached"
    }

    private func logInFinding(_ spelling: Spelling) -> Diagnosis {
        let topic = "log-in"
        switch logIn {
        case nil where limit != nil:
            return .wrong(
                topic,
                "no answer within \(SpanText.spelled(limit ?? .zero))",
                try: "is it far, or busy? vmoon waits longer: see --timeout"
            )
        case nil:
            if case .failure? = password { return .unseen(topic, because: "there is no password") }
            return .unseen(topic, because: notReached)
        case .success(let made)?:
            let time = isReplayed ? "" : ", in \(Self.time(made.duration))"
            let whom = spelling.user(user)
            return .good(topic, "\(whom), by /\(made.dialect.rawValue)\(time)")
        case .failure(let error)?:
            let advice = error.hint ?? "check --user and the password"
            return .wrong(topic, spelling.error(error), try: spelling.text(advice))
        }
    }

    /// A time as a report has it: `12 ms`.
    static func time(_ duration: Duration) -> String {
        duration < .milliseconds(1) ? "less than 1 ms" : "\(duration.wholeMilliseconds) ms"
    }
}

extension Knock.Stage {
    /// Its name in a report.
    var topic: String {
        switch self {
        case .name: "name"
        case .proxy: "proxy"
        case .connection: "connection"
        case .tls: "TLS"
        case .answer: "answer"
        }
    }
}
